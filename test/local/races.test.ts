import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  advance,
  deleteSchedules,
  enqueue,
  holdingBack,
  purge,
  putEvent,
  settle,
  state,
  waitingFor,
} from './control.ts'
import { type SignedIn, counts, deposit, isLocal, newcomer, place, signIn, stocked, unique, until } from './target.ts'

// The races of two things that happen at once, each forced into the order that hurts by holding messages back and by moving the clock.

const card = (token: string) => ({ method: 'card', token }) as const
const hour = 3_600

let operator: SignedIn
let customer: SignedIn
let sku: string

beforeAll(async () => {
  operator = await signIn('operator')
})
beforeEach(async () => {
  ;[customer, sku] = await Promise.all([newcomer(), stocked(operator, 9, { price: 500 })])
})

const orderOf = (id: string) => customer.api.getOrder({ params: { id } })
const statusOf = async (id: string) => (await orderOf(id)).status
const paymentOf = async (id: string) => (await customer.api.listPayments({ params: { id } })).items[0]
const walletOf = async () => (await customer.api.getWallet()).balance.amount
const shipmentsOf = async (id: string) => (await operator.api.listShipments({ params: { id } })).items
const dispatch = (id: string) => operator.api.dispatchShipment({ params: { id }, body: { carrier: 'Post' } })

/** Until that many messages wait in the queue that is held back. */
const arrived = (service: string, count = 1) =>
  until(
    () => waitingFor(service),
    (depth) => depth >= count,
  )

describe.runIf(isLocal)('pay against expire', () => {
  it('money that is reported after the end of the hold finds the order expired, and is given back once', async () => {
    await deposit(operator, customer, 2_000)
    const late = await place(customer, { [sku]: 1 }, { payment: { method: 'card' }, holdSeconds: hour })
    await holdingBack('orders', async () => {
      await customer.api.payOrder({
        params: { id: late.id },
        idempotencyKey: unique('pay'),
        body: { method: 'wallet' },
      })
      await arrived('orders')
      await advance('61m')
    })
    await settle()
    expect(await orderOf(late.id)).toMatchObject({
      status: 'expired',
      facts: { payment: 'refunded', stock: 'released' },
    })
    expect(await walletOf()).toBe(2_000)
    expect((await paymentOf(late.id))?.refunds).toHaveLength(1)
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })

  it('an authorization that is reported after the end of the hold is voided, never captured', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'card' }, holdSeconds: hour })
    await holdingBack('orders', async () => {
      await customer.api.payOrder({ params: { id }, idempotencyKey: unique('pay'), body: card('tok_accepted') })
      await arrived('orders')
      await advance('70m')
    })
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'expired', facts: { stock: 'released', payment: 'none' } })
    expect(await paymentOf(id)).toMatchObject({ status: 'voided', captured: { amount: 0 } })
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })

  it('a payment in flight at the end of the hold has five minutes more', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_late'), holdSeconds: hour })
    await until(
      () => orderOf(id),
      ({ facts }) => facts.payment === 'in_flight',
    )
    await advance('61m')
    await settle()
    expect(await statusOf(id)).toBe('reserved')
    await advance('6m')
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'expired', facts: { stock: 'released' } })
  })
})

describe.runIf(isLocal)('paid after the order was cancelled', () => {
  it('from a wallet: nothing is taken when the cancellation is known, and what was taken goes back once', async () => {
    await deposit(operator, customer, 2_000)
    const early = await holdingBack('payments', async () => {
      const order = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' }, waits: false })
      await until(
        () => statusOf(order.id),
        (is) => is === 'reserved',
      )
      await customer.api.cancelOrder({ params: { id: order.id } })
      await arrived('payments', 2)
      return order
    })
    await settle()
    expect(await statusOf(early.id)).toBe('cancelled')
    expect(await walletOf()).toBe(2_000)

    const order = await place(customer, { [sku]: 1 }, { payment: { method: 'card' } })
    await holdingBack('orders', async () => {
      const paying = { params: { id: order.id }, idempotencyKey: unique('pay'), body: { method: 'wallet' } } as const
      await customer.api.payOrder(paying)
      expect(await walletOf()).toBe(1_500)
      await customer.api.cancelOrder({ params: { id: order.id } })
    })
    await settle()
    expect(await orderOf(order.id)).toMatchObject({ status: 'cancelled', facts: { payment: 'refunded' } })
    expect(await walletOf()).toBe(2_000)
    expect((await paymentOf(order.id))?.refunds).toHaveLength(1)
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })

  it('while the card was in flight: closed now, and the success that comes later moves no money', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_slow'), waits: false })
    await until(
      () => orderOf(id),
      ({ facts }) => facts.payment === 'in_flight',
    )
    expect(await customer.api.cancelOrder({ params: { id } })).toMatchObject({ status: 'cancelled' })
    await advance('10m')
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'cancelled', facts: { stock: 'released', payment: 'none' } })
    expect(await paymentOf(id)).toMatchObject({ status: 'voided', captured: { amount: 0 }, refunded: { amount: 0 } })
  })
})

