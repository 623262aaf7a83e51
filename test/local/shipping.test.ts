import { beforeAll, describe, expect, it } from 'vitest'
import type { Shipment } from '../../schemas/shipment.ts'
import { advance, died, holdingBack, killAt, settle } from './control.ts'
import {
  type SignedIn,
  counts,
  deposit,
  isLocal,
  newcomer,
  place,
  receive,
  signIn,
  stocked,
  unique,
  until,
} from './target.ts'

let operator: SignedIn
let customer: SignedIn
let other: SignedIn
/** The second warehouse, beside `main`. */
let annex: string

beforeAll(async () => {
  ;[operator, customer, other] = await Promise.all([signIn('operator'), signIn('customer'), signIn('other')])
  annex = (await operator.api.createWarehouse({ body: { name: unique('annex'), priority: 900 } })).id
})

const shippingAddress = { name: 'Ada King', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const orderOf = (id: string) => customer.api.getOrder({ params: { id } })
const shipmentsOf = async (id: string) => (await customer.api.listShipments({ params: { id } })).items
const dispatch = ({ id }: Shipment, body = { carrier: 'Royal Mail', trackingNumber: 'RM1' }) =>
  operator.api.dispatchShipment({ params: { id }, body })
const dispatchPart = (
  { id }: Shipment,
  body: { carrier: string; lines?: { sku: string; quantity: number }[] },
): Promise<Shipment> => operator.api.dispatchShipment({ params: { id }, body })
const deliver = ({ id }: Shipment) => operator.api.deliverShipment({ params: { id } })
const takeBack = (
  { id }: Shipment,
  lines?: { sku: string; quantity: number; condition?: 'restock' | 'damaged' }[],
  idempotencyKey = unique('return'),
) => operator.api.returnShipment({ params: { id }, idempotencyKey, ...(lines && { body: { lines } }) })

/** On hand, available, allocated, unavailable, over all warehouses. */
async function totals(sku: string) {
  const { items } = await operator.api.getLevels({ params: { sku } })
  return (['onHand', 'available', 'allocated', 'unavailable'] as const).map((name) =>
    items.reduce((sum, level) => sum + level[name], 0),
  )
}
const becomes = (sku: string, wanted: readonly number[]) =>
  until(
    () => totals(sku),
    (found) => String(found) === String(wanted),
  )

/** An approved order, with its shipments. */
async function confirmed(lines: Readonly<Record<string, number>>, parcels = 1) {
  const { id } = await place(customer, lines, { shippingAddress })
  await operator.api.approveOrder({ params: { id } })
  const shipments = await until(
    () => shipmentsOf(id),
    (items) => items.length === parcels,
  )
  return { id, shipments }
}

describe('an order that is shipped', () => {
  it('goes from every warehouse that holds units of it, and is completed when all has arrived', async () => {
    const sku = await stocked(operator, 3)
    await receive(operator, sku, 4, annex)
    const { id, shipments } = await confirmed({ [sku]: 5 }, 2)
    expect(shipments).toMatchObject([
      {
        orderId: id,
        warehouseId: 'main',
        status: 'created',
        lines: [{ sku, quantity: 3, returned: 0 }],
        shippingAddress,
      },
      { orderId: id, warehouseId: annex, status: 'created', lines: [{ sku, quantity: 2, returned: 0 }] },
    ])
    const [first, second] = [shipments[0]!, shipments[1]!]
    expect(await dispatch(first)).toMatchObject({ status: 'dispatched', carrier: 'Royal Mail', trackingNumber: 'RM1' })
    await until(
      () => orderOf(id),
      ({ status }) => status === 'partially_shipped',
    )
    await becomes(sku, [4, 2, 2, 0])
    await dispatch(second)
    await until(
      () => orderOf(id),
      ({ status }) => status === 'shipped',
    )
    await operator.api.trackShipment({ params: { id: first.id } })
    await operator.api.failShipment({ params: { id: first.id }, body: { reason: 'nobody in' } })
    expect((await shipmentsOf(id))[0]).toMatchObject({ status: 'failed', failure: 'nobody in' })
    await deliver(first)
    await deliver(second)
    await until(
      () => orderOf(id),
      ({ status, facts }) => status === 'completed' && facts.fulfilment === 'delivered',
    )
    await becomes(sku, [2, 2, 0, 0])
  })

  it('comes back in several returns, to be sold again or not, each once', async () => {
    const sku = await stocked(operator, 5)
    const { id, shipments } = await confirmed({ [sku]: 4 })
    const parcel = shipments[0]!
    await dispatch(parcel)
    await deliver(parcel)
    const key = unique('return')
    const part = [{ sku, quantity: 1, condition: 'damaged' as const }]
    const answers = [await takeBack(parcel, part, key), await takeBack(parcel, part, key)]
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ status: 'delivered', lines: [{ quantity: 4, returned: 1 }] })
    await becomes(sku, [2, 1, 0, 1])
    await expect(takeBack(parcel, [{ sku, quantity: 4 }])).rejects.toMatchObject({
      status: 422,
      code: 'return_exceeds_shipment',
    })
    expect(await takeBack(parcel)).toMatchObject({ status: 'returned', lines: [{ returned: 4 }] })
    await becomes(sku, [5, 4, 0, 1])
    await until(
      () => orderOf(id),
      ({ facts }) => facts.fulfilment === 'returned',
    )
  })

  it('is moved as it can be only', async () => {
    const sku = await stocked(operator, 2)
    const { id, shipments } = await confirmed({ [sku]: 2 })
    const parcel = shipments[0]!
    await expect(deliver(parcel)).rejects.toMatchObject({ status: 409, code: 'shipment_state' })
    await expect(takeBack(parcel)).rejects.toMatchObject({ status: 409, code: 'shipment_state' })
    const first = await dispatch(parcel)
    expect(await dispatch(parcel)).toEqual(first)
    await expect(dispatch(parcel, { carrier: 'DHL', trackingNumber: 'D1' })).rejects.toMatchObject({
      status: 409,
      code: 'shipment_state',
    })
    await until(
      () => orderOf(id),
      ({ status }) => status === 'shipped',
    )
    await expect(customer.api.cancelOrder({ params: { id } })).rejects.toMatchObject({ code: 'order_closed' })
  })

  it('leaves in parts: each once, the rest of its lines may be cancelled, and it is completed with the last of them', async () => {
    const [mug, plate] = [await stocked(operator, 5), await stocked(operator, 2)]
    const { id, shipments } = await confirmed({ [mug]: 3, [plate]: 2 })
    const part = { carrier: 'Royal Mail', lines: [{ sku: mug, quantity: 1 }] }
    const left = await dispatchPart(shipments[0]!, part)
    expect(left).toMatchObject({ status: 'dispatched', lines: [{ sku: mug, quantity: 1, returned: 0 }] })
    expect(await dispatchPart(shipments[0]!, part)).toEqual(left)
    await expect(dispatchPart(shipments[0]!, { carrier: 'Royal Mail' })).rejects.toMatchObject({
      code: 'shipment_state',
    })
    const rest = (await shipmentsOf(id)).find((parcel) => parcel.id === left.restId)!
    expect(rest).toMatchObject({ status: 'created', lines: [{ quantity: 2 }, { quantity: 2 }] })
    await until(
      () => orderOf(id),
      ({ status }) => status === 'partially_shipped',
    )
    await becomes(mug, [4, 2, 2, 0])
    await becomes(plate, [2, 0, 2, 0])
    await expect(
      customer.api.updateOrder({
        params: { id },
        body: { shippingAddress: { ...shippingAddress, line1: '2 High Street' } },
      }),
    ).rejects.toMatchObject({
      status: 409,
    })
    const cancelled = { params: { id, sku: plate }, body: { quantity: 1 }, idempotencyKey: unique('line') }
    await customer.api.cancelOrderLine(cancelled)
    await becomes(plate, [2, 1, 1, 0])
    const second = await dispatchPart(rest, { carrier: 'Van', lines: [{ sku: plate, quantity: 1 }] })
    const last = (await shipmentsOf(id)).find((parcel) => parcel.id === second.restId)!
    await operator.api.failShipment({ params: { id: last.id } })
    await becomes(mug, [4, 4, 0, 0])
    await becomes(plate, [1, 1, 0, 0])
    for (const parcel of [left, second]) await deliver(parcel)
    const order = await until(
      () => orderOf(id),
      ({ status }) => status === 'completed',
    )
    expect(order.cancelledLines).toMatchObject([{ sku: plate, quantity: 1 }])
    await takeBack(left)
    await becomes(mug, [5, 5, 0, 0])
  })

  it('leaves no more than is in its parcel', async () => {
    const sku = await stocked(operator, 2)
    const { id, shipments } = await confirmed({ [sku]: 2 })
    const lines = [
      { sku, quantity: 3 },
      { sku: unique('no-such'), quantity: 1 },
    ]
    await expect(dispatchPart(shipments[0]!, { carrier: 'Van', lines })).rejects.toMatchObject({
      status: 422,
      code: 'dispatch_exceeds_shipment',
      errors: [{ path: 'lines[0].quantity' }, { path: 'lines[1].sku' }],
    })
    expect(await shipmentsOf(id)).toEqual(shipments)
  })

  it('is cancelled before: then nothing leaves, and all units are free again', async () => {
    const sku = await stocked(operator, 2)
    const { id, shipments } = await confirmed({ [sku]: 2 })
    await customer.api.cancelOrder({ params: { id } })
    await becomes(sku, [2, 2, 0, 0])
    await expect(dispatch(shipments[0]!)).rejects.toMatchObject({ status: 409, code: 'shipment_cancelled' })
    expect(await shipmentsOf(id)).toMatchObject([{ status: 'cancelled' }])
  })
})

