import type { Clock } from '../runtime/clock.ts'
import type { Ages } from './core/readiness.ts'

export interface OperationsDeps {
  readonly clock: Clock
  readonly readAges: () => Promise<Ages>
}
