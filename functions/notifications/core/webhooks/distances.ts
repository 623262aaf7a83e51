const secondMs = 1_000
const hourMs = 3_600_000

/** How long a delivery is tried for, in milliseconds. */
export const lastingMs = 72 * hourMs

/**
 * After how long of failures alone an endpoint is switched off, in milliseconds. The delivery that ends then was made a little before its first
 * failure: there may be no other one.
 */
export const hopelessMs = lastingMs - 600 * secondMs

/** Beyond that, one that waited elsewhere is not sent any more: what it brings is old. */
export const graceMs = hourMs

/** The most that `Retry-After` may ask for, in milliseconds. */
export const longestRetryAfterMs = hourMs

/** After so many failures in a row one attempt at a time shows whether a receiver answers again. */
export const failuresToOpen = 5

/** Milliseconds from a failed attempt of a delivery to its next one: the attempts of this round that there were. */
export const distanceMs = (tries: number, random: () => number): number =>
  jittered(Math.min(4 * hourMs, 10 * secondMs * 3 ** (tries - 1)), random)

/** Milliseconds from a failed probe to the next one: the failures in a row that there were. */
export const probeDistanceMs = (failures: number, random: () => number): number =>
  jittered(Math.min(600 * secondMs, 10 * secondMs * 2 ** Math.max(0, failures - failuresToOpen)), random)

/** A fifth more or less: what failed at once is not tried again at once. */
const jittered = (distance: number, random: () => number): number => Math.round(distance * (0.8 + 0.4 * random()))
