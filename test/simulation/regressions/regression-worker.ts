import { parentPort } from 'node:worker_threads'
import { defectOf } from '../mutants/planted/defects.ts'
import { planted } from '../mutants/planted/planted.ts'
import type * as list from './regressions.ts'

/** A regression, and the defect with which it is to be played. */
export interface Task {
  readonly regression: string
  readonly defect: string
}

parentPort?.on('message', (task: Task) => void play(task).then((failure) => parentPort?.postMessage(failure, [])))

/** What went wrong in the scene, if anything did. */
async function play({ regression, defect }: Task): Promise<string | undefined> {
  const { regressions } = await planted<typeof list>([defectOf(defect)], 'regressions/regressions.ts')
  const found = regressions.find(({ name }) => name === regression)
  if (!found) throw new Error(`There is no regression "${regression}".`)
  return found.play().then(
    () => undefined,
    (error: unknown) => String(error),
  )
}
