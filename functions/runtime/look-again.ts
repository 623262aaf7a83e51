import type { Clock } from './clock.ts'

const shortestPauseMs = 40
const longestPauseMs = 400

/** How long to look for what is on its way, in milliseconds, and when it is there. */
export interface Patience<Seen> {
  readonly waitMs: number
  readonly isThere: (seen: Seen) => boolean
}

/** Looks again, at growing distances, until it is there or the time is over; returns what was seen last. */
export async function lookAgain<Seen>(
  clock: Clock,
  first: Seen,
  { waitMs, isThere }: Patience<Seen>,
  look: () => Promise<Seen>,
): Promise<Seen> {
  const end = clock.now() + waitMs
  let seen = first
  for (let pause = shortestPauseMs; !isThere(seen) && clock.now() < end; pause *= 2) {
    await clock.sleep(Math.min(pause, longestPauseMs, end - clock.now()))
    seen = await look()
  }
  return seen
}
