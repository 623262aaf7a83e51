import type { routes } from '../../../schemas/product-imports.ts'
import type { Handlers } from '../../runtime/http.ts'
import { beginImport, cancelImport, getImport, listImports } from '../../runtime/import-routes.ts'
import type { CatalogDeps } from '../deps.ts'

const products = { kind: 'products', results: ['created', 'updated', 'unchanged', 'refused'] } as const

export const imports = (deps: CatalogDeps): Handlers<typeof routes> => ({
  createImport: beginImport(deps, products),
  listImports: listImports(deps, products),
  getImport: getImport(deps, products),
  cancelImport: cancelImport(deps),
})
