import type { routes } from '../../../schemas/inventory.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { maxUnits } from '../../../schemas/shared.ts'
import { timeOf } from '../../runtime/clock.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { isKnown } from '../../runtime/entity-tag.ts'
import { HttpProblem, conflict, notFound } from '../../runtime/errors.ts'
import { untilWritten } from '../../runtime/update.ts'
import type { Caller, Handlers } from '../../runtime/http.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type AdjustmentRefusal, type Stock, adjust, levelOf, maxLevels, retirable, totalsOf } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { putMovement } from '../store/movement-item.ts'
import { type StockItem, putStock, readStock, stockKey } from '../store/stock-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'

type StockRoutes = Pick<typeof routes, 'getStock' | 'getLevels' | 'adjustStock' | 'transferStock' | 'retireProduct'>

/** How long a cache may keep the totals of a sku, in seconds. */
const totalsMaxAge = 2

export const stockHandlers = (deps: InventoryDeps): Handlers<StockRoutes> => ({
  getStock: async ({ params, headers }) => {
    const [{ stock }, warehouses] = await Promise.all([
      found(deps, params.sku, false),
      warehousesByPriority(deps.store, { consistent: false }),
    ])
    const body = totalsOf(stock, activeOf(warehouses))
    const cache = { etag: `"${digest(canonical(body))}"`, 'cache-control': `public, max-age=${totalsMaxAge}` }
    if (isKnown(headers['if-none-match'], cache.etag)) return { status: 304, headers: cache }
    return { body, headers: cache }
  },

  getLevels: async ({ params }) => {
    const { stock } = await found(deps, params.sku, true)
    const items = Array.from(stock.levels.keys(), (warehouseId) => levelOf(stock, warehouseId))
    return { body: { items }, headers: { 'cache-control': 'no-store' } }
  },

  adjustStock: async (request) =>
    commit(deps, request, async () => {
      const { warehouseId, reason, reference, ...change } = request.body
      const { item, stock } = await found(deps, request.params.sku, true)
      const warehouses = await activeAmong(deps, { warehouseId })
      const why = whyOf(deps, request, reason, reference)
      const adjusted = moved(stock, warehouseId, change, why)
      const writes = [putStock(item, adjusted.stock, why, { warehouses }), adjusted.movement]
      return { writes, answer: { body: { level: adjusted.level } } }
    }),

  transferStock: async (request) =>
    commit(deps, request, async () => {
      const { fromWarehouseId, toWarehouseId, quantity, reference } = request.body
      const { item, stock } = await found(deps, request.params.sku, true)
      const warehouses = await activeAmong(deps, { fromWarehouseId, toWarehouseId })
      const why = whyOf(deps, request, 'transfer', reference)
      const from = moved(stock, fromWarehouseId, { delta: -quantity }, why)
      const to = moved(from.stock, toWarehouseId, { delta: quantity }, { ...why, id: `${why.id}_to` })
      const writes = [putStock(item, to.stock, why, { warehouses }), from.movement, to.movement]
      return { writes, answer: { body: { from: from.level, to: to.level } } }
    }),

  retireProduct: ({ params, caller, requestId }) =>
    untilWritten(deps, `the stock of ${params.sku}`, async () => {
      const { item, stock } = await found(deps, params.sku, true)
      if (!retirable(stock)) {
        throw conflict(
          'product_reserved',
          `Units of ${params.sku} are reserved or allocated: release or ship them first.`,
        )
      }
      const origin = { cause: requestId, at: deps.clock.now(), by: caller.id }
      const write = putStock(item, { ...stock, retired: true }, origin, { emits: ['stock.item_retired'] })
      return (await deps.store.write(write)).ok ? { result: {} } : undefined
    }),
})

async function found(
  { store }: InventoryDeps,
  sku: string,
  consistent: boolean,
): Promise<{ readonly item: StockItem; readonly stock: Stock }> {
  const item = (await store.get(stockKey(sku), { consistent })) as StockItem | undefined
  if (!item || item.retired) throw notFound('product_not_found', `There is no product ${sku}.`)
  return { item, stock: readStock(item) }
}

/** Why an operator changes levels; `id` is the same when the same request comes again. */
interface Why extends Origin {
  readonly id: string
  readonly reason: string
  readonly reference?: string
}

interface Sent {
  readonly caller: Caller
  readonly idempotencyKey: string | undefined
  readonly requestId: string
}

function whyOf(
  { clock }: InventoryDeps,
  { caller, idempotencyKey, requestId }: Sent,
  reason: string,
  reference: string | undefined,
): Why {
  return {
    cause: requestId,
    at: clock.now(),
    id: digest(caller.id, idempotencyKey ?? requestId),
    by: caller.id,
    reason,
    ...(reference !== undefined && { reference }),
  }
}

/** The stock after a change of one level, that level, and the entry in the ledger. Throws `HttpProblem` where the level does not allow it. */
function moved(
  stock: Stock,
  warehouseId: string,
  change: Parameters<typeof adjust>[2],
  { id, reason, reference, ...origin }: Why,
) {
  const adjusted = adjust(stock, warehouseId, change, timeOf(origin.at))
  if ('code' in adjusted) throw refused(adjusted)
  const level = levelOf(adjusted.stock, warehouseId)
  const optional = reference !== undefined && { reference }
  const movement = { sku: stock.sku, delta: adjusted.delta, reason, ...optional, by: origin.by, level }
  return { stock: adjusted.stock, level, movement: putMovement(id, movement, origin) }
}

/** The active warehouses. Throws `HttpProblem` 422 `unknown_warehouse` for each field that names no warehouse. */
async function activeAmong(
  { store }: InventoryDeps,
  fields: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const warehouses = await warehousesByPriority(store)
  const known = new Set(warehouses.map(({ id }) => id))
  const errors = Object.entries(fields)
    .filter(([, id]) => !known.has(id))
    .map(([path, id]) => ({ path, message: `there is no warehouse ${id}` }))
  if (errors.length === 0) return activeOf(warehouses)
  throw new HttpProblem(422, 'unknown_warehouse', 'Take the id of a warehouse: GET /warehouses.', { errors })
}

function refused(refusal: AdjustmentRefusal): HttpProblem {
  if (refusal.code === 'level_changed') {
    return conflict('level_changed', `There are ${refusal.onHand} on hand: count again, or send that as expected.`)
  }
  if (refusal.code === 'unique_exceeded') {
    return conflict('unique_exceeded', 'The product is unique: at most one unit of it can be on hand.')
  }
  if (refusal.code === 'too_many_units') {
    return conflict('too_many_units', `At most ${maxUnits} units of a product can be in a warehouse.`)
  }
  if (refusal.code === 'too_many_levels') {
    return conflict('too_many_levels', `A product has units in at most ${maxLevels} warehouses.`)
  }
  return conflict('insufficient_stock', `Only ${refusal.available} are available to be taken away.`)
}
