import { parentPort, workerData } from 'node:worker_threads'
import type { FaultName } from '../faults/faults.ts'
import { type Seeds, historyWithout } from './many.ts'
import { type Tally, added, nothing, tallyOf } from './tally.ts'

parentPort?.on('message', (seeds: Seeds) => void run(seeds).then((tally) => parentPort?.postMessage(tally, [])))

async function run({ first, count }: Seeds): Promise<Tally> {
  let tally = nothing
  for (let seed = first; seed < first + count; seed += 1)
    tally = added(tally, tallyOf(await historyWithout(seed, workerData as readonly FaultName[])))
  return tally
}
