import { seeded } from '../../bin/fuzz/chance.ts'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import type { InvokeResult } from '../../localstack/lambda/invoke.ts'

export const start = Date.parse('2026-03-01T00:00:00Z')
export const seconds = 1000
export const minutes = 60 * seconds
export const hours = 60 * minutes

export const modelDeps = () => ({ clock: new VirtualClock(start), random: seeded() })

/** Lets promises settle. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const answer = (payload: unknown = null): InvokeResult => ({ requestId: 'r-1', payload })

export const functionError = (): InvokeResult => ({
  requestId: 'r-1',
  payload: { errorType: 'Error', errorMessage: 'broken' },
  functionError: 'Unhandled',
})
