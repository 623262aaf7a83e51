import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'

export interface CatalogParts {
  readonly store: Store
  readonly clock: Clock
  /** A new identifier of a category. */
  readonly newId: () => string
}
