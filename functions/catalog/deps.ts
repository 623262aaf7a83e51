import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'

export interface CatalogDeps {
  readonly store: Store
  readonly clock: Clock
  /** A new identifier of a category. */
  readonly newId: () => string
}
