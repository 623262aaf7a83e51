import { AwsError } from '../endpoint/aws-error.ts'
import type { StackClock } from '../clock/clock.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import { Waits } from '../clock/waits.ts'

/** `RetryPolicy` of a rule's target or a schedule. */
export interface RetryPolicy {
  /** 0-185, default 185. */
  readonly maximumRetryAttempts?: number
  /** 60-86400, default 86400. */
  readonly maximumEventAgeSeconds?: number
}

/** Why something was not delivered in the end. */
export interface Undelivered {
  /** The code of the last error; `ERROR_FROM_TARGET` when it had none. */
  readonly code: string
  readonly message: string
  readonly retries: number
  /** Which limit of the retry policy ended it; absent when the error was not worth a retry. */
  readonly exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'
}

export interface Delivery {
  /** The name that is shown. */
  readonly what: string
  readonly retry?: RetryPolicy
  /** Delivers; `attempt` counts from 1. */
  readonly deliver: (attempt: number) => Promise<void>
  /** Takes what could not be delivered; `false` when there is no place for it. */
  readonly giveUp: (undelivered: Undelivered) => Promise<boolean>
  /** Called when it is delivered or given up. */
  readonly done?: () => void
}

export interface DeliveryCounts {
  readonly delivered: number
  readonly retried: number
  readonly deadLettered: number
  readonly dropped: number
}

const shortestBackoffMs = 1000
const longestBackoffMs = 600_000

/** Codes that no retry will change: EventBridge gives these up at once. */
const permanent = /AccessDenied|NotAuthorized|NonExistent|NotFound|Validation|InvalidParameter|InvalidMessageContents/

/** Delivers at least once, retries with growing pauses within the retry policy, and gives up into a dead-letter queue. */
export class RetryingSender {
  readonly #clock: StackClock
  readonly #random: () => number
  readonly #waits: Waits
  readonly #counts = { delivered: 0, retried: 0, deadLettered: 0, dropped: 0 }
  #underWay = 0
  #stopped = false

  constructor(deps: { readonly clock: StackClock; readonly random: () => number }) {
    this.#clock = deps.clock
    this.#random = deps.random
    this.#waits = new Waits(deps.clock)
  }

  send(delivery: Delivery): void {
    const sentAt = this.#clock.now()
    this.#underWay += 1
    this.#clock.at(sentAt, () => void this.#attempt(delivery, sentAt, 1))
  }

  counts(): DeliveryCounts {
    return { ...this.#counts }
  }

  inFlight(): InFlight {
    return this.#waits.inFlight(this.#underWay)
  }

  waiting(): Waiting[] {
    return this.#waits.list()
  }

  /** Makes no further attempts. */
  stop(): void {
    this.#stopped = true
    this.#waits.clear()
  }

  /** One attempt; `underWay` counts the delivery until it is delivered, given up or waits. */
  async #attempt(delivery: Delivery, sentAt: number, attempt: number): Promise<void> {
    try {
      if (this.#stopped) return
      await delivery.deliver(attempt)
      this.#counts.delivered += 1
      delivery.done?.()
    } catch (error) {
      await this.#failed(delivery, sentAt, attempt, error)
    } finally {
      this.#underWay -= 1
    }
  }

  async #failed(delivery: Delivery, sentAt: number, attempt: number, error: unknown): Promise<void> {
    const code = error instanceof AwsError ? error.code : 'ERROR_FROM_TARGET'
    const message = error instanceof Error ? error.message : String(error)
    const again = this.#clock.now() + backoff(attempt, this.#random, shortestBackoffMs, longestBackoffMs)
    const exhausted = exhaustedBy(delivery.retry ?? {}, attempt, again - sentAt)
    if (!exhausted && !permanent.test(code)) {
      this.#retry(delivery, sentAt, attempt + 1, again)
      return
    }
    const undelivered = {
      code,
      message,
      retries: attempt - 1,
      ...(exhausted && !permanent.test(code) && { exhausted }),
    }
    const kept = await delivery.giveUp(undelivered).catch(() => false)
    this.#counts[kept ? 'deadLettered' : 'dropped'] += 1
    delivery.done?.()
  }

  #retry(delivery: Delivery, sentAt: number, attempt: number, due: number): void {
    if (this.#stopped) return
    this.#counts.retried += 1
    this.#waits.until(due, `${delivery.what}, attempt ${attempt}`, () => {
      this.#underWay += 1
      void this.#attempt(delivery, sentAt, attempt)
    })
  }
}

/** Milliseconds before retry number `attempt` (from 1): doubles from `shortest` to `longest`, the upper half of it by chance. */
export function backoff(attempt: number, random: () => number, shortest: number, longest: number): number {
  const most = Math.min(longest, shortest * 2 ** Math.min(attempt - 1, 30))
  return Math.ceil(most / 2 + (random() * most) / 2)
}

function exhaustedBy(retry: RetryPolicy, attempt: number, ageMs: number): Undelivered['exhausted'] {
  if (attempt > (retry.maximumRetryAttempts ?? 185)) return 'MaximumRetryAttempts'
  return ageMs > (retry.maximumEventAgeSeconds ?? 86_400) * 1000 ? 'MaximumEventAgeInSeconds' : undefined
}
