import type { routes } from '../../../schemas/inventory.ts'
import { type supplyRoutes, maxOpenSupplies } from '../../../schemas/supply.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import { type Decision, commit } from '../../runtime/idempotent-commit.ts'
import type { Handlers, Request } from '../../runtime/http.ts'
import { derivedId } from '../../runtime/ids.ts'
import { type Stock, adjust, levelOf } from '../core/stock.ts'
import { type TransferRefusal, recall, receiveTransfer, send } from '../core/transfer.ts'
import type { InventoryDeps } from '../deps.ts'
import { type StockItem, putStock } from '../store/stock-item.ts'
import {
  type TransferItem,
  openSupplies,
  readTransfer,
  transferKey,
  transfersInTransit,
  transfersOf,
  writesOfTransfer,
} from '../store/supply-item.ts'
import { detailOfBound, sortable } from './inbound.ts'
import { found, stockUnderWay } from './known-stock.ts'
import { type Why, activeAmong, activeNow, detailOf, recorded, whyOf } from './level-change.ts'

type TransferRoutes = Pick<typeof routes, 'transferStock'> &
  Pick<typeof supplyRoutes, 'listTransfers' | 'getTransfer' | 'receiveTransfer' | 'recallTransfer'>

/** What goes from one warehouse to another, at once or with a time in transit. */
export const transfers = (deps: InventoryDeps): Handlers<TransferRoutes> => ({
  transferStock: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { fromWarehouseId, toWarehouseId, reference, expectedAt } = request.body
      const { item, stock } = await found(deps, request, arrivals)
      const warehouses = await activeAmong(deps, { fromWarehouseId, toWarehouseId }, request.refuse)
      const why = whyOf(deps, request, 'transfer', reference)
      const known = { item, stock, warehouses, why }
      return expectedAt === undefined ? atOnce(deps, request, known) : sent(deps, request, known, sortable(expectedAt))
    })
  },

  listTransfers: async ({ query }) => {
    const { ids, cursor } = await transfersInTransit(deps.store, query)
    const items = (await transfersOf(deps.store, ids)).map(readTransfer)
    return { body: { items, ...(cursor !== undefined && { cursor }) } }
  },

  getTransfer: async (request) => ({ body: readTransfer(await existing(deps, request)) }),

  receiveTransfer: async (request) =>
    commit(deps, request, async () => {
      const before = await existing(deps, request)
      const { sku, toWarehouseId, reference = before.id } = before
      const { item, stock } = await stockUnderWay(deps, sku)
      const { quantity, missing = 0, reason = 'transfer' } = request.body
      const why = whyOf(deps, request, reason, reference)
      const received = { at: timeOf(why.at), reference: why.id }
      const decided = receiveTransfer(stock, readTransfer(before), request.body, received)
      if ('code' in decided) throw request.refuse(decided.code, whyNot(decided))
      const record = (units: number, kind: 'transfer' | 'writeOff', of: Partial<Why>) =>
        recorded({ stock: decided.stock, delta: units }, toWarehouseId, { kind }, { ...why, ...of })
      const { level, movement } = record(quantity + missing, 'transfer', { reason: 'transfer' })
      const lost = record(-missing, 'writeOff', { id: `${why.id}_missing` })
      const put = await putStock(deps.store, item, decided.stock, why, {
        warehouses: await activeNow(deps),
        ofSupply: true,
      })
      const movements = missing > 0 ? [movement, lost.movement] : [movement]
      const writes = [put, ...movements, ...writesOfTransfer(before, decided.transfer, why)]
      return { writes, answer: { body: { transfer: decided.transfer, level } } }
    }),

  recallTransfer: async (request) =>
    commit(deps, request, async (): Promise<Decision<undefined>> => {
      const before = await existing(deps, request)
      const known = readTransfer(before)
      expectMatch(request, tagOfBody(known))
      const { sku, fromWarehouseId, reference = before.id } = before
      const { item, stock } = await stockUnderWay(deps, sku)
      const why = whyOf(deps, { ...request, idempotencyKey: undefined }, 'transfer', reference)
      const decided = recall(stock, known, timeOf(why.at))
      if (decided === undefined) return { writes: [], answer: {} }
      if ('code' in decided) throw request.refuse(decided.code, whyNot(decided))
      const back = { stock: decided.stock, delta: decided.back }
      const { movement } = recorded(back, fromWarehouseId, { kind: 'transfer' }, why)
      const cause = { kind: 'transfer', reference: why.id } as const
      const put = await putStock(deps.store, item, decided.stock, why, {
        warehouses: await activeNow(deps),
        cause,
        ofSupply: true,
      })
      return { writes: [put, movement, ...writesOfTransfer(before, decided.transfer, why)], answer: {} }
    }),
})

