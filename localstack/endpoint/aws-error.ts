/** An error as an AWS service answers it: `code` is what the SDK shows as `name`. */
export class AwsError extends Error {
  readonly code: string
  /** HTTP status of the answer. */
  readonly status: number
  /** The whole answer, where it has more than code and message. */
  readonly body: Readonly<Record<string, unknown>> | undefined

  constructor(code: string, message: string, status = 400, body?: Readonly<Record<string, unknown>>) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.body = body
  }
}
