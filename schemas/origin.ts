/** Where a change comes from. */
export interface Origin {
  /** Milliseconds since 1970. */
  readonly at: number
  /** The id of the event or request that caused it. */
  readonly cause: string
  /** The user, API key or service behind the cause, by its id or name. */
  readonly by: string
}
