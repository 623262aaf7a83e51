import { expect, test } from 'vitest'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import { TimeLapse } from '../../localstack/clock/time-lapse.ts'

const minute = 60_000

/** The minutes at which a rule of every minute runs while the clock is moved. */
async function runsIn(minutes: number): Promise<number[]> {
  const clock = new VirtualClock(0)
  const lapse = new TimeLapse()
  const runs: number[] = []
  const tick = (): void => {
    if (!lapse.skips('rule', clock.now())) runs.push(clock.now() / minute)
    clock.at(clock.now() + minute, tick)
  }
  clock.at(minute, tick)
  await lapse.move(clock, minutes * minute, async () => {})
  return runs
}

test('a short move of the clock runs a rule every time it is due', async () => {
  expect(await runsIn(60)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
})

test('a long move runs it every five minutes, and in its last minute', async () => {
  expect(await runsIn(73)).toEqual([1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61, 66, 71, 72, 73])
})
