/** `RetryPolicy` of a rule's target or a schedule. */
export interface RetryPolicy {
  /** 0-185, default 185. */
  readonly maximumRetryAttempts?: number
  /** 60-86400, default 86400. */
  readonly maximumEventAgeSeconds?: number
}
