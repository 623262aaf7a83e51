import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Facts, OrderStatus } from '../../schemas/order-status.ts'
import type { PaymentStatus } from '../../schemas/payment.ts'
import { change } from '../../functions/orders/core/change.ts'
import { approve, cancel } from '../../functions/orders/core/decisions.ts'
import { evolve } from '../../functions/orders/core/evolve.ts'
import { expire, timerGraceMs } from '../../functions/orders/core/hold.ts'
import { nextSweepAt, reminderDelayMs } from '../../functions/orders/core/next-sweep.ts'
import {
  type Order,
  type OrderEvent,
  type PaymentChanged,
  type OrderEventName,
  initialFacts,
  initialPayment,
  refundDue,
} from '../../functions/orders/core/order.ts'
import { pending } from '../../functions/orders/core/pending.ts'
import { isClosed, status } from '../../functions/orders/core/status.ts'

const placedAt = 1_790_000_000_000
const expiresAt = placedAt + 86_400_000
const origin = { at: placedAt + 1_000, cause: 'test', by: 'somebody' }

const placed: Order = {
  id: 'ord_1',
  customerId: 'customer',
  placedAt,
  holdSeconds: 86_400,
  lineCount: 1,
  total: { amount: 100, currency: 'GBP' },
  method: 'manual',
  facts: initialFacts,
  payment: initialPayment,
  returns: new Map(),
  history: [{ status: 'placed', at: placedAt, cause: 'request', by: 'customer' }],
}

const reserved: OrderEvent = { name: 'stock.reserved', expiresAt }
const refused: OrderEvent = { name: 'stock.refused', shortages: [{ sku: 'a', requested: 2, available: 1 }] }
const committed: OrderEvent = { name: 'stock.committed' }
const released: OrderEvent = { name: 'stock.released' }
const approved: OrderEvent = { name: 'approved' }
const cancelled: OrderEvent = { name: 'cancelled', by: 'customer' }
const expired: OrderEvent = { name: 'expired' }

/** How a payment stands in that version. */
const paying = (version: number, is: PaymentStatus, more: Partial<PaymentChanged> = {}): PaymentChanged => ({
  name: 'payment',
  version,
  status: is,
  kept: 0,
  refundedForReturns: 0,
  ...more,
})
const captured = (version: number, kept = 100) => paying(version, 'captured', { kept })
const declined = paying(3, 'failed', { failure: 'card_declined' })
const parcels = (fulfilment: Facts['fulfilment']): OrderEvent => ({ name: 'shipped', fulfilment })
const cameBack = (returnId: string, value: number, fulfilment: Facts['fulfilment'] = 'delivered'): OrderEvent => ({
  name: 'returned',
  fulfilment,
  returnId,
  value,
})

/** The order after these events, and what the last of them made it emit. */
function given(...events: readonly OrderEvent[]): { order: Order; emits: readonly OrderEventName[]; is: OrderStatus } {
  let order = placed
  let emits: readonly OrderEventName[] = []
  for (const event of events) {
    const changed = change(order, event, origin)
    order = changed?.state ?? order
    emits = changed?.emits ?? []
  }
  return { order, emits, is: status(order.facts) }
}