describe('a shipment that cannot leave', () => {
  const reason = { reason: 'broken in the warehouse' }
  const fail = ({ id }: Shipment) => operator.api.failShipment({ params: { id }, body: reason })
  const walletOf = async ({ api }: SignedIn) => (await api.getWallet()).balance.amount

  it('gives its units and exactly its price back; what has left goes on to its end', async () => {
    const sku = await stocked(operator, 2, { price: 100 })
    await receive(operator, sku, 3, annex)
    const buyer = await newcomer()
    await deposit(operator, buyer, 1_000)
    const { id } = await place(buyer, { [sku]: 5 }, { payment: { method: 'wallet' } })
    const shipments = async () => (await buyer.api.listShipments({ params: { id } })).items
    const [leaving, kept] = await until(shipments, (items) => items.length === 2)
    await dispatch(leaving!)
    expect(await fail(kept!)).toMatchObject({ status: 'cancelled', failure: reason.reason })
    await becomes(sku, [3, 3, 0, 0])
    await until(
      () => walletOf(buyer),
      (balance) => balance === 1_000 - 2 * 100,
    )
    await expect(dispatch(kept!)).rejects.toMatchObject({ status: 409, code: 'shipment_cancelled' })
    expect(await buyer.api.getOrder({ params: { id } })).toMatchObject({ status: 'shipped' })
    await deliver(leaving!)
    await until(
      () => buyer.api.getOrder({ params: { id } }),
      ({ status }) => status === 'completed',
    )
    expect(await walletOf(buyer)).toBe(800)
  })

  it('ends its order when nothing of it was sent, shows why, and gives everything back', async () => {
    const sku = await stocked(operator, 2, { price: 100 })
    const buyer = await newcomer()
    await deposit(operator, buyer, 500)
    const { id } = await place(buyer, { [sku]: 2 }, { payment: { method: 'wallet' } })
    const shipments = async () => (await buyer.api.listShipments({ params: { id } })).items
    const [only] = await until(shipments, (items) => items.length === 1)
    await fail(only!)
    const ended = await until(
      () => buyer.api.getOrder({ params: { id } }),
      ({ status, facts }) => status === 'cancelled' && facts.payment === 'refunded' && facts.stock === 'released',
    )
    expect(ended.reason).toEqual({ code: 'stock_withdrawn' })
    await becomes(sku, [2, 2, 0, 0])
    expect(await walletOf(buyer)).toBe(500)
  })

  it('or leaves, when both are requested at once: never both', async () => {
    const sku = await stocked(operator, 4)
    await receive(operator, sku, 4, annex)
    const { shipments } = await confirmed({ [sku]: 8 }, 2)
    const [one] = shipments
    const outcomes = await Promise.allSettled([dispatch(one!), fail(one!), dispatch(one!), fail(one!)])
    const [after] = (await operator.api.listShipments({ params: { id: one!.orderId } })).items
    expect(['cancelled', 'dispatched', 'failed']).toContain(after?.status)
    if (after?.status === 'cancelled') expect(outcomes[0]?.status).toBe('rejected')
  })
})

