import { describe, expect, it } from 'vitest'
import { readReservation } from '../../functions/inventory/store/reservation-item.ts'
import { pending as pendingEvents } from '../../functions/orders/core/pending.ts'
import { status as orderStatus } from '../../functions/orders/core/status.ts'
import { isOrder, readOrder } from '../../functions/orders/store/order-item.ts'
import { holdOf } from '../../functions/payments/core/hold.ts'
import { pending as pendingOperations } from '../../functions/payments/core/pending.ts'
import { status as paymentStatus } from '../../functions/payments/core/status.ts'
import { readPayment } from '../../functions/payments/store/payment-item.ts'
import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import type { Item } from '../../functions/runtime/store.ts'
import type { ShipmentsItem } from '../../functions/shipping/store/shipments-item.ts'
import { charts } from '../../bin/docs/states-page.ts'
import { type Api, ApiProblem, api } from '../../schemas/client.ts'
import type { StateChart } from '../../schemas/state-chart.ts'
import { type Snapshot, systemOf } from './whole-system.ts'

/** A parcel that leaves or arrives needs a `carrier`; nobody can count on one. */
type By = 'operator' | 'carrier' | 'customer' | 'time' | 'provider'

/** A system at rest, at a time. */
interface State {
  readonly snapshot: Snapshot
  readonly now: number
}

/** Something that somebody may try in any state. */
interface Action {
  readonly name: string
  readonly by: By
  readonly act: (world: {
    api: Api
    orderId: string
    deps: Deps
    world: ReturnType<typeof worldOf>
  }) => Promise<unknown>
}

const begin = Date.parse('2026-03-01T00:00:00Z')
const hour = 3_600_000

function worldOf({ snapshot, now }: Pick<State, 'now'> & { readonly snapshot?: Snapshot }) {
  let time = now
  const clock = { now: () => time, sleep: async (milliseconds: number) => void (time += milliseconds) }
  const passed: string[] = []
  const system = systemOf(clock, {
    from: snapshot,
    // A sku is a step: what is under way between two of them is seen, too.
    maxWrites: 2,
    seen: { item: (item) => void passed.push(...statesOf([item])) },
  })
  return {
    ...system,
    api: api({ baseUrl: 'http://memory', fetch: system.fetch }),
    clock,
    advance: (milliseconds: number) => void (time += milliseconds),
    /** Every state that something has had since. */
    passed,
  }
}

/** What the items are in, such as `Order reserved`. */
function statesOf(items: readonly Item[]): string[] {
  return items.flatMap((item) => {
    switch (item.sk) {
      case 'order':
        return [`Order ${orderStatus(readOrder(item as never).state.facts)}`]
      case 'reservation':
        return [`Reservation ${readReservation(item).status}`]
      case 'payment': {
        const { state: payment } = readPayment(item)
        return [`Payment ${paymentStatus(payment)}`, ...payment.refunds.map(({ state }) => `Refund ${state}`)]
      }
      case 'shipping':
        return (item as ShipmentsItem).parcels.map(({ status }) => `Shipment ${status}`)
      default:
        return []
    }
  })
}

type Deps = ReturnType<typeof partsOf>

function partsOf({ orders, payments, shipping, inventory }: Snapshot) {
  const stored = orders.find(isOrder)
  const payment = payments.find(({ sk }) => sk === 'payment')
  const parcels = shipping.find(({ sk }) => sk === 'shipping') as ShipmentsItem | undefined
  const reservation = inventory.find(({ sk }) => sk === 'reservation')
  return {
    order: readOrder(stored!).state,
    payment: payment && readPayment(payment).state,
    parcels: parcels?.parcels ?? [],
    reservation: reservation && readReservation(reservation),
  }
}

/** States that differ in nothing that anybody can act on are one. */
function nameOf(state: State): string {
  const { order, payment, parcels, reservation } = partsOf(state.snapshot)
  const isLate = order.expiresAt !== undefined && state.now >= order.expiresAt
  return JSON.stringify([
    order.facts,
    pendingEvents(order),
    [...order.returns.values()].reduce((sum, value) => sum + value, 0),
    payment && [
      paymentStatus(payment),
      payment.attempts.map(({ method, state: is, token }) => [method, is, token]),
      payment.refunds.map(({ state: is, cause }) => [is, cause]),
      holdOf(payment) !== undefined,
    ],
    // The two are alike.
    parcels.map(({ status, withdrawn, lines }) => JSON.stringify([status, withdrawn, lines[0]?.[2]])).toSorted(),
    reservation?.status,
    isLate,
  ])
}

