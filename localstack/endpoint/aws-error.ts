/** An error as an AWS service answers it: `code` is what the SDK shows as `name`. */
export class AwsError extends Error {
  readonly code: string
  /** HTTP status of the answer. */
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
  }
}
