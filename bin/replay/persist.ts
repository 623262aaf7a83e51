import type { Clock } from '../../functions/runtime/clock.ts'
import { ApiProblem } from '../../schemas/client.ts'

export interface RetryPolicy {
  readonly clock: Clock
  /** When to give up, in milliseconds from now. */
  readonly forMs: number
  /** Codes of problems that pass by themselves. */
  readonly passing?: readonly string[]
}

/** How long to wait for a server that does not answer, and for the last of all orders to get where it should, in milliseconds. */
export const retryForMs = 60_000

/**
 * Makes a call again, later and later, while it meets a problem that passes: the server is unavailable or does not answer, or the
 * problem's code is among `passing`. Throws the last problem. The call must be safe to repeat: reading, or an idempotency key.
 */
export async function persist<Answer>(call: () => Promise<Answer>, { clock, forMs, passing = [] }: RetryPolicy) {
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

/** Asks again, later and later, until the answer is as wanted or the deadline (of the clock) is over. Gives the last answer. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  wanted: (answer: Answer) => boolean,
  { clock, deadline }: { readonly clock: Clock; readonly deadline: number },
): Promise<Answer> {
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    const answer = await ask()
    if (wanted(answer) || clock.now() >= deadline) return answer
    await clock.sleep(pause)
  }
}

/** Makes the call, with retry for a server that does not answer. Gives the problem where the call was refused, and throws all others. */
export async function unlessRefused<Answer>(
  call: () => Promise<Answer>,
  retry: RetryPolicy,
): Promise<{ readonly answer: Answer } | { readonly problem: string }> {
  try {
    return { answer: await persist(call, retry) }
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return { problem: error.message }
    throw error
  }
}