describe('shipments', () => {
  it('are none before the order is confirmed, and 404 for those whose order it is not', async () => {
    const sku = await stocked(operator, 2)
    const { id } = await place(customer, { [sku]: 1 })
    expect(await shipmentsOf(id)).toEqual([])
    const known = await confirmed({ [sku]: 1 })
    await expect(other.api.listShipments({ params: { id: known.id } })).rejects.toMatchObject({
      status: 404,
      code: 'order_not_found',
    })
    expect((await operator.api.listShipments({ params: { id: known.id } })).items).toHaveLength(1)
  })
  it('are moved by operators alone, and only where there are any', async () => {
    const id = 'shp_NOTHING_1'
    await expect(customer.api.deliverShipment({ params: { id } })).rejects.toMatchObject({ status: 403 })
    await expect(operator.api.deliverShipment({ params: { id } })).rejects.toMatchObject({
      status: 404,
      code: 'shipment_not_found',
    })
  })
})

describe.runIf(isLocal)('a part of an order that leaves while its money fails to come', () => {
  it('is gone and recalled; the other units are free again, whichever event inventory receives first', async () => {
    const sku = await stocked(operator, 3)
    await receive(operator, sku, 4, annex)
    const { id } = await place(customer, { [sku]: 5 }, { payment: { method: 'card' } })
    const shipments = await holdingBack('payments', async () => {
      const body = { method: 'card', token: 'tok_capture_fails' } as const
      await customer.api.payOrder({ params: { id }, body, idempotencyKey: unique('pay') })
      const parcels = await until(
        () => shipmentsOf(id),
        (items) => items.length === 2,
      )
      await dispatch(parcels[1]!)
      return parcels
    })
    await settle()
    expect(await shipmentsOf(id)).toMatchObject([{ status: 'cancelled' }, { status: 'dispatched', recalled: true }])
    expect(await totals(sku)).toEqual([5, 5, 0, 0])
    await takeBack(shipments[1]!)
    await settle()
    expect(await totals(sku)).toEqual([7, 7, 0, 0])
    expect(await orderOf(id)).toMatchObject({ status: 'payment_failed', facts: { stock: 'released' } })
  })
})

