/** One-time wake-up calls. Creation is idempotent; deletion is a courtesy, because the facts decide. */
export interface Timers {
  /** Sends `message` to the service's own queue at `at` (milliseconds since 1970). A timer that exists already stays. */
  set(name: string, at: number, message: TimerMessage): Promise<void>
  /** Does nothing if there is no such timer. */
  clear(name: string): Promise<void>
}

/** The same envelope as the bus delivers. */
export interface TimerMessage {
  readonly source: string
  readonly 'detail-type': string
  readonly detail: unknown
}
