import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { all as defects, pairs } from './defects.ts'

/** What found the defects that were planted together. */
export interface Finding {
  readonly planted: readonly string[]
  /** The first seed whose history breaks a promise, and which one; missing when none does. */
  readonly found?: { readonly seed: number; readonly promise: string }
}

/** Each defect alone, then the pairs; of those with `part` in a name. */
export const experiments = (part: string): readonly (readonly string[])[] =>
  [...defects.map(({ name }) => [name]), ...pairs].filter((names) => names.some((name) => name.includes(part)))

/**
 * Plants the defects of each experiment into the code and runs the seeds from 1 to `most` until one finds them; as many experiments at
 * once as the machine has cores. The findings come in the order of the experiments.
 */
export async function* prove(wanted: readonly (readonly string[])[], most: number): AsyncGenerator<Finding> {
  const waiting = wanted.map((names) => ({ names, ...Promise.withResolvers<Finding>() }))
  const queue = [...waiting]
  const workers = Array.from({ length: Math.min(availableParallelism(), queue.length) }, () => {
    const worker = new Worker(new URL('prove-worker.ts', import.meta.url), { workerData: most })
    let at = queue.shift()
    worker.on('message', (finding: Finding) => {
      at?.resolve(finding)
      at = queue.shift()
      if (at) worker.postMessage(at.names, [])
    })
    worker.on('error', (error) => at?.reject(error))
    worker.postMessage(at?.names, [])
    return worker
  })
  try {
    for (const { promise } of waiting) yield await promise
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
