import type { SourcingRule } from '../../schemas/sourcing.ts'
import type { Read } from '../runtime/api.http.ts'
import type { ImportDeps } from '../runtime/import-routes.ts'
import type { UpdateDeps } from '../runtime/update.ts'

export interface InventoryDeps extends UpdateDeps {
  readonly sourcing: SourcingRule
  /** Writes in one transaction, at least 2; by default as many as the store takes. */
  readonly maxWrites?: number
}

/** What its routes are handed beside that. */
export interface InventoryApiDeps extends InventoryDeps, ImportDeps {
  /** Reads a product of the catalogue by its sku. */
  readonly readProduct: Read
}