describe.runIf(isLocal)('a parcel over more skus than one transaction has', () => {
  const skus = Array.from({ length: 210 }, (_, index) => unique(`parcel-${index}`))
  const each = Object.fromEntries(skus.map((sku) => [sku, 1]))
  const sums = async () => {
    const levels = await Promise.all(skus.map((sku) => counts(operator, sku)))
    return [0, 1, 2].map((part) => levels.reduce((sum, level) => sum + (level[part] ?? 0), 0))
  }
  beforeAll(async () => {
    const rows = skus.map((sku) => JSON.stringify({ sku, name: sku, price: { amount: 100, currency: 'GBP' } }))
    await operator.api.importProducts({ text: rows.join('\n'), mediaType: 'application/x-ndjson' })
    await settle()
    await Promise.all(skus.map((sku) => receive(operator, sku, 2)))
  })

  const deaths = [1, 2, 3].flatMap((nth) => (['before', 'after'] as const).map((when) => ({ nth, when })))
  it.each(deaths)(
    'leaves and comes back once, though inventory dies $when write number $nth',
    async ({ nth, when }) => {
      const { id, shipments } = await confirmed(each)
      await settle()
      const step = async (move: () => Promise<unknown>) => {
        await killAt({ function: 'inventory-events', operation: 'TransactWriteItems', nth, when })
        await move()
        await died()
        // The message of the dead function comes back when its visibility timeout is over.
        await advance('4m')
        await settle()
      }
      await step(() => dispatch(shipments[0]!))
      expect(await sums()).toEqual([210, 0, 0])
      expect(await operator.api.getReservation({ params: { id } })).toMatchObject({ status: 'shipped' })
      await step(() => takeBack(shipments[0]!))
      expect(await sums()).toEqual([420, 0, 0])
    },
  )
})

describe('the work of a warehouse', () => {
  const work = async (query: Omit<Parameters<typeof operator.api.listWork>[0]['query'], 'limit'>) => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const asked = { ...query, limit: 100, ...(cursor !== undefined && { cursor }) }
      const page = await operator.api.listWork({ query: asked })
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.cursor
    } while (cursor !== undefined)
    return ids
  }

  it('is what has not left, and what has is found by its status and by its id', async () => {
    const sku = await stocked(operator, 1)
    await receive(operator, sku, 2, annex)
    const { shipments } = await confirmed({ [sku]: 3 }, 2)
    const [first, second] = [shipments[0]!, shipments[1]!]
    await until(
      () => work({ warehouseId: annex }),
      (ids) => ids.includes(second.id),
    )
    expect(await work({ warehouseId: 'main' })).toContain(first.id)
    expect(await work({ warehouseId: annex })).not.toContain(first.id)
    await dispatch(second)
    await until(
      () => work({ warehouseId: annex, status: 'dispatched' }),
      (ids) => ids.includes(second.id),
    )
    expect(await work({ warehouseId: annex })).not.toContain(second.id)
    expect(await work({ warehouseId: annex, status: 'delivered' })).not.toContain(second.id)
    expect(await customer.api.getShipment({ params: { id: second.id } })).toMatchObject({
      warehouseId: annex,
      status: 'dispatched',
    })
    await expect(other.api.getShipment({ params: { id: second.id } })).rejects.toMatchObject({
      code: 'shipment_not_found',
    })
  })
})
