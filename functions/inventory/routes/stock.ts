import type { routes } from '../../../schemas/inventory.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { maxUnits } from '../../../schemas/shared.ts'
import { timeOf } from '../../runtime/clock.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { expectMatch, namedVersion, tagOf } from '../../runtime/entity-tag.ts'
import type { Refuse } from '../../runtime/errors.ts'
import { untilWritten } from '../../runtime/update.ts'
import type { Caller, Handlers, Request } from '../../runtime/http.ts'
import { digest } from '../../runtime/ids.ts'
import {
  type Adjusted,
  type AdjustmentRefusal,
  type Stock,
  adjust,
  levelOf,
  maxLevels,
  retirable,
  totalsOf,
} from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { putMovement } from '../store/movement-item.ts'
import { type StockItem, putStock, readStock, stockKey } from '../store/stock-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'

type StockRoutes = Pick<typeof routes, 'getStock' | 'getLevels' | 'adjustStock' | 'transferStock' | 'retireProduct'>

export const stockHandlers = (deps: InventoryDeps): Handlers<StockRoutes> => ({
  getStock: async (request) => {
    const [stock, warehouses] = await Promise.all([
      shown(deps, request),
      warehousesByPriority(deps.store, { consistent: false }),
    ])
    return { body: totalsOf(stock, activeOf(warehouses)) }
  },

  getLevels: async (request) => {
    const { stock } = await found(deps, request)
    const items = Array.from(stock.levels.keys(), (warehouseId) => levelOf(stock, warehouseId))
    return { body: { items } }
  },

  adjustStock: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { warehouseId, reason, reference, ...change } = request.body
      const { item, stock } = await found(deps, request, arrivals)
      const warehouses = await activeAmong(deps, { warehouseId }, request.refuse)
      const why = whyOf(deps, request, reason, reference)
      const adjusted = adjust(stock, warehouseId, change, timeOf(why.at))
      if ('code' in adjusted) throw request.refuse(adjusted.code, detailOf(adjusted))
      const { level, movement } = recorded(adjusted, warehouseId, why)
      const writes = [putStock(item, adjusted.stock, why, { warehouses }), movement]
      return { writes, answer: { body: { level } } }
    })
  },

  transferStock: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { fromWarehouseId, toWarehouseId, quantity, reference } = request.body
      const { item, stock } = await found(deps, request, arrivals)
      const warehouses = await activeAmong(deps, { fromWarehouseId, toWarehouseId }, request.refuse)
      const why = whyOf(deps, request, 'transfer', reference)
      const taken = adjust(stock, fromWarehouseId, { delta: -quantity }, timeOf(why.at))
      if ('code' in taken) throw request.refuse(taken.code, detailOf(taken))
      const added = adjust(taken.stock, toWarehouseId, { delta: quantity }, timeOf(why.at))
      if ('code' in added) throw request.refuse(added.code, detailOf(added))
      const from = recorded(taken, fromWarehouseId, why)
      const to = recorded(added, toWarehouseId, { ...why, id: `${why.id}_to` })
      const writes = [putStock(item, added.stock, why, { warehouses }), from.movement, to.movement]
      return { writes, answer: { body: { from: from.level, to: to.level } } }
    })
  },

  retireProduct: (request) => {
    const arrivals = new Arrivals(deps.clock)
    return untilWritten(deps, `the stock of ${request.params.sku}`, async () => {
      const { item, stock } = await found(deps, request, arrivals, namedVersion(request))
      expectMatch(request, tagOf({ version: stock.productVersion }))
      if (!retirable(stock)) {
        throw request.refuse(
          'product_reserved',
          `Units of ${stock.sku} are reserved or allocated: release or ship them first.`,
        )
      }
      const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
      const write = putStock(item, { ...stock, retired: true }, origin, { emits: ['stock.item_retired'] })
      return (await deps.store.write(write)).ok ? { result: {} } : undefined
    })
  },
})

type OfSku = Pick<Request<StockRoutes[keyof StockRoutes]>, 'params' | 'refuse'>
type Found = StockItem | undefined

const isLive = (item: Found): item is StockItem => item?.retired === false

/** The stock of a sku; a product, or a version of it, that is on its way here is waited for. */
async function found(
  { store, clock }: InventoryDeps,
  { params: { sku }, refuse }: OfSku,
  arrivals = new Arrivals(clock),
  version = 0,
): Promise<{ readonly item: StockItem; readonly stock: Stock }> {
  const read = async () => (await store.get(stockKey(sku), { consistent: true })) as Found
  const isThere = (item: Found): boolean => isLive(item) && item.productVersion >= version
  const item = await arrivals.one(isThere, read) // mutant: stock-arrival
  if (!isLive(item)) throw productNotFound(refuse, sku)
  return { item, stock: readStock(item) }
}

/** The stock of a sku as everybody may see it. Waits for nothing: a second of a function for any text would be there for everybody to take. */
async function shown({ store }: InventoryDeps, { params: { sku }, refuse }: OfSku): Promise<Stock> {
  for (const consistent of [false, true]) {
    const item = (await store.get(stockKey(sku), { consistent })) as Found
    if (item && isLive(item)) return readStock(item)
  }
  throw productNotFound(refuse, sku)
}

const productNotFound = (refuse: Refuse<'product_not_found'>, sku: string) =>
  refuse('product_not_found', `There is no product ${sku}.`)

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

/** The level after an adjustment, and the entry in the ledger. */
function recorded({ stock, delta }: Adjusted, warehouseId: string, { id, reason, reference, ...origin }: Why) {
  const level = levelOf(stock, warehouseId)
  const optional = reference !== undefined && { reference }
  const movement = { sku: stock.sku, delta, reason, ...optional, by: origin.by, level }
  return { level, movement: putMovement(id, movement, origin) }
}

/** The active warehouses. Refuses every field that names no warehouse. */
async function activeAmong(
  { store }: InventoryDeps,
  fields: Readonly<Record<string, string>>,
  refuse: Refuse<'unknown_warehouse'>,
): Promise<readonly string[]> {
  const warehouses = await warehousesByPriority(store)
  const known = new Set(warehouses.map(({ id }) => id))
  const errors = Object.entries(fields)
    .filter(([, id]) => !known.has(id))
    .map(([path, id]) => ({ path, message: `there is no warehouse ${id}` }))
  if (errors.length === 0) return activeOf(warehouses)
  throw refuse('unknown_warehouse', 'Take the id of a warehouse: GET /warehouses.', { errors })
}

function detailOf(refusal: AdjustmentRefusal): string {
  switch (refusal.code) {
    case 'level_changed':
      return `There are ${refusal.onHand} on hand: count again, or send that as expected.`
    case 'unique_exceeded':
      return 'The product is unique: at most one unit of it can be on hand.'
    case 'too_many_units':
      return `At most ${maxUnits} units of a product can be in a warehouse.`
    case 'too_many_levels':
      return `A product has units in at most ${maxLevels} warehouses.`
    case 'insufficient_stock':
      return `Only ${refusal.available} are available to be taken away.`
  }
}
