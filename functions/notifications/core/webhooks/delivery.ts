import { distanceMs, graceMs, lastingMs } from './distances.ts'

/** One request to a receiver. Times are milliseconds since 1970. */
export interface Attempt {
  readonly at: number
  readonly durationMs: number
  /** Of the answer; without one there is an error. */
  readonly status?: number
  readonly error?: string
  /** The first 1,024 bytes of the answer. */
  readonly body?: string
}

/** What an endpoint is to get of one event. */
export interface Delivery {
  readonly eventId: string
  readonly type: string
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly madeAt: number
  /** Counts from 1; who has it sent once more begins another one. */
  readonly round: number
  /** The request that began the round, where one did. */
  readonly askedBy?: string
  /** When the round began. */
  readonly since: number
  /** Attempts of this round, and of all. */
  readonly tries: number
  readonly attempts: number
  readonly last?: Attempt
  /** While it is pending. */
  readonly nextAt?: number
}

/** What an attempt came to. */
export interface Outcome {
  readonly attempt: Attempt
  /** What the receiver asks for, in milliseconds, within its bounds. */
  readonly retryAfterMs?: number
}

/** A delivery that is due at once. */
export const madeAt = (now: number, eventId: string, type: string): Delivery => ({
  eventId,
  type,
  state: 'pending',
  madeAt: now,
  round: 1,
  since: now,
  tries: 0,
  attempts: 0,
  nextAt: now,
})

/** Whether the answer takes a delivery for received: any 2xx. */
export const isTaken = ({ status = 0 }: Attempt): boolean => status >= 200 && status < 300

/** Whether the receiver wants nothing any more. */
export const isGone = ({ status }: Attempt): boolean => status === 410

/** Whether it is to be sent now. */
export const isDue = ({ state, nextAt = Infinity }: Delivery, now: number): boolean =>
  state === 'pending' && nextAt <= now

/** Whether it has waited for so long that it is not sent any more. */
export const isTooLate = ({ since }: Delivery, now: number): boolean => now > since + lastingMs + graceMs

/** The delivery after an attempt of that round; one of a round that is over changes nothing but the list. */
export function attempted<Each extends Delivery>(
  delivery: Each,
  round: number,
  { attempt, retryAfterMs = 0 }: Outcome,
  random: () => number,
): Each {
  const seen = { ...delivery, attempts: delivery.attempts + 1, last: attempt }
  if (delivery.state !== 'pending' || delivery.round !== round) return seen // mutant: delivery-round
  const tries = delivery.tries + 1
  if (isTaken(attempt)) return ended({ ...seen, tries }, 'delivered')
  const endsAt = delivery.since + lastingMs
  const now = attempt.at + attempt.durationMs
  const isLast = now >= endsAt
  if (isGone(attempt) || isLast) return ended({ ...seen, tries }, 'failed')
  const distance = Math.max(distanceMs(tries, random), retryAfterMs)
  return { ...seen, tries, nextAt: Math.min(now + distance, endsAt) }
}

/** The delivery when that round of it is given up without another attempt; another round goes on. */
export const givenUp = <Each extends Delivery>(delivery: Each, round: number): Each =>
  delivery.state === 'pending' && delivery.round === round ? ended(delivery, 'failed') : delivery // mutant: given-up-round

function ended<Each extends Delivery>(delivery: Each, state: 'delivered' | 'failed'): Each {
  const { nextAt: _, ...rest } = delivery
  return { ...(rest as Each), state }
}

/** The delivery when it is to be sent once more; one that is pending is sent now. */
export const again = <Each extends Delivery>(delivery: Each, now: number, askedBy: string): Each => ({
  ...delivery,
  askedBy,
  state: 'pending',
  round: delivery.round + 1,
  since: now,
  tries: 0,
  nextAt: now,
})