/** The order is over: nobody has anything of it to do, or to wait for. */
function isOver(state: State): boolean {
  const { order, payment, parcels, reservation } = partsOf(state.snapshot)
  const closed = new Set(['completed', 'rejected', 'payment_failed', 'cancelled', 'expired'])
  const resting = new Set(['released', 'refused', 'shipped'])
  const moving = new Set(['created', 'dispatched', 'in_transit', 'failed'])
  const isPaid = payment === undefined || (holdOf(payment) === undefined && pendingOperations(payment).length === 0)
  return (
    closed.has(orderStatus(order.facts)) &&
    pendingEvents(order).length === 0 &&
    isPaid &&
    (reservation === undefined || resting.has(reservation.status)) &&
    parcels.every(({ status }) => !moving.has(status))
  )
}

const secret = 'secret'
let keys = 0
const newKey = (): string => `key-${(keys += 1)}`
const idOf = (orderId: string, part: number): string => `shp_${orderId.replace('ord_', '')}_${part}`

const onParcels = (by: By, name: string, act: (api: Api, id: string) => Promise<unknown>): Action[] =>
  [1, 2].map((part) => ({
    name: `${name} ${part}`,
    by,
    act: ({ api: client, orderId }) => act(client, idOf(orderId, part)),
  }))

const byOperator = (name: string, act: Action['act']): Action => ({ name, by: 'operator', act })

const actions: readonly Action[] = [
  byOperator('approve', ({ api: client, orderId: id }) => client.approveOrder({ params: { id } })),
  byOperator('cancel', ({ api: client, orderId: id }) => client.cancelOrder({ params: { id } })),
  byOperator('refund', ({ api: client, orderId: id }) =>
    client.refundOrder({ params: { id }, body: {}, idempotencyKey: newKey() }),
  ),
  byOperator('resume', ({ api: client, orderId: id }) => client.resumePayment({ params: { id } })),
  byOperator('close refund', ({ api: client, deps }) => {
    const failed = deps.payment?.refunds.find(({ state }) => state === 'failed')
    const body = { reference: 'transfer 1' }
    return client.closeRefund({ params: { id: failed?.id ?? 'ref_0' }, body, idempotencyKey: newKey() })
  }),
  ...onParcels('carrier', 'dispatch', (client, id) =>
    client.dispatchShipment({ params: { id }, body: { carrier: 'Van' } }),
  ),
  ...onParcels('carrier', 'deliver', (client, id) => client.deliverShipment({ params: { id } })),
  ...onParcels('operator', 'fail', (client, id) => client.failShipment({ params: { id } })),
  ...onParcels('carrier', 'track', (client, id) => client.trackShipment({ params: { id } })).slice(0, 1),
  ...onParcels('operator', 'return', (client, id) =>
    client.returnShipment({ params: { id }, idempotencyKey: newKey() }),
  ),
  {
    name: 'pay from the wallet',
    by: 'customer',
    act: ({ api: client, orderId: id }) =>
      client.payOrder({ params: { id }, body: { method: 'wallet' }, idempotencyKey: newKey() }),
  },
  ...['tok_declined', 'tok_accepted'].map((token): Action => ({
    name: `pay by ${token}`,
    by: 'customer',
    act: ({ api: client, orderId: id }) =>
      client.payOrder({ params: { id }, body: { method: 'card', token }, idempotencyKey: newKey() }),
  })),
  {
    name: 'two days pass',
    by: 'time',
    act: async ({ world }) => {
      for (let passed = 0; passed < 48; passed += 6) {
        world.advance(6 * hour)
        await world.sweep()
      }
    },
  },
  {
    name: 'a refund fails late',
    by: 'provider',
    act: async ({ api: client, orderId, deps: { payment }, world }) => {
      const refund = payment?.refunds.find(({ state }) => state === 'done')
      if (!payment || !refund) return
      const { id: refundId, attempt, tries = 1 } = refund as typeof refund & { tries?: number }
      const data = { orderId, paymentId: payment.id, attempt, refundId, try: tries }
      const text = JSON.stringify({ type: 'refund_failed', data })
      const signature = signatureHeader([secret], Math.floor(world.clock.now() / 1_000), text)
      const headers = { 'holdfast-signature': signature }
      await client.receiveWebhook({ params: { provider: 'sandbox' }, text, mediaType: 'application/json', headers })
    },
  },
]

/** One unit of each: two parcels, of which each takes two steps. */
const skus = { A: 'east', B: 'east', C: 'west', D: 'west' }

/** The state in which an order of two parcels has just been placed. */
async function placed(payment: { method: 'manual' | 'wallet' | 'card'; token?: string }, balance: number) {
  const world = worldOf({ now: begin })
  for (const name of ['east', 'west']) await world.api.createWarehouse({ body: { name } })
  for (const [sku, warehouseId] of Object.entries(skus)) {
    await world.api.createProduct({ body: { sku, name: sku, price: { amount: 50, currency: 'GBP' } } })
    await world.settle()
    const body = { warehouseId, delta: 1, reason: 'received' }
    await world.api.adjustStock({ params: { sku }, body, idempotencyKey: newKey() })
  }
  if (balance > 0) {
    const body = { amount: { amount: balance, currency: 'GBP' } }
    await world.api.depositToWallet({ params: { id: 'user-1' }, body, idempotencyKey: newKey() })
  }
  await world.settle()
  const lines = Object.keys(skus).map((sku) => ({ sku, quantity: 1 }))
  const { id } = await world.api.placeOrder({ body: { lines, payment, holdSeconds: 3_600 }, idempotencyKey: newKey() })
  await world.settle()
  return { orderId: id, state: { snapshot: world.snapshot(), now: world.clock.now() }, passed: world.passed }
}