type Sent = Request<TransferRoutes['transferStock']>

interface Known {
  readonly item: StockItem
  readonly stock: Stock
  /** The active ones. */
  readonly warehouses: readonly string[]
  readonly why: Why
}

async function atOnce(deps: InventoryDeps, { body, refuse }: Sent, { item, stock, warehouses, why }: Known) {
  const { fromWarehouseId, toWarehouseId, quantity } = body
  const taken = adjust(stock, fromWarehouseId, { delta: -quantity }, timeOf(why.at))
  if ('code' in taken) throw refuse(taken.code, detailOf(taken))
  const added = adjust(taken.stock, toWarehouseId, { delta: quantity }, timeOf(why.at))
  if ('code' in added) throw refuse(added.code, detailOf(added))
  const from = recorded(taken, fromWarehouseId, { kind: 'transfer' }, why)
  const to = recorded(added, toWarehouseId, { kind: 'transfer' }, { ...why, id: `${why.id}_to` })
  const cause = { kind: 'transfer', reference: why.id } as const
  const put = await putStock(deps.store, item, added.stock, why, { warehouses, cause })
  const writes = [put, from.movement, to.movement]
  return { writes, answer: { body: { from: from.level, to: to.level } } }
}

async function sent(
  deps: InventoryDeps,
  { body, params: { sku }, caller, requestId, refuse }: Sent,
  { item, stock, warehouses, why }: Known,
  expectedAt: string,
) {
  const { ids } = await openSupplies(deps.store, sku, { limit: maxOpenSupplies })
  if (ids.length >= maxOpenSupplies) throw refuse('too_many_supplies', detailOfBound)
  const { fromWarehouseId, toWarehouseId, quantity, reference } = body
  const transfer = {
    id: derivedId('trf', caller.id, requestId),
    sku,
    fromWarehouseId,
    toWarehouseId,
    quantity,
    received: 0,
    missing: 0,
    returned: 0,
    expectedAt,
    ...(reference !== undefined && { reference }),
    status: 'in_transit',
    createdAt: timeOf(why.at),
  } as const
  const decided = send(stock, transfer, timeOf(why.at))
  if ('code' in decided) throw refuse(decided.code, whyNot(decided))
  const ofTransfer = { ...why, reference: reference ?? transfer.id }
  const gone = { stock: decided.stock, delta: -quantity }
  const { level, movement } = recorded(gone, fromWarehouseId, { kind: 'transfer' }, ofTransfer)
  const cause = { kind: 'transfer', reference: why.id } as const
  const put = await putStock(deps.store, item, decided.stock, why, { warehouses, cause, ofSupply: true })
  const writes = [put, movement, ...writesOfTransfer(undefined, transfer, why)]
  const headers = { location: `/transfers/${transfer.id}` }
  return { writes, answer: { body: { from: level, to: levelOf(decided.stock, toWarehouseId), transfer }, headers } }
}

type OfTransfer = Pick<Request<TransferRoutes['getTransfer' | 'receiveTransfer']>, 'params' | 'refuse'>

async function existing({ store }: InventoryDeps, { params: { id }, refuse }: OfTransfer): Promise<TransferItem> {
  const item = await store.get(transferKey(id), { consistent: true })
  if (item === undefined) throw refuse('transfer_not_found', `There is no transfer ${id}.`)
  return item as TransferItem
}

function whyNot(refusal: TransferRefusal): string {
  switch (refusal.code) {
    case 'transfer_over':
      return 'All of it has come, is missing or went back.'
    case 'transfer_exceeded':
      return `${refusal.left} units are in transit.`
    default:
      return detailOf(refusal)
  }
}