describe('an order moves on', () => {
  it('is placed, and asks for stock', () => {
    expect(status(placed.facts)).toBe('placed')
    expect(pending(placed)).toEqual(['order.placed'])
  })
  it('is reserved until its hold ends once stock is held', () => {
    const { order, emits, is } = given(reserved)
    expect({ is, emits, expiresAt: order.expiresAt }).toEqual({ is: 'reserved', emits: ['order.reserved'], expiresAt })
    expect(pending(order)).toEqual([])
  })
  it('is rejected with the shortages when stock is refused', () => {
    const { order, emits, is } = given(refused)
    expect({ is, emits }).toEqual({ is: 'rejected', emits: ['order.rejected'] })
    expect(order.reason).toEqual({
      code: 'insufficient_stock',
      shortages: [{ sku: 'a', requested: 2, available: 1 }],
    })
    expect(pending(order)).toEqual([])
  })
  it('is confirmed by approval, and asks for a commit until inventory has committed', () => {
    const confirmed = given(reserved, approved)
    expect(confirmed).toMatchObject({ is: 'confirmed', emits: ['order.confirmed'] })
    expect(pending(confirmed.order)).toEqual(['order.confirmed'])
    const known = given(reserved, approved, committed, captured(1))
    expect(known).toMatchObject({ is: 'confirmed', emits: [] })
    expect(pending(known.order)).toEqual(['order.confirmed'])
    expect(pending(given(reserved, approved, committed, captured(1), parcels('created')).order)).toEqual([])
  })
  it('confirms when stock comes after the approval', () => {
    expect(given(approved)).toMatchObject({ is: 'placed', emits: [] })
    expect(given(approved, reserved)).toMatchObject({ is: 'confirmed', emits: ['order.confirmed'] })
  })
  it('is rejected when stock is refused after the approval', () => {
    expect(given(approved, refused)).toMatchObject({ is: 'rejected', emits: ['order.rejected'] })
  })
  it('expires, and asks for a release until inventory has released', () => {
    const { order, emits, is } = given(reserved, expired)
    expect({ is, emits, reason: order.reason }).toEqual({
      is: 'expired',
      emits: ['order.expired'],
      reason: { code: 'hold_expired' },
    })
    expect(pending(order)).toEqual(['order.expired'])
    expect(pending(given(reserved, expired, released).order)).toEqual([])
  })
  it('keeps each status that it had, with its origin', () => {
    const { history } = given(reserved, approved, committed, cancelled).order
    expect(history.map((entry) => entry.status)).toEqual(['placed', 'reserved', 'confirmed', 'cancelled'])
    expect(history.at(-1)).toEqual({ status: 'cancelled', ...origin })
  })
})

describe('an order that is cancelled', () => {
  it.each([
    ['before stock has answered', []],
    ['while it is reserved', [reserved]],
    ['while its commit is under way', [reserved, approved]],
    ['after it was committed', [reserved, approved, committed]],
  ])('asks inventory once to give back, %s', (_, before) => {
    const { order, emits, is } = given(...before, cancelled)
    expect({ is, emits }).toEqual({ is: 'cancelled', emits: ['order.cancelled'] })
    expect(pending(order)).toEqual(['order.cancelled'])
    const settled = given(...before, cancelled, released, paying(9, 'refunded')).order
    expect(pending(settled)).toEqual([])
  })
  it.each([
    ['a hold that comes late', reserved],
    ['a commit that comes late', committed],
    ['an approval', approved],
    ['its expiry', expired],
  ])('stays cancelled after %s, emits nothing new and still asks for the release', (_, late) => {
    const { order, emits, is } = given(cancelled, late)
    expect({ is, emits }).toEqual({ is: 'cancelled', emits: [] })
    expect(pending(order)).toEqual(['order.cancelled'])
  })
  it('has nothing pending when stock was refused meanwhile, and keeps its reason', () => {
    const { order, is } = given(cancelled, refused)
    expect(is).toBe('cancelled')
    expect(order.reason).toEqual({ code: 'cancelled_by_customer' })
    expect(pending(order)).toEqual([])
  })
})

describe('facts that come out of order', () => {
  it('lets a hold that arrives after its commit change nothing but the time', () => {
    expect(given(approved, committed, reserved).order.facts).toEqual(given(reserved, approved, committed).order.facts)
  })
  it('confirms an approved order whose commit arrives before its hold', () => {
    expect(given(approved, committed)).toMatchObject({ is: 'confirmed', emits: ['order.confirmed'] })
  })
  it('cancels an order whose hold inventory gave up although nobody had closed it', () => {
    const { order, emits, is } = given(reserved, released)
    expect({ is, emits, reason: order.reason }).toEqual({
      is: 'cancelled',
      emits: ['order.cancelled'],
      reason: { code: 'stock_withdrawn' },
    })
  })
  it('learns nothing from the same event twice', () => {
    const all = [reserved, refused, committed, released, approved, cancelled, expired]
    for (const event of [...all, captured(1), declined, parcels('shipped'), cameBack('r1', 5)]) {
      const { order } = given(event)
      expect(change(order, event, origin)).toBeUndefined()
    }
  })

  const events = [
    [reserved, committed, paying(1, 'in_flight'), paying(2, 'authorized'), captured(3), parcels('created')],
    [reserved, committed, captured(1), parcels('partially_shipped'), parcels('delivered'), cameBack('r1', 40)],
    [reserved, committed, captured(1), cameBack('r1', 100, 'returned'), captured(2, 0)],
    [
      reserved,
      paying(1, 'in_flight'),
      paying(2, 'requested'),
      declined,
      paying(4, 'refund_due'),
      paying(5, 'refunded'),
    ],
    [reserved, captured(1), paying(2, 'refund_due'), paying(3, 'refunded')],
    [refused],
  ]
  const startOf = fc.constantFrom(placed, given(approved).order, given(cancelled).order, given(expired).order)

  it('come to the same order in any permutation, with any duplicates', () => {
    const shuffled = fc
      .constantFrom(...events)
      .chain((events) => fc.subarray(events))
      .chain((events) => fc.tuple(permuted(events), permuted([...events, ...events])))
    fc.assert(
      fc.property(startOf, shuffled, (start, [some, others]) => {
        const [a, b] = [some, others].map((events) => events.reduce(evolve, start))
        expect(a).toEqual(b)
        expect(status(a!.facts)).toBe(status(b!.facts))
      }),
    )
  })
})

