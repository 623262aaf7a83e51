import type { Clock } from '../../functions/runtime/clock.ts'
import { ApiProblem } from '../../schemas/client.ts'

export interface Patience {
  readonly clock: Clock
  /** When to give up, in milliseconds from now. */
  readonly forMs: number
  /** Codes of problems that pass by themselves. */
  readonly passing?: readonly string[]
}

/**
 * Makes a call again, later and later, while it meets a problem that passes: the server is unavailable or does not answer, or the
 * problem's code is among `passing`. Throws the last problem. The call must be safe to repeat: reading, or an idempotency key.
 */
export async function persist<Answer>(call: () => Promise<Answer>, { clock, forMs, passing = [] }: Patience) {
  const deadline = clock.now() + forMs
  for (let pause = 50; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await call()
    } catch (error) {
      if (!passes(error, passing) || clock.now() + pause > deadline) throw error
    }
    await clock.sleep(pause)
  }
}

function passes(error: unknown, passing: readonly string[]): boolean {
  if (error instanceof ApiProblem) return error.status >= 500 || error.status === 429 || passing.includes(error.code)
  // What fetch throws when there is no answer.
  return error instanceof TypeError
}
