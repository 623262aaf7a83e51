import type { Ask } from '../runtime/api.http.ts'
import type { ImportDeps } from '../runtime/import-routes.ts'
import type { UpdateDeps } from '../runtime/update.ts'

export interface CatalogDeps extends UpdateDeps, ImportDeps {
  /** A new identifier of a category. */
  readonly newId: () => string
  /** Asks inventory for the levels of a sku, which waits for a product on its way there. */
  readonly askStock: Ask
}
