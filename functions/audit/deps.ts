import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'

export interface AuditDeps {
  readonly store: Store
  readonly clock: Clock
}
