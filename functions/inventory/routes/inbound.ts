import { type InboundPatch, type supplyRoutes, maxOpenSupplies } from '../../../schemas/supply.ts'
import type * as z from 'zod'
import { Arrivals } from '../../runtime/arrivals.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import { type Decision, commit } from '../../runtime/idempotent-commit.ts'
import type { Handlers, Request } from '../../runtime/http.ts'
import { derivedId } from '../../runtime/ids.ts'
import { type InboundRefusal, amendInbound, cancelInbound, expectInbound, receiveInbound } from '../core/inbound.ts'
import type { InventoryDeps } from '../deps.ts'
import { putStock } from '../store/stock-item.ts'
import {
  type InboundItem,
  inboundKey,
  inboundsOf,
  openSupplies,
  readInbound,
  writesOfInbound,
} from '../store/supply-item.ts'
import { found, stockUnderWay } from './known-stock.ts'
import { activeAmong, activeNow, detailOf, recorded, whyOf } from './level-change.ts'

type InboundRoutes = Pick<
  typeof supplyRoutes,
  'createInbound' | 'listInbound' | 'getInbound' | 'updateInbound' | 'cancelInbound' | 'receiveInbound'
>

/** What suppliers are to bring: each decision is one write of the inbound and the stock of its sku. */
export const inbound = (deps: InventoryDeps): Handlers<InboundRoutes> => ({
  createInbound: async (request) => {
    const arrivals = new Arrivals(deps.clock)
    return commit(deps, request, async () => {
      const { params, body, caller, requestId, refuse } = request
      const { item, stock } = await found(deps, request, arrivals)
      await activeAmong(deps, { warehouseId: body.warehouseId }, refuse)
      const { ids } = await openSupplies(deps.store, params.sku, { limit: maxOpenSupplies })
      if (ids.length >= maxOpenSupplies) throw refuse('too_many_supplies', detailOfBound)
      const origin = { cause: requestId, at: deps.clock.now(), by: caller.id }
      const { warehouseId, quantity, reference } = body
      const decided = expectInbound(stock, {
        id: derivedId('inb', caller.id, requestId),
        sku: params.sku,
        warehouseId,
        quantity,
        received: 0,
        refused: 0,
        expectedAt: sortable(body.expectedAt),
        ...(reference !== undefined && { reference }),
        status: 'expected',
        createdAt: timeOf(origin.at),
      })
      if ('code' in decided) throw refuse(decided.code, whyNot(decided))
      const put = await putStock(deps.store, item, decided.stock, origin, { ofSupply: true })
      return {
        writes: [put, ...writesOfInbound(undefined, decided.inbound, origin)],
        answer: { body: decided.inbound },
      }
    })
  },

  listInbound: async (request) => {
    const { ids, cursor } = await openSupplies(deps.store, request.params.sku, request.query)
    // What is still to come is listed also once its product is deleted.
    if (ids.length === 0 && request.query.cursor === undefined) await found(deps, request)
    const items = (await inboundsOf(deps.store, ids)).map(readInbound)
    return { body: { items, ...(cursor !== undefined && { cursor }) } }
  },

  getInbound: async (request) => ({ body: readInbound(await existing(deps, request)) }),

  updateInbound: async (request) =>
    commit(deps, request, async () => {
      const before = await existing(deps, request)
      const known = readInbound(before)
      expectMatch(request, tagOfBody(known))
      const { item, stock } = await stockUnderWay(deps, before.sku)
      const decided = amendInbound(stock, known, changesOf(known, request.body))
      if ('code' in decided) throw request.refuse(decided.code, whyNot(decided))
      const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
      const put = await putStock(deps.store, item, decided.stock, origin, { ofSupply: true })
      return {
        writes: [put, ...writesOfInbound(before, decided.inbound, origin)],
        answer: { body: decided.inbound },
      }
    }),

  cancelInbound: async (request) =>
    commit(deps, request, async (): Promise<Decision<undefined>> => {
      const before = await existing(deps, request)
      const known = readInbound(before)
      expectMatch(request, tagOfBody(known))
      const { item, stock } = await stockUnderWay(deps, before.sku)
      const decided = cancelInbound(stock, known)
      if (decided === undefined) return { writes: [], answer: {} }
      if ('code' in decided) throw request.refuse(decided.code, whyNot(decided))
      const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
      const put = await putStock(deps.store, item, decided.stock, origin, { ofSupply: true })
      return { writes: [put, ...writesOfInbound(before, decided.inbound, origin)], answer: {} }
    }),

  receiveInbound: async (request) =>
    commit(deps, request, async () => {
      const before = await existing(deps, request)
      const { sku, warehouseId, reference = before.id } = before
      const { item, stock } = await stockUnderWay(deps, sku)
      const { quantity, reason = 'received' } = request.body
      const why = whyOf(deps, request, reason, reference)
      const decided = receiveInbound(stock, readInbound(before), request.body, timeOf(why.at))
      if ('code' in decided) throw request.refuse(decided.code, whyNot(decided))
      const { level, movement } = recorded(
        { stock: decided.stock, delta: quantity },
        warehouseId,
        { kind: 'receive' },
        why,
      )
      const warehouses = await activeNow(deps)
      const cause = { kind: 'receive', reference: why.id } as const
      const put = await putStock(deps.store, item, decided.stock, why, { warehouses, cause, ofSupply: true })
      const writes = [put, ...(quantity > 0 ? [movement] : []), ...writesOfInbound(before, decided.inbound, why)] // mutant: receipt-movement
      return { writes, answer: { body: { inbound: decided.inbound, level } } }
    }),
})

/** As sort keys compare it: to the millisecond. */
export const sortable = (time: string): string => timeOf(Date.parse(time))

const changesOf = (known: Pick<InboundItem, 'quantity' | 'expectedAt'>, patch: z.infer<typeof InboundPatch>) => ({
  quantity: patch.quantity ?? known.quantity,
  expectedAt: patch.expectedAt === undefined ? known.expectedAt : sortable(patch.expectedAt),
  reference: patch.reference,
})

type OfInbound = Pick<Request<InboundRoutes['getInbound' | 'receiveInbound']>, 'params' | 'refuse'>

async function existing({ store }: InventoryDeps, { params: { id }, refuse }: OfInbound): Promise<InboundItem> {
  const item = await store.get(inboundKey(id), { consistent: true })
  if (item === undefined) throw refuse('inbound_not_found', `There is no inbound ${id}.`)
  return item as InboundItem
}

export const detailOfBound = `At most ${maxOpenSupplies} inbounds and transfers of a product are open.`

function whyNot(refusal: InboundRefusal): string {
  switch (refusal.code) {
    case 'inbound_over':
      return 'All of it has come, or it was closed or cancelled: units that come now are an adjustment or another inbound.'
    case 'below_received':
      return `${refusal.came} units have come.`
    case 'delivery_differs':
      return `${refusal.left} units are still expected.`
    default:
      return detailOf(refusal)
  }
}