describe.runIf(isLocal)('a schedule', () => {
  const timer = (orderId: string) => ({
    source: 'holdfast.orders',
    'detail-type': 'timer.hold_ended.v1',
    detail: {
      id: `${orderId}/order/timer.hold_ended`,
      time: new Date().toISOString(),
      correlationId: orderId,
      causationId: 'test',
      data: { orderId },
    },
  })
  it('that fires early does nothing, twice does nothing more, and late finds what the clock decided', async () => {
    const [first, second] = [
      await place(customer, { [sku]: 1 }, { holdSeconds: hour }),
      await place(customer, { [sku]: 1 }, { holdSeconds: hour }),
    ]
    await enqueue('orders', timer(first.id))
    await settle()
    expect(await statusOf(first.id)).toBe('reserved')
    await holdingBack('orders', () => advance('3h'))
    await settle()
    expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['expired', 'expired'])
    await enqueue('orders', timer(first.id))
    await settle()
    const { items } = await customer.api.getOrderHistory({ params: { id: first.id } })
    expect(items.map((entry) => entry.status)).toEqual(['placed', 'reserved', 'expired'])
  })
  it('that is lost is made up for by the sweeper within five minutes', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { holdSeconds: hour })
    await settle()
    await deleteSchedules()
    await advance('65m')
    await settle()
    expect(await statusOf(id)).toBe('expired')
  })
})

describe.runIf(isLocal)('an event', () => {
  it('that is published a second time, or is older than what is known, has no second effect', async () => {
    await deposit(operator, customer, 2_000)
    const { id } = await place(customer, { [sku]: 2 }, { payment: { method: 'wallet' } })
    await settle()
    const published = (await state()).events.filter(({ detail }) => detail.correlationId === id)
    expect(published.map((event) => event['detail-type'])).toEqual(
      expect.arrayContaining(['order.placed.v1', 'stock.reserved.v1', 'payment.completed.v1', 'shipment.created.v1']),
    )
    const before = [await orderOf(id), await paymentOf(id), await shipmentsOf(id), await counts(operator, sku)]
    for (const event of published.toReversed())
      await putEvent({ source: event.source, detailType: event['detail-type'], detail: event.detail })
    await settle()
    expect([await orderOf(id), await paymentOf(id), await shipmentsOf(id), await counts(operator, sku)]).toEqual(before)
    expect(await walletOf()).toBe(1_000)
  })
  it('of approval before that of stock lets both facts stand, and the order confirms', async () => {
    const { id } = await holdingBack('inventory', async () => {
      const order = await place(customer, { [sku]: 1 }, { waits: false })
      await operator.api.approveOrder({ params: { id: order.id } })
      expect(await orderOf(order.id)).toMatchObject({ status: 'placed', facts: { payment: 'paid' } })
      return order
    })
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'confirmed', facts: { stock: 'committed' } })
  })
  it('to release before the one to reserve leaves a tombstone that refuses the reserve', async () => {
    const { id } = await holdingBack('inventory', async () => {
      const order = await place(customer, { [sku]: 3 }, { waits: false })
      await arrived('inventory')
      await purge('inventory')
      return order
    })
    await customer.api.cancelOrder({ params: { id } })
    await settle()
    expect(await operator.api.getReservation({ params: { id } })).toMatchObject({ status: 'released' })
    const saidOf = async () => (await state()).events.filter(({ detail }) => detail.correlationId === id)
    const placed = (await saidOf()).find((event) => event['detail-type'] === 'order.placed.v1')!
    await putEvent({ source: placed.source, detailType: placed['detail-type'], detail: placed.detail })
    await settle()
    expect(await operator.api.getReservation({ params: { id } })).toMatchObject({ status: 'released' })
    expect(await orderOf(id)).toMatchObject({ status: 'cancelled', facts: { stock: 'released' } })
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })
})

