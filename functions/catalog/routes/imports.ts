import type { routes } from '../../../schemas/product-imports.ts'
import type { Handlers } from '../../runtime/http.ts'
import { importRoutes } from '../../runtime/import-routes.ts'
import type { CatalogDeps } from '../deps.ts'

export function imports(deps: CatalogDeps): Handlers<typeof routes> {
  const { begin, list, get, cancel } = importRoutes<'products', 'created' | 'updated' | 'unchanged' | 'refused'>(deps, [
    'created',
    'updated',
    'unchanged',
    'refused',
  ])
  return { createImport: begin, listImports: list, getImport: get, cancelImport: cancel }
}
