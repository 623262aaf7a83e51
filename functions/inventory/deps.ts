import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'

export interface InventoryDeps {
  readonly store: Store
  readonly clock: Clock
  /** From 0 to 1, for the length of pauses. */
  readonly random: () => number
  /** Writes in one transaction, at least 2; by default as many as the store takes. */
  readonly maxWrites?: number
}
