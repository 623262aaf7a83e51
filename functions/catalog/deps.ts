import type { UpdateDeps } from '../runtime/update.ts'

export interface CatalogDeps extends UpdateDeps {
  /** A new identifier of a category. */
  readonly newId: () => string
}
