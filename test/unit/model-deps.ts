import { VirtualClock } from '../../localstack/clock/clock.ts'
import type { InvokeResult } from '../../localstack/lambda/invoke.ts'

export const start = Date.parse('2026-03-01T00:00:00Z')
export const seconds = 1000
export const minutes = 60 * seconds
export const hours = 60 * minutes

/** Mulberry32: the same seed gives the same chances. */
export function seeded(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

export const modelDeps = () => ({ clock: new VirtualClock(start), random: seeded() })

/** Lets promises settle. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const answer = (payload: unknown = null): InvokeResult => ({ requestId: 'r-1', payload })

export const functionError = (): InvokeResult => ({
  requestId: 'r-1',
  payload: { errorType: 'Error', errorMessage: 'broken' },
  functionError: 'Unhandled',
})
