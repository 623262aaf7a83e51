import { expect, test } from 'vitest'
import { moveProgressOn } from '../../localstack/terminal/move-progress.ts'

const hour = 3_600_000

/** What is written while the clock is moved by that many hours, with a schedule due in each. */
function written(hours: number): string[] {
  const texts: string[] = []
  const stream = { isTTY: false, write: (text: string) => texts.push(text) > 0 } as unknown as NodeJS.WriteStream
  const progress = moveProgressOn(stream)
  progress.begin(0, hours * hour)
  for (let passed = 1; passed <= hours; passed += 1) progress.reached(passed * hour, hours - passed)
  progress.end()
  return texts
}

test('a day is shown by a line at each quarter where there is no terminal', () => {
  expect(written(24)).toEqual([
    'clock: 25 % of the way, 18 schedules left\n',
    'clock: 50 % of the way, 12 schedules left\n',
    'clock: 75 % of the way, 6 schedules left\n',
    'clock: 100 % of the way, 0 schedules left\n',
  ])
})

test('an hour is not shown', () => {
  expect(written(1)).toEqual([])
})
