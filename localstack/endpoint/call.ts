import type { Principal } from './access-keys.ts'

/** Values of condition keys that a request comes with, such as `aws:SourceArn`: one, or of a multivalued key a list. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>

/** A call of an AWS API as it arrived at the endpoint. */
export interface Call {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: Principal
  /** `X-Amzn-Trace-Id`, as the SDK sends it from a function that is traced. */
  readonly traceHeader?: string | undefined
  /** Throws AwsError `AccessDeniedException` unless the caller's role allows the action. */
  authorize(action: string, resource: string, context?: RequestContext): void
}

/** What answers the operations of one AWS service; the answer is sent as JSON. Errors are AwsError. */
export type Operations = Readonly<Record<string, (call: Call) => unknown>>

/** DynamoDB's units, as an answer reports them. */
export interface Units {
  readonly read: number
  readonly write: number
  /** Those of the written units that went into indexes, by their names. */
  readonly ofIndexes?: Readonly<Record<string, number>>
}

/** Called with the units that a call has consumed. */
export type CountUnits = (call: Call, units: Units) => void
