import { failuresToOpen, hopelessMs, probeDistanceMs } from './distances.ts'

/** Who sends for an endpoint, and how its receiver has answered lately. Times are milliseconds since 1970. */
export interface Pump {
  /** Grows with each lease: who has an older one writes nothing any more. */
  readonly fence: number
  /** Until when nobody else sends for this endpoint. */
  readonly leasedUntil?: number
  /** A number of chance: two leases that begin in one moment are not the same. */
  readonly holder?: number
  /** Something came while somebody was sending: it is looked for once more before the lease ends. */
  readonly again?: true
  readonly health: Health
  /** When it is looked at again at the latest. */
  readonly wakeAt: number
  /** When a message that was sent wakes it. */
  readonly sentFor?: number
}

/** Of one activation of the endpoint. */
export interface Health {
  readonly activation: number
  /** In a row. */
  readonly failures: number
  /** The first of them. */
  readonly failingSince?: number
  /** Nothing is sent before. */
  readonly restUntil?: number
}

export const healthy = (activation: number): Health => ({ activation, failures: 0 })

/** An activation begins with nothing that failed. */
export const healthIn = (health: Health, activation: number): Health =>
  health.activation === activation ? health : healthy(activation)

/** The health after an attempt that arrived. What another one was asked to wait for holds. */
export const afterSuccess = ({ activation, restUntil = 0 }: Health, now: number): Health => ({
  ...healthy(activation),
  ...(restUntil > now && { restUntil }),
})

/** The health after an attempt that failed at that time. */
export function afterFailure(health: Health, now: number, retryAfterMs: number, random: () => number): Health {
  const failures = health.failures + 1
  const rests = [
    health.restUntil ?? 0,
    failures >= failuresToOpen ? now + probeDistanceMs(failures, random) : 0, // mutant: breaker-open
    retryAfterMs > 0 ? now + retryAfterMs : 0,
  ]
  const restUntil = Math.max(...rests)
  return {
    ...health,
    failures,
    failingSince: health.failingSince ?? now,
    ...(restUntil > now && { restUntil }),
  }
}

/** How many attempts may be under way at that time, of `most`. */
export function mayBeUnderWay({ failures, restUntil = 0 }: Health, now: number, most: number): number {
  if (restUntil > now) return 0
  return failures >= failuresToOpen ? 1 : most
}

/** Whether everything failed for so long that the endpoint is switched off. */
export const isHopeless = ({ failures, failingSince = Infinity }: Health, now: number): boolean =>
  failures >= failuresToOpen && now - failingSince >= hopelessMs // mutant: hopeless-after

/** The clocks of functions differ by less, in milliseconds. */
export const skewMs = 10_000

/** Whether somebody else may still be sending. */
export const isLeased = ({ leasedUntil }: Pump, now: number): boolean =>
  leasedUntil !== undefined && now < leasedUntil + skewMs // mutant: pump-lease
