import type { UpdateDeps } from '../runtime/update.ts'

export interface InventoryDeps extends UpdateDeps {
  /** Writes in one transaction, at least 2; by default as many as the store takes. */
  readonly maxWrites?: number
}
