import { parentPort, workerData } from 'node:worker_threads'
import { defectOf } from './defects.ts'
import type * as histories from '../../history.ts'
import type { Seeds } from '../../runs/many.ts'
import { planted } from './planted.ts'
import type { Finding } from './prove.ts'

const { first, count } = workerData as Seeds

parentPort?.on(
  'message',
  (names: readonly string[]) => void find(names).then((found) => parentPort?.postMessage(found, [])),
)

async function find(names: readonly string[]): Promise<Finding> {
  const { history } = await planted<typeof histories>(names.map(defectOf), 'history.ts')
  for (let seed = first; seed < first + count; seed += 1) {
    const { violation } = await history(seed)
    if (violation) return { planted: names, found: { seed, promise: violation.promise } }
  }
  return { planted: names }
}
