/** When a route or a field was deprecated, and when it goes: days as `2026-11-29`, which begin at midnight in UTC. */
export interface Deprecation {
  readonly since: `${number}-${number}-${number}`
  /** At least `leastMonths` later; without it, no day is fixed yet. */
  readonly sunset?: `${number}-${number}-${number}`
  /** What to take in its place, as a sentence. */
  readonly instead: string
}

/** How long a deprecated route or field goes on at least, in months. */
export const leastMonths = 12

/** The headers of every success of a deprecated route: `Deprecation` (RFC 9745) and, where its day is fixed, `Sunset` (RFC 8594). */
export function deprecationHeaders({ since, sunset }: Deprecation): Readonly<Record<string, string>> {
  return {
    deprecation: `@${Date.parse(since) / 1_000}`,
    ...(sunset !== undefined && { sunset: new Date(sunset).toUTCString() }),
  }
}
