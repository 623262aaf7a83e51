import type { Ask } from '../runtime/api.http.ts'
import type { ImportFiles } from './adapters/import-files.ts'
import type { UpdateDeps } from '../runtime/update.ts'

export interface CatalogDeps extends UpdateDeps {
  /** A new identifier of a category. */
  readonly newId: () => string
  readonly newImportId: () => string
  readonly files: Pick<ImportFiles, 'upload' | 'resultsUrl'>
  /** Asks inventory for the levels of a sku, which waits for a product on its way there. */
  readonly askStock: Ask
}
