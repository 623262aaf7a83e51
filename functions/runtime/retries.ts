import type { Clock } from './clock.ts'
import { StoreUnavailable } from './store.ts'

export interface RetryDeps {
  /** At least 0, less than 1. */
  readonly random: () => number
  readonly clock: Clock
}

/**
 * How many further attempts a store may cost that does not answer. While it is away, a few calls use the budget up, and each later one
 * is a single attempt; what is answered fills it again. Throttling and conflicts cost nothing: then the store does answer.
 */
export class RetryBudget {
  static readonly most = 50
  private left = RetryBudget.most

  /** Takes one further attempt. False where none is left. */
  take(): boolean {
    if (this.left === 0) return false
    this.left -= 1
    return true
  }

  answered(): void {
    this.left = Math.min(RetryBudget.most, this.left + 1)
  }
}

/** Thrown by a call that was answered, but not in full. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished'
}

const maxAttempts = 8
/** After this, no further attempt is begun: the last one may take 3 s more, and an API function has 10. */
const retryForMs = 6_000
const firstDelayMs = 20
const maxDelayMs = 1_000

/**
 * Calls until it is answered, with full jitter between attempts. `doubtful` is true when an earlier attempt may have been applied
 * although its answer was lost. Throws `StoreUnavailable` after 8 attempts, 6 s or the end of the budget; errors that come again with
 * each attempt are thrown as they are.
 */
export async function retried<Answer>(
  { random, clock, budget }: RetryDeps & { readonly budget: RetryBudget },
  call: (doubtful: boolean) => Promise<Answer>,
): Promise<Answer> {
  const start = clock.now()
  let doubtful = false
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await call(doubtful)
      budget.answered()
      return answer
    } catch (error) {
      const verdict = verdictOf(error)
      if (verdict === 'final') throw error
      doubtful ||= verdict === 'doubtful'
      const isTooLate = attempt === maxAttempts || clock.now() - start >= retryForMs
      if (isTooLate || (verdict === 'doubtful' && !budget.take()))
        throw new StoreUnavailable(`No answer after ${attempt} attempts: ${String(error)}`, { cause: error })
      await clock.sleep(random() * Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1)))
    }
  }
}

/**
 * `refused`: surely not applied, try again. `doubtful`: perhaps applied, its answer is lost. `final`: the same answer again, whatever the
 * attempts; so is an error that comes neither from AWS nor from the connection, such as an item that cannot be marshalled.
 */
type Verdict = 'refused' | 'doubtful' | 'final'

const refusals: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SendingPausedException',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'Unfinished',
])

const passingReasons: ReadonlySet<string> = new Set([
  'None',
  'TransactionConflict',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
])

/** How a connection fails, as Node names it. */
const connectionErrors: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

interface CallError extends Error {
  readonly code?: string
  readonly $fault?: 'client' | 'server'
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
}

/** What a call that failed this way has done, and whether it is worth another attempt. */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return 'final'
  if (refusals.has(error.name)) return 'refused'
  const { code = '', $fault, $metadata, CancellationReasons: reasons } = error as CallError
  if (reasons) return reasons.every(({ Code = 'None' }) => passingReasons.has(Code)) ? 'refused' : 'final'
  if ($fault === 'client') return 'final'
  const isAnswered = $fault === 'server' || $metadata?.httpStatusCode !== undefined
  return isAnswered || error.name === 'TimeoutError' || connectionErrors.has(code) ? 'doubtful' : 'final'
}
