/** A request to a receiver. */
export interface Sending {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a receiver has answered, or why it has not. */
export interface Answered {
  readonly status?: number
  /** A short code. */
  readonly error?: string
  /** The first 1,024 bytes. */
  readonly body?: string
  /** As the header has it, in milliseconds. */
  readonly retryAfterMs?: number
}

/** What is outside: it never throws. */
export interface Receivers {
  send(sending: Sending): Promise<Answered>
}

/** After so long an attempt is over, whatever the receiver does, in milliseconds. */
export const timeoutMs = 10_000

/** What is kept of an answer, in bytes. */
export const keptBytes = 1_024
