import { Worker } from 'node:worker_threads'

/**
 * Hands the tasks out to so many workers that run this file, one at a time to each, and yields their results in the order of the tasks.
 * A worker answers each message with one. Tasks are asked for when a worker is free.
 */
export async function* inWorkers<Task, Result>(
  file: URL,
  count: number,
  tasks: Iterable<Task>,
  workerData?: unknown,
): AsyncGenerator<Result> {
  const left = tasks[Symbol.iterator]()
  const results: Promise<Result>[] = []
  const next = (worker: Worker): void => {
    const { value, done } = left.next()
    if (done) return
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    promise.catch(() => {})
    results.push(promise)
    worker.once('error', reject)
    worker.once('message', (result: Result) => {
      worker.off('error', reject)
      next(worker)
      resolve(result)
    })
    worker.postMessage(value, [])
  }
  const workers = Array.from({ length: count }, () => new Worker(file, { workerData }))
  for (const worker of workers) next(worker)
  try {
    for (let at = 0; at < results.length; at += 1) yield await (results[at] as Promise<Result>)
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
