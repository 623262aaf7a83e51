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

test('a long move runs it every fifteen minutes, and in its last minute', async () => {
  expect(await runsIn(73)).toEqual([1, 16, 31, 46, 61, 72, 73])
})

/** The seconds at which schedules run that fall due at 90 s, 100 s, 120 s and a second before the end of a move of that length. */
async function schedulesIn(minutes: number): Promise<number[]> {
  const clock = new VirtualClock(0)
  const lapse = new TimeLapse()
  const end = minutes * minute
  const runs: number[] = []
  for (const due of [90_000, 100_000, 120_000, end - 1_000]) {
    const run = (): void => {
      const at = lapse.runsAt(due)
      if (at > clock.now()) clock.at(at, run)
      else runs.push(clock.now() / 1_000)
    }
    clock.at(due, run)
  }
  await lapse.move(clock, end, async () => {})
  return runs
}

test('a short move runs a schedule at its time', async () => {
  expect(await schedulesIn(60)).toEqual([90, 100, 120, 3_599])
})

test('a long move runs a schedule with all others of its minute, and none after its end', async () => {
  expect(await schedulesIn(60.5)).toEqual([120, 120, 120, 3_630])
})

test('only a long move puts off a task, until all else of its time has come to rest, and again what that causes', async () => {
  const clock = new VirtualClock(0)
  const lapse = new TimeLapse()
  const steps: string[] = []
  const task = (name: string, cause?: () => void) => (): void => {
    steps.push(`${name} at ${clock.now()}`)
    cause?.()
  }
  const begin = (): void => {
    const second = task('second')
    const first = task('first', () => lapse.putsOff(second) || second())
    if (!lapse.putsOff(first)) first()
  }
  clock.at(1_000, begin)
  const rest = async (): Promise<void> => void steps.push('rest')
  await lapse.move(clock, 60 * minute, rest)
  expect(steps.splice(0)).toEqual(['first at 1000', 'second at 1000', 'rest'])
  clock.at(clock.now(), begin)
  await lapse.move(clock, clock.now() + 61 * minute, rest)
  expect(steps).toEqual(['rest', 'first at 3600000', 'rest', 'second at 3600000', 'rest'])
})

test('what is put off is done at once when a move fails', async () => {
  const clock = new VirtualClock(0)
  const lapse = new TimeLapse()
  let isDone = false
  clock.at(1_000, () => lapse.putsOff(() => (isDone = true)))
  const failing = async (): Promise<never> => {
    throw new Error('no rest')
  }
  await expect(lapse.move(clock, 61 * minute, failing)).rejects.toThrow('no rest')
  expect(isDone).toBe(true)
})
