/** A mistake that hurt the users of another system, as a scene in this one. */
export interface Regression {
  /** What must not happen again, and where it did. */
  readonly name: string
  /** Names of planted defects, each of which makes the scene fail. */
  readonly catches: readonly string[]
  /** Rejects when it happens. */
  readonly play: () => Promise<void>
}

/** Throws unless both are the same as JSON. Works in Vitest and in a worker alike. */
export function same(found: unknown, wanted: unknown, what: string): void {
  const [is, should] = [found, wanted].map((value) => JSON.stringify(value))
  if (is !== should) throw new Error(`${what}: ${is}, not ${should}`)
}
