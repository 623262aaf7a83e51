import type { levelRoutes } from '../../../schemas/level.ts'
import { timeOf } from '../../runtime/clock.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Handlers } from '../../runtime/http.ts'
import { levelOf, moveUnavailable, setLevel } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { putStock } from '../store/stock-item.ts'
import { found } from './known-stock.ts'
import { activeAmong, detailOf, recorded, whyOf } from './level-change.ts'

const kindOf = { in: 'quarantine', out: 'restore', writeOff: 'writeOff' } as const

export const levels = (deps: InventoryDeps): Handlers<typeof levelRoutes> => ({
  moveUnavailable: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { reason, reference, ...asked } = request.body
      const { warehouseId, kind } = asked
      const { item, stock } = await found(deps, request, arrivals)
      const warehouses = await activeAmong(deps, { warehouseId }, request.refuse)
      const why = whyOf(deps, request, reason, reference)
      const moved = moveUnavailable(stock, asked, timeOf(why.at))
      if ('code' in moved) {
        const what = asked.move === 'in' ? 'available' : `unavailable (${kind})`
        throw request.refuse(moved.code, `Only ${moved.available} are ${what} in this warehouse.`)
      }
      const { level, movement } = recorded(
        moved,
        warehouseId,
        { kind: kindOf[asked.move], of: kind, units: asked.quantity },
        why,
      )
      const cause = { kind: kindOf[asked.move], reference: why.id }
      const writes = [await putStock(deps.store, item, moved.stock, why, { warehouses, cause }), movement]
      return { writes, answer: { body: { level } } }
    })
  },

  setLevel: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { warehouseId } = request.params
      const { keepBack, lowStockAt } = request.body
      const { item, stock } = await found(deps, request, arrivals)
      const warehouses = await activeAmong(deps, { warehouseId }, request.refuse)
      const set = setLevel(stock, warehouseId, { keepBack, lowStockAt: lowStockAt ?? undefined })
      if ('code' in set) throw request.refuse(set.code, detailOf(set))
      const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
      const writes = [await putStock(deps.store, item, set, origin, { warehouses })]
      return { writes, answer: { body: { level: levelOf(set, warehouseId) } } }
    })
  },
})
