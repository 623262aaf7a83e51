import { describe, expect, test } from 'vitest'
import { availableParallelism } from 'node:os'
import { inWorkers } from '../runs/workers.ts'
import type { Task } from './regression-worker.ts'
import { regressions } from './regressions.ts'

describe('regressions of other systems', () => {
  test.each(regressions)('$name', async ({ play }) => {
    await expect(play()).resolves.toBeUndefined()
  })
})

test('each of these scenes fails with every defect that it is there for', async () => {
  const tasks = regressions.flatMap(({ name, catches }) =>
    catches.map((defect): Task => ({ regression: name, defect })),
  )
  const failures = inWorkers<Task, string | undefined>(
    new URL('regression-worker.ts', import.meta.url),
    availableParallelism(),
    tasks,
  )
  let at = 0
  for await (const failure of failures) {
    const { regression, defect } = tasks[at]!
    expect(failure, `${regression}\nwith: ${defect}`).toBeDefined()
    at += 1
  }
  expect(at).toBe(tasks.length)
})
