import type { Clock } from './clock.ts'

const shortestPauseMs = 40
const longestPauseMs = 400

/** How long to poll for a value, in milliseconds, and which value ends the poll. */
export interface PollOptions<Seen> {
  readonly waitMs: number
  readonly isThere: (seen: Seen) => boolean
}

/** Polls at growing distances until the value is there or the time is over; returns the last value. */
export async function poll<Seen>(
  clock: Clock,
  first: Seen,
  { waitMs, isThere }: PollOptions<Seen>,
  read: () => Promise<Seen>,
): Promise<Seen> {
  const end = clock.now() + waitMs
  let seen = first
  for (let pause = shortestPauseMs; !isThere(seen) && clock.now() < end; pause *= 2) {
    await clock.sleep(Math.min(pause, longestPauseMs, end - clock.now()))
    seen = await read()
  }
  return seen
}

/**
 * Asks another service, with the milliseconds that are left, until its answer is there or the time `end` has come, and never ends in an error:
 * undefined stands for no answer.
 */
export async function askUntil<Seen>(
  clock: Clock,
  end: number,
  isThere: (seen: Seen | undefined) => boolean,
  ask: (leftMs: number) => Promise<Seen>,
): Promise<void> {
  const leftMs = (): number => end - clock.now()
  if (leftMs() <= 0) return
  const seen = (): Promise<Seen | undefined> => ask(leftMs()).catch(() => undefined)
  await poll(clock, await seen(), { waitMs: leftMs(), isThere }, seen)
}