const permuted = (events: readonly OrderEvent[]) =>
  fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length })

describe('a closed order', () => {
  const step = fc.oneof(
    fc.constantFrom(reserved, refused, committed, released).map((event) => () => event),
    fc.constantFrom<(order: Order) => OrderEvent | string | undefined>(
      (order) => cancel(order, 'customer', undefined),
      (order) => cancel(order, 'operator', 'out of season'),
      (order) => approve(order, placedAt),
      (order) => approve(order, expiresAt),
      (order) => expire(order, placedAt),
      (order) => expire(order, expiresAt),
    ),
  )
  it('never opens again, never changes its status or reason, and emits nothing more', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let order = placed
        for (const decide of steps) {
          const event = decide(order)
          const changed = typeof event === 'object' ? change(order, event, origin) : undefined
          if (changed && isClosed(order.facts)) {
            expect(status(changed.state.facts)).toBe(status(order.facts))
            expect(changed.state.reason).toEqual(order.reason)
            expect(changed.emits).toEqual([])
          }
          order = changed?.state ?? order
          expect(order.history.at(-1)?.status).toBe(status(order.facts))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('what leaves an order', () => {
  it('is every new status and all that is newly pending, each once', () => {
    const events = fc.array(fc.constantFrom(reserved, refused, committed, released, approved, cancelled, expired))
    fc.assert(
      fc.property(events, (events) => {
        let order = placed
        for (const event of events) {
          const changed = change(order, event, origin)
          if (!changed) continue
          const { emits } = changed
          expect(new Set(emits).size).toBe(emits.length)
          for (const name of pending(changed.state)) expect([...emits, ...pending(order)]).toContain(name)
          if (status(changed.state.facts) !== status(order.facts))
            expect(emits).toContain(`order.${status(changed.state.facts)}`)
          order = changed.state
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('status', () => {
  const all = Object.values(Facts.shape).reduce<Facts[]>(
    (found, { options }, index) => {
      const name = Object.keys(Facts.shape)[index]!
      return found.flatMap((facts) => options.map((value) => ({ ...facts, [name]: value })))
    },
    [initialFacts],
  )
  it('knows every combination of facts', () => {
    expect(all).toHaveLength(648)
    for (const facts of all) expect(OrderStatus.options).toContain(status(facts))
  })
  it('is the closing of whatever was closed', () => {
    for (const facts of all.filter(({ closing }) => closing !== 'none')) expect(status(facts)).toBe(facts.closing)
  })
  it('is never one that waits for stock or payment where inventory has given up', () => {
    for (const facts of all.filter(
      ({ stock, fulfilment }) => ['refused', 'released'].includes(stock) && fulfilment === 'none',
    ))
      expect(isClosed(facts)).toBe(true)
  })
  it.each<[Partial<Facts>, OrderStatus]>([
    [{ stock: 'backordered' }, 'backordered'],
    [{ stock: 'backordered', payment: 'paid' }, 'backordered'],
    [{ stock: 'held', payment: 'in_flight' }, 'reserved'],
    [{ stock: 'held', payment: 'failed' }, 'payment_failed'],
    [{ stock: 'released', payment: 'failed' }, 'payment_failed'],
    [{ stock: 'released', payment: 'refund_due' }, 'payment_failed'],
    [{ stock: 'refused', payment: 'refund_due' }, 'rejected'],
    [{ stock: 'committed', payment: 'paid', fulfilment: 'created' }, 'confirmed'],
    [{ stock: 'committed', payment: 'paid', fulfilment: 'partially_shipped' }, 'partially_shipped'],
    [{ stock: 'committed', payment: 'paid', fulfilment: 'shipped' }, 'shipped'],
    [{ stock: 'committed', payment: 'paid', fulfilment: 'delivered' }, 'completed'],
    [{ stock: 'committed', payment: 'failed', fulfilment: 'delivered' }, 'payment_failed'],
    [{ stock: 'committed', payment: 'refunded', fulfilment: 'returned' }, 'payment_failed'],
    [{ stock: 'committed', payment: 'paid', fulfilment: 'returned' }, 'completed'],
  ])('of %o is %s', (facts, expected) => {
    expect(status({ ...initialFacts, ...facts })).toBe(expected)
  })
})

describe('what is pending', () => {
  it('of a closed order is gone once inventory has released or refused and nobody has its money, and not before', () => {
    for (const stock of ['held', 'committed', 'released', 'refused'] as const)
      for (const closing of ['cancelled', 'expired'] as const)
        for (const payment of Facts.shape.payment.options) {
          const isSettled = ['released', 'refused'].includes(stock) && ['none', 'failed', 'refunded'].includes(payment)
          const order = { ...placed, facts: { stock, closing, payment, fulfilment: 'none' } as const }
          expect(pending(order)).toEqual(isSettled ? [] : [`order.${closing}`])
        }
  })
  it('to ask for the money is there only where it comes by itself, and until payments have answered', () => {
    const wallet = { ...placed, method: 'wallet' } as const
    const held = change(wallet, reserved, origin)!.state
    expect(pending(held)).toEqual(['order.reserved'])
    expect(pending(evolve(held, paying(1, 'in_flight')))).toEqual([])
    expect(pending(evolve({ ...placed, method: 'card' }, reserved))).toEqual([])
    expect(pending(evolve({ ...placed, method: 'card', token: 'tok_1' }, reserved))).toEqual([
      'order.reserved',
      'payment.card_token',
    ])
  })
  it('to send it has the address beside the confirmation, until there are parcels', () => {
    const addressed = { ...placed, hasAddress: true } as const
    const confirmed = change(change(addressed, reserved, origin)!.state, approved, origin)!
    expect(confirmed.emits).toEqual(['order.confirmed', 'order.address'])
    expect(pending(confirmed.state)).toEqual(['order.confirmed', 'order.address'])
    const known = [committed, captured(1), parcels('created')].reduce(evolve, confirmed.state)
    expect(pending(known)).toEqual([])
  })
})

describe('money', () => {
  const card: Order = { ...placed, method: 'card', token: 'tok_accepted' }
  const after = (...events: readonly OrderEvent[]): Order => events.reduce(evolve, card)

  it('confirms the order as soon as it is set aside, and stock is held', () => {
    expect(change(after(reserved), paying(1, 'authorized'), origin)).toMatchObject({ emits: ['order.confirmed'] })
    expect(change(after(paying(1, 'authorized')), reserved, origin)).toMatchObject({ emits: ['order.confirmed'] })
  })
  it('that will not come closes the order with the reason, and stock goes back', () => {
    const { state, emits } = change(after(reserved, paying(1, 'in_flight')), declined, origin)!
    expect({ is: status(state.facts), emits, reason: state.reason }).toEqual({
      is: 'payment_failed',
      emits: ['order.payment_failed'],
      reason: { code: 'payment_failed', payment: 'card_declined' },
    })
    expect(pending(state)).toEqual(['order.payment_failed'])
    expect(pending(evolve(state, released))).toEqual([])
  })
  it('that is declined for now leaves the order waiting', () => {
    expect(after(reserved, paying(1, 'in_flight'), paying(2, 'requested')).facts.payment).toBe('none')
  })
  it.each([
    ['cancelled', cancelled],
    ['expired', expired],
  ])('that comes after the order was %s leaves it closed, and is due back until it went', (is, closing) => {
    const closed = after(reserved, closing, released)
    expect(pending(closed)).toEqual([])
    const { state, emits } = change(closed, captured(4), origin)!
    expect(status(state.facts)).toBe(is)
    expect(state.facts.payment).toBe('refund_due')
    expect(emits).toEqual([`order.${is}`])
    expect(pending(evolve(state, paying(5, 'refunded')))).toEqual([])
  })
  it('that was set aside for a closed order is settled once it is voided', () => {
    const closed = after(reserved, paying(1, 'authorized'), cancelled, released)
    expect(pending(closed)).toEqual(['order.cancelled'])
    expect(pending(evolve(closed, paying(2, 'voided')))).toEqual([])
  })
  it('that comes after the payment had failed goes back, and the order stays as it was', () => {
    const order = after(reserved, declined, released, paying(4, 'refund_due'))
    expect(status(order.facts)).toBe('payment_failed')
    expect(pending(order)).toEqual(['order.payment_failed'])
  })
  it('that could not be taken after all closes an order that has not left', () => {
    const order = after(
      reserved,
      paying(2, 'authorized'),
      committed,
      paying(3, 'failed', { failure: 'capture_failed' }),
    )
    expect(status(order.facts)).toBe('payment_failed')
  })
  it('given back by an operator leaves the order as it is', () => {
    const order = after(reserved, captured(1), committed, parcels('created'), captured(2, 0))
    expect(status(order.facts)).toBe('confirmed')
    expect(pending(order)).toEqual([])
  })
})

describe('parcels', () => {
  const confirmed = [reserved, approved, committed, captured(1), parcels('created')]

  it('lead through shipped and delivered to completed', () => {
    expect(given(...confirmed, parcels('partially_shipped'))).toMatchObject({ is: 'partially_shipped', emits: [] })
    expect(given(...confirmed, parcels('shipped'))).toMatchObject({ is: 'shipped', emits: ['order.shipped'] })
    const { is, emits, order } = given(...confirmed, parcels('shipped'), parcels('delivered'))
    expect({ is, emits }).toEqual({ is: 'completed', emits: ['order.delivered', 'order.completed'] })
    expect(order.history.map((entry) => entry.status).slice(-3)).toEqual(['shipped', 'delivered', 'completed'])
  })
  it('that come back are paid back, each return once and never more than the order', () => {
    const one = given(...confirmed, parcels('delivered'), cameBack('r1', 40))
    expect({ emits: one.emits, due: refundDue(one.order) }).toEqual({ emits: ['order.returned'], due: 40 })
    const two = given(...confirmed, parcels('delivered'), cameBack('r1', 40), cameBack('r2', 90))
    expect({ emits: two.emits, due: refundDue(two.order) }).toEqual({ emits: ['order.returned'], due: 100 })
    expect(pending(two.order)).toEqual(['order.returned'])
    expect(pending(evolve(two.order, paying(2, 'captured', { refundedForReturns: 100 })))).toEqual([])
  })
  it('that come back are paid back also when money had come twice, and once of it had gone back', () => {
    const twice = [captured(2, 200), captured(3, 100)]
    const { emits } = given(...confirmed, ...twice, parcels('delivered'), cameBack('r1', 100, 'returned'))
    expect(emits).toContain('order.returned')
  })
  it('that all came back and were paid back leave a completed order', () => {
    const { order } = given(...confirmed, cameBack('r1', 100, 'returned'), captured(2, 0))
    expect(order.facts).toMatchObject({ payment: 'paid', fulfilment: 'returned' })
    expect(status(order.facts)).toBe('completed')
    expect(pending(order)).toEqual([])
  })
  it('that left before the money was found to be gone do not open the order again', () => {
    const failed = [reserved, paying(1, 'authorized'), committed, parcels('created'), paying(2, 'failed')]
    expect(given(...failed).is).toBe('payment_failed')
    expect(given(...failed, parcels('shipped')).is).toBe('payment_failed')
    expect(given(...failed.slice(0, 4), parcels('shipped'), paying(2, 'failed')).is).toBe('payment_failed')
  })
  it('that left before the order was cancelled do not open it, and leave the rest to inventory', () => {
    const { order } = given(...confirmed, cancelled, parcels('shipped'), paying(2, 'refunded'))
    expect(status(order.facts)).toBe('cancelled')
    expect(pending(order)).toEqual(['order.cancelled'])
    expect(pending(evolve(order, released))).toEqual([])
  })
})

describe('requests', () => {
  it('cancel every order that is neither closed nor dispatched', () => {
    expect(cancel(placed, 'operator', 'no')).toEqual({ name: 'cancelled', by: 'operator', message: 'no' })
    expect(cancel(given(cancelled).order, 'customer', undefined)).toBe('unchanged')
    expect(cancel(given(refused).order, 'customer', undefined)).toBe('too_late')
    expect(cancel(given(reserved, expired).order, 'customer', undefined)).toBe('too_late')
    const shipped = {
      ...placed,
      facts: { ...initialFacts, stock: 'committed', payment: 'paid', fulfilment: 'shipped' },
    } as const
    expect(cancel(shipped, 'operator', undefined)).toBe('too_late')
  })
  it('approve once, and not when the hold has run out, whether its expiry is known or not', () => {
    expect(approve(placed, placedAt)).toEqual(approved)
    expect(approve(given(reserved).order, expiresAt - 1)).toEqual(approved)
    expect(approve(given(reserved, approved).order, expiresAt + 1)).toBe('unchanged')
    expect(approve(given(reserved).order, expiresAt)).toBe('too_late')
    expect(approve(given(cancelled).order, placedAt)).toBe('too_late')
    expect(approve({ ...placed, method: 'wallet' }, placedAt)).toBe('not_manual')
  })
})

describe('a hold that has run out', () => {
  it('expires its order at that very millisecond and not before', () => {
    const { order } = given(reserved)
    expect(expire(order, expiresAt - 1)).toBeUndefined()
    expect(expire(order, expiresAt)).toEqual(expired)
  })
  it('waits five minutes more for a payment in flight', () => {
    const order = evolve(given(reserved).order, paying(1, 'in_flight'))
    expect(expire(order, expiresAt + 299_999)).toBeUndefined()
    expect(expire(order, expiresAt + 300_000)).toEqual(expired)
    expect(nextSweepAt(order, placedAt)).toBe(expiresAt + 300_000)
    expect(approve(order, expiresAt)).toBe('too_late')
  })
  it.each([
    ['approved', [reserved, approved]],
    ['cancelled', [reserved, cancelled]],
    ['expired already', [reserved, expired]],
    ['still waiting for stock', []],
  ])('expires nothing that is %s', (_, events) => {
    expect(expire(given(...events).order, expiresAt + 1)).toBeUndefined()
  })
})

describe('the sweeper', () => {
  it('plans a sweep for what is pending after two minutes, then at growing distances of at most an hour', () => {
    const at = (minutes: number) => placedAt + minutes * 60_000
    expect(nextSweepAt(placed, placedAt)).toBe(placedAt + reminderDelayMs)
    expect(nextSweepAt(placed, at(2))).toBe(at(4))
    expect(nextSweepAt(placed, at(16))).toBe(at(32))
    expect(nextSweepAt(placed, at(600))).toBe(at(660))
  })
  it('leaves a sweep where it is planned, unless that is about to come or too late for what is pending', () => {
    const { order: unanswered } = given(reserved, approved)
    expect(nextSweepAt(unanswered, placedAt, placedAt + reminderDelayMs / 2 + 1)).toBe(
      placedAt + reminderDelayMs / 2 + 1,
    )
    expect(nextSweepAt(unanswered, placedAt, placedAt + reminderDelayMs / 2)).toBe(placedAt + reminderDelayMs)
    expect(nextSweepAt(unanswered, placedAt, expiresAt + timerGraceMs)).toBe(placedAt + reminderDelayMs)
    const byFasterClock = placedAt + reminderDelayMs + 3
    expect(nextSweepAt(unanswered, placedAt, byFasterClock)).toBe(byFasterClock)
    expect(nextSweepAt(given(reserved).order, placedAt, placedAt + reminderDelayMs)).toBe(expiresAt + timerGraceMs)
  })
  it('plans the first of the two for a hold that payments have not answered', () => {
    const unanswered = { ...given(reserved).order, method: 'wallet' as const }
    expect(pending(unanswered)).toEqual(['order.reserved'])
    expect(nextSweepAt(unanswered, placedAt)).toBe(placedAt + reminderDelayMs)
    const short = { ...unanswered, expiresAt: placedAt + 1_000 }
    expect(nextSweepAt(short, placedAt)).toBe(placedAt + 1_000 + timerGraceMs)
  })
  it('plans a sweep for a hold soon after its end', () => {
    expect(nextSweepAt(given(reserved).order, placedAt)).toBe(expiresAt + timerGraceMs)
  })
  it.each([
    ['settled', [reserved, approved, committed, captured(1), parcels('created')]],
    ['rejected', [refused]],
    ['cancelled and released', [reserved, cancelled, released]],
  ])('plans no sweep for what is %s', (_, events) => {
    expect(nextSweepAt(given(...events).order, placedAt)).toBeUndefined()
  })
})

describe('an approval', () => {
  it.each<[Facts['payment'], boolean]>([
    ['none', true],
    ['in_flight', true],
    ['paid', false],
    ['failed', false],
    ['refund_due', false],
    ['refunded', false],
  ])('of an order whose payment is %s pays it: %s', (payment, pays) => {
    const { order } = given(reserved)
    const { facts } = evolve({ ...order, facts: { ...order.facts, payment } }, approved)
    expect(facts.payment).toBe(pays ? 'paid' : payment)
  })
})

describe('parcels of an order whose payment has failed', () => {
  it.each(['failed', 'refund_due', 'refunded'] as const)('do not open it again: %s', (payment) => {
    expect(status({ ...initialFacts, stock: 'committed', fulfilment: 'shipped', payment })).toBe('payment_failed')
  })
})

describe('an order of which nothing is sent', () => {
  const unsent = (message?: string): OrderEvent => ({
    name: 'withdrawn',
    fulfilment: 'none',
    shipmentId: 'shp_1',
    value: 100,
    nothingSent: true,
    message,
  })
  it('is cancelled for want of stock, with the message where there is one', () => {
    expect(given(reserved, approved, unsent('flooded')).order.reason).toEqual({
      code: 'stock_withdrawn',
      message: 'flooded',
    })
    expect(given(reserved, approved, unsent()).order.reason).toEqual({ code: 'stock_withdrawn' })
  })
})

describe('a confirmed order', () => {
  const created = parcels('created')
  it('waits for its stock, its money and its parcels', () => {
    expect(pending(given(reserved, approved, committed, captured(1), created).order)).toEqual([])
    expect(pending(given(reserved, approved, captured(1), created).order)).toEqual(['order.confirmed'])
    expect(pending(given(reserved, approved, committed, created).order)).toEqual(['order.confirmed'])
    expect(pending(given(reserved, approved, committed, captured(1)).order)).toEqual(['order.confirmed'])
  })
  it('keeps a planned sweep that is up to a second late', () => {
    const { order } = given(reserved, approved)
    const due = placedAt + reminderDelayMs
    expect(nextSweepAt(order, placedAt, due + 1_000)).toBe(due + 1_000)
    expect(nextSweepAt(order, placedAt, due + 1_001)).toBe(due)
  })
})

describe('an order that is refused', () => {
  it('for another reason than a shortage has that reason', () => {
    const { order } = given({ name: 'stock.refused', shortages: [], refusal: 'too_scattered' })
    expect(order.reason).toEqual({ code: 'too_scattered' })
  })
})

describe('a payment that is requested again', () => {
  it.each<[Facts['payment'], Facts['payment']]>([
    ['none', 'none'],
    ['in_flight', 'none'],
    ['paid', 'paid'],
    ['failed', 'failed'],
    ['refunded', 'refunded'],
  ])('leaves one that is %s as %s', (before, after) => {
    const order = { ...placed, facts: { ...initialFacts, stock: 'held' as const, payment: before } }
    expect(evolve(order, paying(9, 'requested')).facts.payment).toBe(after)
  })
})

describe('a payment that is in flight', () => {
  it.each<[Facts['payment'], Facts['payment']]>([
    ['none', 'in_flight'],
    ['paid', 'paid'],
    ['failed', 'failed'],
  ])('leaves one that is %s as %s', (before, after) => {
    const order = { ...placed, facts: { ...initialFacts, stock: 'held' as const, payment: before } }
    expect(evolve(order, paying(9, 'in_flight')).facts.payment).toBe(after)
  })
})
