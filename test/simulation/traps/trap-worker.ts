import { parentPort } from 'node:worker_threads'
import { defectOf } from '../defects.ts'
import { planted } from '../planted.ts'
import type * as list from './traps.ts'

/** A trap, and the defect with which it is to be played. */
export interface Task {
  readonly trap: string
  readonly defect: string
}

parentPort?.on('message', (task: Task) => void play(task).then((failure) => parentPort?.postMessage(failure, [])))

/** What went wrong in the scene, if anything did. */
async function play({ trap, defect }: Task): Promise<string | undefined> {
  const { traps } = await planted<typeof list>([defectOf(defect)], 'traps/traps.ts')
  const found = traps.find(({ name }) => name === trap)
  if (!found) throw new Error(`There is no trap "${trap}".`)
  return found.play().then(
    () => undefined,
    (error: unknown) => String(error),
  )
}
