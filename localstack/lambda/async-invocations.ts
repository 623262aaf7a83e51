import type { StackClock } from '../clock/clock.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import type { Invoke, InvokeResult } from './invoke.ts'
import { type OutgoingMessage, textAttributes } from '../sqs/message.ts'
import { Waits } from '../clock/waits.ts'

export interface AsyncSettings {
  readonly functionArn: string
  /** 0-2, default 2. */
  readonly maximumRetryAttempts?: number | undefined
  /** Default 6 hours. */
  readonly maximumEventAgeSeconds?: number | undefined
}

export interface AsyncDeps {
  readonly clock: StackClock
  readonly invoke: Invoke<unknown>
  /** The function's dead-letter queue: gets the event. */
  readonly deadLetter: ((message: OutgoingMessage) => Promise<void>) | undefined
  /** The on-failure destination: gets a record of the invocation. */
  readonly onFailure: ((message: OutgoingMessage) => Promise<void>) | undefined
}

/** Pauses before the first and the second retry, in milliseconds. */
const pausesMs = [60_000, 120_000] as const
const longestAgeSeconds = 21_600

/** Asynchronous invocations as Lambda runs them: two retries, then the dead-letter queue. */
export class AsyncInvocations {
  readonly settings: AsyncSettings
  private readonly deps: AsyncDeps
  private readonly waits: Waits
  private underWay = 0

  constructor(settings: AsyncSettings, deps: AsyncDeps) {
    this.settings = settings
    this.deps = deps
    this.waits = new Waits(deps.clock)
  }

  /** Takes the event; the function is invoked with it later. */
  send(event: unknown): void {
    void this.attempt(event, this.deps.clock.now(), 0)
  }

  inFlight(): InFlight {
    return this.waits.inFlight(this.underWay)
  }

  waiting(): Waiting[] {
    return this.waits.list()
  }

  stop(): void {
    this.waits.clear()
  }

  private async attempt(event: unknown, sentAt: number, retries: number): Promise<void> {
    this.underWay += 1
    try {
      const result = await this.deps.invoke(event)
      if (result.functionError === undefined) return
      const pause = retries < (this.settings.maximumRetryAttempts ?? 2) ? pausesMs[retries] : undefined
      const again = this.deps.clock.now() + (pause ?? 0)
      const age = (again - sentAt) / 1_000
      if (pause === undefined || age > (this.settings.maximumEventAgeSeconds ?? longestAgeSeconds)) {
        await this.giveUp(event, result, retries)
        return
      }
      this.waits.until(again, `retry ${retries + 1} of ${this.settings.functionArn}`, () => {
        void this.attempt(event, sentAt, retries + 1)
      })
    } finally {
      this.underWay -= 1
    }
  }

  private async giveUp(event: unknown, result: InvokeResult, retries: number): Promise<void> {
    const { requestId, payload, functionError } = result
    const { errorMessage = '' } = (payload ?? {}) as { readonly errorMessage?: string }
    await this.deps
      .deadLetter?.({
        MessageBody: JSON.stringify(event),
        MessageAttributes: textAttributes({ RequestID: requestId, ErrorCode: '200', ErrorMessage: errorMessage }),
      })
      .catch(() => {})
    const record = {
      version: '1.0',
      timestamp: new Date(this.deps.clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${this.settings.functionArn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: retries + 1,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
      responsePayload: payload,
    }
    await this.deps.onFailure?.({ MessageBody: JSON.stringify(record) }).catch(() => {})
  }
}
