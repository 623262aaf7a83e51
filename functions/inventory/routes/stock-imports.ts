import type { stockImportRoutes } from '../../../schemas/stock-imports.ts'
import type { Handlers } from '../../runtime/http.ts'
import { importRoutes } from '../../runtime/import-routes.ts'
import type { InventoryApiDeps } from '../deps.ts'

export function stockImports(deps: InventoryApiDeps): Handlers<typeof stockImportRoutes> {
  const { begin, list, get, cancel } = importRoutes<'adjustments', 'done' | 'refused'>(deps, ['done', 'refused'])
  return { createStockImport: begin, listStockImports: list, getStockImport: get, cancelStockImport: cancel }
}
