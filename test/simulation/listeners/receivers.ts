import type { Answered, Receivers, Sending } from '../../../functions/notifications/adapters/receivers.ts'
import { timeoutMs } from '../../../functions/notifications/adapters/receivers.ts'
import { signedHeaders } from '../../../functions/notifications/adapters/signature.ts'
import type { Chance } from '../../../bin/fuzz/chance.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { Process } from '../engine/processes.ts'

/** Longer than a call may be under way there and back, in milliseconds: what was read is that old at most when it is used. */
export const knownMs = 32_000

/** How a receiver answers, until it is good. */
type Manner = 'good' | 'slow' | 'hangs' | 'fails' | 'asks to wait' | 'gone'

/** A request as the sender begins it. */
export interface Sent {
  readonly url: string
  readonly eventId: string
  readonly body: string
  readonly at: number
  readonly process: string
  /** What the sender has learnt, and when. */
  status?: number | 'none'
  endedAt?: number
}

/** The receivers of a history: each is good, or not until a time, or never. */
export class FakeReceivers {
  readonly #clock: VirtualClock
  readonly #chance: Chance
  readonly #manners = new Map<string, { readonly manner: Manner; readonly until: number }>()
  readonly sent: Sent[] = []
  /** Requests under way, by process. */
  readonly underWay = new Map<string, Set<Sent>>()
  readonly #watch: (sent: Sent, headers: Sending['headers']) => void

  constructor(clock: VirtualClock, chance: Chance, watch: (sent: Sent, headers: Sending['headers']) => void) {
    this.#clock = clock
    this.#chance = chance
    this.#watch = watch
  }

  /** A receiver with a manner of its own. */
  open(until: number): string {
    const url = `https://r${this.#manners.size}.shop.com/`
    const manner = this.#chance.pick<Manner>([
      'good',
      'good',
      'slow',
      'hangs',
      'fails',
      'fails',
      'asks to wait',
      'gone',
    ])
    this.#manners.set(url, { manner, until: this.#chance.maybe(0.2) ? Infinity : until })
    return url
  }

  /** Whether it answers well at that time, and has always done so. */
  isGood(url: string): boolean {
    return this.#manners.get(url)?.manner === 'good'
  }

  isBadFor(url: string, at: number): boolean {
    const { manner = 'good', until = 0 } = this.#manners.get(url) ?? {}
    return manner !== 'good' && manner !== 'slow' && at < until
  }

  /** As a process reaches them. */
  of(process: Process): Receivers {
    return { send: (sending) => this.#send(process, sending) }
  }

  async #send(process: Process, { url, headers, body }: Sending): Promise<Answered> {
    const sent: Sent = { url, eventId: headers['webhook-id'] ?? '', body, at: this.#clock.now(), process: process.name }
    this.sent.push(sent)
    const underWay = this.underWay.get(process.name) ?? new Set()
    this.underWay.set(process.name, underWay.add(sent))
    this.#watch(sent, headers)
    const unavailable = () => new Error('ECONNRESET')
    const asked = process.call<Answered>({ what: `POST ${url}`, kind: 'bank', unavailable }, () => this.#answer(url))
    const answer = await Promise.race([
      asked.catch((): Answered => ({ error: 'ECONNRESET' })),
      process.clock.sleep(timeoutMs).then((): Answered => ({ error: 'timeout' })),
    ])
    underWay.delete(sent)
    sent.status = answer.status ?? 'none'
    sent.endedAt = this.#clock.now()
    return answer
  }

  #answer(url: string): Promise<Answered> {
    const now = this.#clock.now()
    const { manner, until } = this.#manners.get(url) ?? { manner: 'good', until: 0 }
    const is = now < until ? manner : 'good'
    const after = is === 'hangs' ? 3_600_000 : is === 'slow' ? this.#chance.between(3_000, 9_000) : 5
    const answer: Answered =
      is === 'fails'
        ? { status: 500, body: 'broken' }
        : is === 'gone'
          ? { status: 410 }
          : is === 'asks to wait'
            ? { status: 429, retryAfterMs: 900_000 }
            : { status: 200 }
    return new Promise((resolve) => {
      this.#clock.at(now + after, () => resolve(answer))
    })
  }
}

/** Which of the secrets have signed the request. */
export function signersOf(sent: Sent, headers: Sending['headers'], secrets: readonly string[]): readonly string[] {
  const given = (headers['webhook-signature'] ?? '').split(' ')
  const at = Number(headers['webhook-timestamp']) * 1_000
  return secrets.filter((secret) =>
    given.includes(signedHeaders([secret], sent.eventId, sent.body, at)['webhook-signature']),
  )
}