/** Tries every action in every state that can be reached. */
async function walk(start: Awaited<ReturnType<typeof placed>>) {
  const states = new Map([[nameOf(start.state), start.state]])
  const ways: { readonly from: string; readonly to: string; readonly by: By }[] = []
  const passed = new Set(start.passed)
  for (const [from, state] of states)
    for (const { by, act } of actions) {
      const world = worldOf(state)
      try {
        await act({ api: world.api, orderId: start.orderId, deps: partsOf(state.snapshot), world })
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.status >= 500) throw error
      }
      await world.settle()
      const after = { snapshot: world.snapshot(), now: world.clock.now() }
      const to = nameOf(after)
      for (const each of world.passed) passed.add(each)
      ways.push({ from, to, by })
      if (!states.has(to)) states.set(to, after)
    }
  return { states, ways, passed }
}

/** The states from which neither an operator alone nor time leads to an end. */
function traps({ states, ways }: Awaited<ReturnType<typeof walk>>): string[] {
  const good = new Set([...states].flatMap(([name, state]) => (isOver(state) ? [name] : [])))
  const open = ways.filter(({ by }) => by === 'operator' || by === 'time')
  for (let size = -1; size !== good.size;) {
    size = good.size
    for (const { from, to } of open) if (good.has(to)) good.add(from)
  }
  return [...states.keys()].filter((name) => !good.has(name))
}

const starts = [
  ['approved by hand', { method: 'manual' }, 0],
  ['paid from a wallet', { method: 'wallet' }, 200],
  ['that a wallet cannot pay', { method: 'wallet' }, 100],
  ['paid by card', { method: 'card', token: 'tok_accepted' }, 0],
  ['whose card comes later', { method: 'card' }, 0],
  ['whose card is slow', { method: 'card', token: 'tok_slow' }, 0],
  ['whose card gives no answer', { method: 'card', token: 'tok_unknown' }, 0],
  ['whose money comes late', { method: 'card', token: 'tok_late' }, 0],
  ['whose money is gone when it is taken', { method: 'card', token: 'tok_capture_fails' }, 0],
  ['whose card takes no refund', { method: 'card', token: 'tok_refund_fails' }, 0],
] as const

const visited = new Set<string>()

describe('every state that people can bring about', () => {
  it.each(starts)(
    'of an order %s has a way out that an operator can open',
    async (_, payment, balance) => {
      const walked = await walk(await placed(payment, balance))
      for (const state of walked.passed) visited.add(state)
      expect(walked.states.size).toBeGreaterThan(1)
      expect(traps(walked)).toEqual([])
    },
    300_000,
  )

  it('is in a chart, and the charts have no others but those that only disorder or what is to come can bring', () => {
    // A sheet of a count has no order: see test/local/counts.test.ts.
    const { Count: _, ...ofOrders } = charts
    const drawn = Object.entries<StateChart<string>>(ofOrders).flatMap(([of, chart]) =>
      Object.keys(chart).map((state) => `${of} ${state}`),
    )
    expect([...visited].filter((state) => !drawn.includes(state))).toEqual([])
    expect(drawn.filter((state) => !visited.has(state)).toSorted()).toEqual(unvisited)
  })

  it.each(Object.entries<StateChart<string>>(charts))(
    'of the chart %s has a way out that is not a customer alone',
    (_, chart) => {
      const ends = new Set(Object.keys(chart).filter((state) => Object.keys(chart[state] ?? {}).length === 0))
      const good = new Set(ends.size > 0 ? ends : ['refunded', 'captured', 'failed', 'voided'])
      for (let size = -1; size !== good.size;) {
        size = good.size
        for (const [from, ways] of Object.entries(chart))
          if (Object.entries(ways).some(([to, way]) => good.has(to) && way?.by.some((by) => by !== 'customer')))
            good.add(from)
      }
      expect(Object.keys(chart).filter((state) => !good.has(state))).toEqual([])
    },
  )
})

/** States of the charts that this walk does not meet. */
const unvisited = [
  ...['cancelled', 'closed', 'expected', 'received'].map((status) => `Inbound ${status}`),
  'Order backordered',
  'Order delivered',
  'Order rejected',
  'Reservation refused',
  'Reservation taken',
  'Reservation waiting',
  ...['in_transit', 'received', 'returned'].map((status) => `Transfer ${status}`),
]
