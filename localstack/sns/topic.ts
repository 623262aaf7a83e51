import type { StackClock } from '../clock/clock.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import { RetryingSender } from '../eventbridge/delivery.ts'

/** A queue that gets what is published. */
export interface Subscription {
  readonly queueArn: string
  /** Puts a message into the queue, as it is. */
  readonly deliver: (message: string) => void
  /** Takes a message that cannot be put there; absent where it is dropped. */
  readonly deadLetter?: ((message: string) => void) | undefined
}

export interface TopicSettings {
  readonly name: string
  readonly arn: string
  readonly subscriptions: readonly Subscription[]
}

/** What SNS does at most to reach a queue that is away: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const retry = { maximumRetryAttempts: 100_015, maximumEventAgeSeconds: 23 * 86_400 }

/** A topic of SNS with its queues. */
export class Topic {
  readonly settings: TopicSettings
  readonly #sender: RetryingSender

  constructor(settings: TopicSettings, deps: { readonly clock: StackClock; readonly random: () => number }) {
    this.settings = settings
    this.#sender = new RetryingSender(deps)
  }

  publish(message: string): void {
    for (const { queueArn, deliver, deadLetter } of this.settings.subscriptions)
      this.#sender.send({
        what: `${this.settings.name} to ${queueArn}`,
        retry,
        deliver: async () => deliver(message),
        giveUp: async () => {
          deadLetter?.(message)
          return deadLetter !== undefined
        },
      })
  }

  inFlight(): InFlight {
    return this.#sender.inFlight()
  }

  waiting(): Waiting[] {
    return this.#sender.waiting()
  }

  stop(): void {
    this.#sender.stop()
  }
}
