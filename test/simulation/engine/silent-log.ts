import { logger, metrics } from '../../../functions/runtime/log.ts'

const nothing = (): void => {}

/** Nobody reads what a million histories log and count. */
export function silence(log: object, counts: object): void {
  Object.assign(log, { info: nothing, warn: nothing, error: nothing, appendKeys: nothing })
  Object.assign(counts, { addMetric: nothing })
}

silence(logger, metrics)
