import type { stockImportRoutes } from '../../../schemas/stock-imports.ts'
import type { Handlers } from '../../runtime/http.ts'
import { beginImport, cancelImport, getImport, listImports } from '../../runtime/import-routes.ts'
import type { InventoryApiDeps } from '../deps.ts'

const adjustments = { kind: 'adjustments', results: ['done', 'refused'] } as const

export const stockImports = (deps: InventoryApiDeps): Handlers<typeof stockImportRoutes> => ({
  createStockImport: beginImport(deps, adjustments),
  listStockImports: listImports(deps, adjustments),
  getStockImport: getImport(deps, adjustments),
  cancelStockImport: cancelImport(deps),
})
