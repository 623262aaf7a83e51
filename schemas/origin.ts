/** Where a change comes from. */
export interface Origin {
  /** Milliseconds since 1970. */
  readonly at: number
  /** The id of the event or request that caused it. */
  readonly cause: string
  /** The user or service behind the cause. */
  readonly by: string
}
