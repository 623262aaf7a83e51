import { describe, expect, test } from 'vitest'
import { availableParallelism } from 'node:os'
import { inWorkers } from '../workers.ts'
import type { Task } from './trap-worker.ts'
import { traps } from './traps.ts'

describe('traps that others fell into', () => {
  test.each(traps)('$name', async ({ play }) => {
    await expect(play()).resolves.toBeUndefined()
  })
})

test('each of these scenes fails with every defect that it is there for', async () => {
  const tasks = traps.flatMap(({ name, catches }) => catches.map((defect): Task => ({ trap: name, defect })))
  const failures = inWorkers<Task, string | undefined>(
    new URL('trap-worker.ts', import.meta.url),
    availableParallelism(),
    tasks,
  )
  let at = 0
  for await (const failure of failures) {
    const { trap, defect } = tasks[at]!
    expect(failure, `${trap}\nwith: ${defect}`).toBeDefined()
    at += 1
  }
  expect(at).toBe(tasks.length)
})