describe.runIf(isLocal)('cancel against dispatch', () => {
  const confirmed = async () => {
    const order = await place(customer, { [sku]: 2 })
    await operator.api.approveOrder({ params: { id: order.id } })
    const [shipment] = await until(
      () => shipmentsOf(order.id),
      (items) => items.length === 1,
    )
    await settle()
    return { order, shipment: shipment! }
  }
  it('a cancellation that reaches shipping first stops the parcel, and its units and money go back', async () => {
    const { order, shipment } = await confirmed()
    await customer.api.cancelOrder({ params: { id: order.id } })
    await settle()
    await expect(dispatch(shipment.id)).rejects.toMatchObject({ status: 409, code: 'shipment_cancelled' })
    expect(await orderOf(order.id)).toMatchObject({
      status: 'cancelled',
      facts: { stock: 'released', payment: 'refunded' },
    })
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })
  it('an order whose parcel has left and arrived is not cancelled, though orders has not received that yet', async () => {
    const { order, shipment } = await confirmed()
    const params = { id: order.id }
    await holdingBack('orders', async () => {
      await dispatch(shipment.id)
      await operator.api.deliverShipment({ params: { id: shipment.id } })
      expect(await statusOf(order.id)).toBe('confirmed')
      for (const by of [customer, operator])
        await expect(by.api.cancelOrder({ params })).rejects.toMatchObject({ status: 409, code: 'order_closed' })
    })
    await settle()
    expect(await orderOf(order.id)).toMatchObject({ status: 'completed', facts: { payment: 'paid' } })
    const [parcel] = await shipmentsOf(order.id)
    expect(parcel).toMatchObject({ status: 'delivered' })
    expect(parcel).not.toHaveProperty('recalled')
  })
  it('one of the two is refused when they come together', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { order, shipment } = await confirmed()
      const cancelling = customer.api.cancelOrder({ params: { id: order.id } })
      const ends = await Promise.allSettled([dispatch(shipment.id), cancelling])
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      await settle()
      const isSent = ends[0].status === 'fulfilled'
      expect(await statusOf(order.id)).toBe(isSent ? 'shipped' : 'cancelled')
      expect((await shipmentsOf(order.id))[0]?.status).toBe(isSent ? 'dispatched' : 'cancelled')
    }
  })
  it('a cancellation before shipping knows the order lets nothing be packed', async () => {
    const { id } = await place(customer, { [sku]: 2 })
    await holdingBack('shipping', async () => {
      await operator.api.approveOrder({ params: { id } })
      expect(await customer.api.cancelOrder({ params: { id } })).toMatchObject({ status: 'cancelled' })
    })
    await settle()
    expect(await shipmentsOf(id)).toEqual([])
    expect(await orderOf(id)).toMatchObject({ status: 'cancelled', facts: { stock: 'released', payment: 'refunded' } })
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })
  it('the event of shipping cancels an order whose request died in between, and names who had asked', async () => {
    const asked = [
      { by: customer, code: 'cancelled_by_customer' },
      { by: operator, code: 'cancelled_by_operator' },
    ] as const
    for (const { by, code } of asked) {
      const { order, shipment } = await confirmed()
      // All that a request has done before it dies: see functions/orders/routes/cancel.ts.
      await by.api.cancelShipments({ params: { id: order.id } })
      await expect(dispatch(shipment.id)).rejects.toMatchObject({ status: 409, code: 'shipment_cancelled' })
      await settle()
      expect(await orderOf(order.id)).toMatchObject({ status: 'cancelled', reason: { code } })
      const { items } = await operator.api.getOrderHistory({ params: { id: order.id } })
      expect(items.at(-1)).toMatchObject({ status: 'cancelled', by: by.userId })
      expect(await by.api.cancelOrder({ params: { id: order.id } })).toMatchObject({ status: 'cancelled' })
    }
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })
  it('whoever has the last line taken out by shipping is named as whoever asks orders', async () => {
    const { order } = await confirmed()
    const body = { sku, quantity: 2 }
    await customer.api.cancelShipmentLine({ params: { id: order.id }, body, idempotencyKey: unique('line') })
    await settle()
    expect(await orderOf(order.id)).toMatchObject({
      status: 'cancelled',
      reason: { code: 'cancelled_by_customer' },
      facts: { stock: 'released', payment: 'refunded' },
    })
    const { items } = await customer.api.getOrderHistory({ params: { id: order.id } })
    expect(items.at(-1)).toMatchObject({ status: 'cancelled', by: 'you' })
  })
})

describe.runIf(isLocal)('two at once', () => {
  it('two tabs that pay one order take the money once', async () => {
    await deposit(operator, customer, 2_000)
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'card' } })
    const pay = (body: { method: 'wallet' } | ReturnType<typeof card>) =>
      customer.api.payOrder({ params: { id }, idempotencyKey: unique('pay'), body }).then(
        () => 'paid',
        (problem: { code: string }) => problem.code,
      )
    const answers = await Promise.all([pay({ method: 'wallet' }), pay(card('tok_accepted'))])
    expect(answers.filter((answer) => answer === 'paid')).toHaveLength(1)
    await settle()
    expect(await statusOf(id)).toBe('confirmed')
    const payment = await paymentOf(id)
    expect(payment).toMatchObject({ status: 'captured', captured: { amount: 500 }, refunded: { amount: 0 } })
    expect(await walletOf()).toBe(payment?.method === 'wallet' ? 1_500 : 2_000)
  })
  it('two buyers of one unit: one is reserved, the other rejected', async () => {
    const last = await stocked(operator, 1)
    const other = await newcomer()
    const orders = await Promise.all([place(customer, { [last]: 1 }), place(other, { [last]: 1 })])
    expect(orders.map((order) => order.status).toSorted()).toEqual(['rejected', 'reserved'])
    expect(await counts(operator, last)).toEqual([0, 1, 0])
  })
  it('the same POST twice is one order, paid once', async () => {
    await deposit(operator, customer, 2_000)
    const idempotencyKey = unique('twice')
    const buy = () => place(customer, { [sku]: 1 }, { payment: { method: 'wallet' }, idempotencyKey })
    const [one, two] = await Promise.all([buy(), buy()])
    expect(one.id).toBe(two.id)
    await settle()
    expect(await walletOf()).toBe(1_500)
  })
})
