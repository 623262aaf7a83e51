import { parentPort, workerData } from 'node:worker_threads'
import { defectOf } from './defects.ts'
import type * as histories from '../../history.ts'
import type { Seeds } from '../../runs/many.ts'
import { planted } from './planted.ts'
import type { Experiment, Finding } from './prove.ts'

const { first, count } = workerData as Seeds

parentPort?.on(
  'message',
  (experiment: Experiment) => void find(experiment).then((found) => parentPort?.postMessage(found, [])),
)

async function find({ planted: names, known }: Experiment): Promise<Finding> {
  const { history } = await planted<typeof histories>(names.map(defectOf), 'history.ts')
  for (const seed of seedsOf(known)) {
    const { violation } = await history(seed)
    if (violation) return { planted: names, found: { seed, promise: violation.promise } }
  }
  return { planted: names }
}

function* seedsOf(known: number | undefined): Generator<number> {
  if (known !== undefined) yield known
  for (let seed = first; seed < first + count; seed += 1) yield seed
}
