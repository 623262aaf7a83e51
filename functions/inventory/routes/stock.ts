import type { routes } from '../../../schemas/inventory.ts'
import { timeOf } from '../../runtime/clock.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { expectMatch, namedVersion, tagOf } from '../../runtime/entity-tag.ts'
import { untilWritten } from '../../runtime/update.ts'
import type { Handlers } from '../../runtime/http.ts'
import { adjust, levelOf, retirable } from '../core/stock.ts'
import type { InventoryApiDeps } from '../deps.ts'
import { putStock } from '../store/stock-item.ts'
import { found } from './known-stock.ts'
import { activeAmong, detailOf, recorded, whyOf } from './level-change.ts'
import { untilDeleted } from './until-deleted.ts'

type StockRoutes = Pick<typeof routes, 'getLevels' | 'adjustStock' | 'retireProduct'>

export const stockHandlers = (deps: InventoryApiDeps): Handlers<StockRoutes> => ({
  getLevels: async (request) => {
    const { stock } = await found(deps, request)
    const items = Array.from(stock.levels.keys(), (warehouseId) => levelOf(stock, warehouseId))
    return { body: { items } }
  },

  adjustStock: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { warehouseId, reason, reference, metadata, ...change } = request.body
      const { item, stock } = await found(deps, request, arrivals)
      const warehouses = await activeAmong(deps, { warehouseId }, request.refuse)
      const why = { ...whyOf(deps, request, reason, reference), ...(metadata && { metadata }) }
      const adjusted = adjust(stock, warehouseId, change, timeOf(why.at))
      if ('code' in adjusted) throw request.refuse(adjusted.code, detailOf(adjusted))
      const { level, movement } = recorded(adjusted, warehouseId, { kind: 'adjust' }, why)
      const cause = { kind: 'adjust', reference: why.id } as const
      const writes = [await putStock(deps.store, item, adjusted.stock, why, { warehouses, cause }), movement]
      return { writes, answer: { body: { level } } }
    })
  },

  retireProduct: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    await untilWritten(deps, `the stock of ${request.params.sku}`, async () => {
      const { item, stock } = await found(deps, request, arrivals, namedVersion(request))
      expectMatch(request, tagOf({ version: stock.productVersion }))
      if (!retirable(stock)) {
        throw request.refuse(
          'product_reserved',
          `Units of ${stock.sku} are reserved or allocated: release or ship them first.`,
        )
      }
      const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
      const write = await putStock(deps.store, item, { ...stock, retired: true }, origin, {
        emits: ['stock.item_retired'],
      })
      return (await deps.store.write(write)).ok ? { result: {} } : undefined
    })
    await untilDeleted(deps, request.params.sku, request.headers)
    return {}
  },
})
