import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Facts, OrderStatus } from '../../schemas/orders.ts'
import type { PaymentStatus } from '../../schemas/payments.ts'
import {
  type Order,
  type OrderEvent,
  type PaymentNews,
  type Said,
  approve,
  cancel,
  change,
  evolve,
  expire,
  graceMs,
  isClosed,
  lookAt,
  nothingKnown,
  nothingTold,
  owes,
  patienceMs,
  refundDue,
  status,
  timerGraceMs,
} from '../../functions/orders/core/order.ts'

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
  facts: nothingKnown,
  told: nothingTold,
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

/** What payments say in that version. */
const paying = (version: number, is: PaymentStatus, more: Partial<PaymentNews> = {}): PaymentNews => ({
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

/** The order after these events, and what the last of them made it say. */
function given(...events: readonly OrderEvent[]): { order: Order; says: readonly Said[]; is: OrderStatus } {
  let order = placed
  let says: readonly Said[] = []
  for (const event of events) {
    const changed = change(order, event, origin)
    order = changed?.order ?? order
    says = changed?.says ?? []
  }
  return { order, says, is: status(order.facts) }
}

describe('an order moves on', () => {
  it('is placed, and asks for stock', () => {
    expect(status(placed.facts)).toBe('placed')
    expect(owes(placed)).toEqual(['order.placed'])
  })
  it('is reserved until its hold ends once stock is held', () => {
    const { order, says, is } = given(reserved)
    expect({ is, says, expiresAt: order.expiresAt }).toEqual({ is: 'reserved', says: ['order.reserved'], expiresAt })
    expect(owes(order)).toEqual([])
  })
  it('is rejected with the shortages when stock is refused', () => {
    const { order, says, is } = given(refused)
    expect({ is, says }).toEqual({ is: 'rejected', says: ['order.rejected'] })
    expect(order.reason).toEqual({
      code: 'insufficient_stock',
      shortages: [{ sku: 'a', requested: 2, available: 1 }],
    })
    expect(owes(order)).toEqual([])
  })
  it('is confirmed by approval, and owes a commit until inventory has committed', () => {
    const confirmed = given(reserved, approved)
    expect(confirmed).toMatchObject({ is: 'confirmed', says: ['order.confirmed'] })
    expect(owes(confirmed.order)).toEqual(['order.confirmed'])
    const known = given(reserved, approved, committed, captured(1))
    expect(known).toMatchObject({ is: 'confirmed', says: [] })
    expect(owes(known.order)).toEqual(['order.confirmed'])
    expect(owes(given(reserved, approved, committed, captured(1), parcels('created')).order)).toEqual([])
  })
  it('confirms when stock comes after the approval', () => {
    expect(given(approved)).toMatchObject({ is: 'placed', says: [] })
    expect(given(approved, reserved)).toMatchObject({ is: 'confirmed', says: ['order.confirmed'] })
  })
  it('is rejected when stock is refused after the approval', () => {
    expect(given(approved, refused)).toMatchObject({ is: 'rejected', says: ['order.rejected'] })
  })
  it('expires, and owes a release until inventory has released', () => {
    const { order, says, is } = given(reserved, expired)
    expect({ is, says, reason: order.reason }).toEqual({
      is: 'expired',
      says: ['order.expired'],
      reason: { code: 'hold_expired' },
    })
    expect(owes(order)).toEqual(['order.expired'])
    expect(owes(given(reserved, expired, released).order)).toEqual([])
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
    const { order, says, is } = given(...before, cancelled)
    expect({ is, says }).toEqual({ is: 'cancelled', says: ['order.cancelled'] })
    expect(owes(order)).toEqual(['order.cancelled'])
    const quit = given(...before, cancelled, released, paying(9, 'refunded')).order
    expect(owes(quit)).toEqual([])
  })
  it.each([
    ['a hold that comes late', reserved],
    ['a commit that comes late', committed],
    ['an approval', approved],
    ['its expiry', expired],
  ])('stays cancelled after %s, says nothing new and still owes the release', (_, late) => {
    const { order, says, is } = given(cancelled, late)
    expect({ is, says }).toEqual({ is: 'cancelled', says: [] })
    expect(owes(order)).toEqual(['order.cancelled'])
  })
  it('owes nothing when stock was refused meanwhile, and keeps its reason', () => {
    const { order, is } = given(cancelled, refused)
    expect(is).toBe('cancelled')
    expect(order.reason).toEqual({ code: 'cancelled_by_customer' })
    expect(owes(order)).toEqual([])
  })
})

describe('facts that come out of order', () => {
  it('lets a hold that arrives after its commit change nothing but the time', () => {
    expect(given(approved, committed, reserved).order.facts).toEqual(given(reserved, approved, committed).order.facts)
  })
  it('confirms an approved order whose commit arrives before its hold', () => {
    expect(given(approved, committed)).toMatchObject({ is: 'confirmed', says: ['order.confirmed'] })
  })
  it('cancels an order whose hold inventory gave up although nobody had closed it', () => {
    const { order, says, is } = given(reserved, released)
    expect({ is, says, reason: order.reason }).toEqual({
      is: 'cancelled',
      says: ['order.cancelled'],
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

  const told = [
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
      .constantFrom(...told)
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
  it('never opens again, never changes its status or reason, and says nothing more', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let order = placed
        for (const decide of steps) {
          const event = decide(order)
          const changed = typeof event === 'object' ? change(order, event, origin) : undefined
          if (changed && isClosed(order.facts)) {
            expect(status(changed.order.facts)).toBe(status(order.facts))
            expect(changed.order.reason).toEqual(order.reason)
            expect(changed.says).toEqual([])
          }
          order = changed?.order ?? order
          expect(order.history.at(-1)?.status).toBe(status(order.facts))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('what leaves an order', () => {
  it('is every new status and every new debt, each once', () => {
    const events = fc.array(fc.constantFrom(reserved, refused, committed, released, approved, cancelled, expired))
    fc.assert(
      fc.property(events, (events) => {
        let order = placed
        for (const event of events) {
          const changed = change(order, event, origin)
          if (!changed) continue
          const { says } = changed
          expect(new Set(says).size).toBe(says.length)
          for (const debt of owes(changed.order)) expect([...says, ...owes(order)]).toContain(debt)
          if (status(changed.order.facts) !== status(order.facts))
            expect(says).toContain(`order.${status(changed.order.facts)}`)
          order = changed.order
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
    [nothingKnown],
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
    expect(status({ ...nothingKnown, ...facts })).toBe(expected)
  })
})

describe('a debt', () => {
  it('of a closed order is gone once inventory has released or refused and nobody has its money, and not before', () => {
    for (const stock of ['held', 'committed', 'released', 'refused'] as const)
      for (const closing of ['cancelled', 'expired'] as const)
        for (const payment of Facts.shape.payment.options) {
          const quit = ['released', 'refused'].includes(stock) && ['none', 'failed', 'refunded'].includes(payment)
          const order = { ...placed, facts: { stock, closing, payment, fulfilment: 'none' } as const }
          expect(owes(order)).toEqual(quit ? [] : [`order.${closing}`])
        }
  })
  it('to ask for the money is there only where it comes by itself, and until payments have answered', () => {
    const wallet = { ...placed, method: 'wallet' } as const
    const held = change(wallet, reserved, origin)!.order
    expect(owes(held)).toEqual(['order.reserved'])
    expect(owes(evolve(held, paying(1, 'in_flight')))).toEqual([])
    expect(owes(evolve({ ...placed, method: 'card' }, reserved))).toEqual([])
    expect(owes(evolve({ ...placed, method: 'card', token: 'tok_1' }, reserved))).toEqual(['order.reserved'])
  })
})

describe('money', () => {
  const card: Order = { ...placed, method: 'card', token: 'tok_accepted' }
  const after = (...events: readonly OrderEvent[]): Order => events.reduce(evolve, card)

  it('confirms the order as soon as it is set aside, and stock is held', () => {
    expect(change(after(reserved), paying(1, 'authorized'), origin)).toMatchObject({ says: ['order.confirmed'] })
    expect(change(after(paying(1, 'authorized')), reserved, origin)).toMatchObject({ says: ['order.confirmed'] })
  })
  it('that will not come closes the order with the reason, and stock goes back', () => {
    const { order, says } = change(after(reserved, paying(1, 'in_flight')), declined, origin)!
    expect({ is: status(order.facts), says, reason: order.reason }).toEqual({
      is: 'payment_failed',
      says: ['order.payment_failed'],
      reason: { code: 'payment_failed', payment: 'card_declined' },
    })
    expect(owes(order)).toEqual(['order.payment_failed'])
    expect(owes(evolve(order, released))).toEqual([])
  })
  it('that is declined for now leaves the order waiting', () => {
    expect(after(reserved, paying(1, 'in_flight'), paying(2, 'requested')).facts.payment).toBe('none')
  })
  it.each([
    ['cancelled', cancelled],
    ['expired', expired],
  ])('that comes after the order was %s leaves it closed, and is owed back until it went', (is, closing) => {
    const closed = after(reserved, closing, released)
    expect(owes(closed)).toEqual([])
    const { order, says } = change(closed, captured(4), origin)!
    expect(status(order.facts)).toBe(is)
    expect(order.facts.payment).toBe('refund_due')
    expect(says).toEqual([`order.${is}`])
    expect(owes(evolve(order, paying(5, 'refunded')))).toEqual([])
  })
  it('that was set aside for a closed order is quit once it is voided', () => {
    const closed = after(reserved, paying(1, 'authorized'), cancelled, released)
    expect(owes(closed)).toEqual(['order.cancelled'])
    expect(owes(evolve(closed, paying(2, 'voided')))).toEqual([])
  })
  it('that comes after the payment had failed goes back, and the order stays as it was', () => {
    const order = after(reserved, declined, released, paying(4, 'refund_due'))
    expect(status(order.facts)).toBe('payment_failed')
    expect(owes(order)).toEqual(['order.payment_failed'])
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
    expect(owes(order)).toEqual([])
  })
})

describe('parcels', () => {
  const confirmed = [reserved, approved, committed, captured(1), parcels('created')]

  it('lead through shipped and delivered to completed', () => {
    expect(given(...confirmed, parcels('partially_shipped'))).toMatchObject({ is: 'partially_shipped', says: [] })
    expect(given(...confirmed, parcels('shipped'))).toMatchObject({ is: 'shipped', says: ['order.shipped'] })
    const { is, says, order } = given(...confirmed, parcels('shipped'), parcels('delivered'))
    expect({ is, says }).toEqual({ is: 'completed', says: ['order.delivered', 'order.completed'] })
    expect(order.history.map((entry) => entry.status).slice(-3)).toEqual(['shipped', 'delivered', 'completed'])
  })
  it('that come back are paid back, each return once and never more than the order', () => {
    const one = given(...confirmed, parcels('delivered'), cameBack('r1', 40))
    expect({ says: one.says, due: refundDue(one.order) }).toEqual({ says: ['order.returned'], due: 40 })
    const two = given(...confirmed, parcels('delivered'), cameBack('r1', 40), cameBack('r2', 90))
    expect({ says: two.says, due: refundDue(two.order) }).toEqual({ says: ['order.returned'], due: 100 })
    expect(owes(two.order)).toEqual(['order.returned'])
    expect(owes(evolve(two.order, paying(2, 'captured', { refundedForReturns: 100 })))).toEqual([])
  })
  it('that come back are paid back also when money had come twice, and once of it had gone back', () => {
    const twice = [captured(2, 200), captured(3, 100)]
    const { says } = given(...confirmed, ...twice, parcels('delivered'), cameBack('r1', 100, 'returned'))
    expect(says).toContain('order.returned')
  })
  it('that all came back and were paid back leave a completed order', () => {
    const { order } = given(...confirmed, cameBack('r1', 100, 'returned'), captured(2, 0))
    expect(order.facts).toMatchObject({ payment: 'paid', fulfilment: 'returned' })
    expect(status(order.facts)).toBe('completed')
    expect(owes(order)).toEqual([])
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
    expect(owes(order)).toEqual(['order.cancelled'])
    expect(owes(evolve(order, released))).toEqual([])
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
      facts: { ...nothingKnown, stock: 'committed', payment: 'paid', fulfilment: 'shipped' },
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
    expect(expire(order, expiresAt + graceMs - 1)).toBeUndefined()
    expect(expire(order, expiresAt + graceMs)).toEqual(expired)
    expect(lookAt(order, placedAt)).toBe(expiresAt + graceMs)
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
  it('looks for a debt after two minutes, then at growing distances of at most an hour', () => {
    const at = (minutes: number) => placedAt + minutes * 60_000
    expect(lookAt(placed, placedAt)).toBe(placedAt + patienceMs)
    expect(lookAt(placed, at(2))).toBe(at(4))
    expect(lookAt(placed, at(16))).toBe(at(32))
    expect(lookAt(placed, at(600))).toBe(at(660))
  })
  it('leaves a look where it is planned, unless that is about to come or too late for the debt', () => {
    const { order: owing } = given(reserved, approved)
    expect(lookAt(owing, placedAt, placedAt + patienceMs / 2 + 1)).toBe(placedAt + patienceMs / 2 + 1)
    expect(lookAt(owing, placedAt, placedAt + patienceMs / 2)).toBe(placedAt + patienceMs)
    expect(lookAt(owing, placedAt, expiresAt + timerGraceMs)).toBe(placedAt + patienceMs)
    const byFasterClock = placedAt + patienceMs + 3
    expect(lookAt(owing, placedAt, byFasterClock)).toBe(byFasterClock)
    expect(lookAt(given(reserved).order, placedAt, placedAt + patienceMs)).toBe(expiresAt + timerGraceMs)
  })
  it('looks for a hold soon after its end', () => {
    expect(lookAt(given(reserved).order, placedAt)).toBe(expiresAt + timerGraceMs)
  })
  it.each([
    ['settled', [reserved, approved, committed, captured(1), parcels('created')]],
    ['rejected', [refused]],
    ['cancelled and released', [reserved, cancelled, released]],
  ])('does not look at what is %s', (_, events) => {
    expect(lookAt(given(...events).order, placedAt)).toBeUndefined()
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
    expect(status({ ...nothingKnown, stock: 'committed', fulfilment: 'shipped', payment })).toBe('payment_failed')
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
  it('is cancelled for want of stock, with what was said about it where something was', () => {
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
    expect(owes(given(reserved, approved, committed, captured(1), created).order)).toEqual([])
    expect(owes(given(reserved, approved, captured(1), created).order)).toEqual(['order.confirmed'])
    expect(owes(given(reserved, approved, committed, created).order)).toEqual(['order.confirmed'])
    expect(owes(given(reserved, approved, committed, captured(1)).order)).toEqual(['order.confirmed'])
  })
  it('keeps a planned look that is up to a second late', () => {
    const { order } = given(reserved, approved)
    const due = placedAt + patienceMs
    expect(lookAt(order, placedAt, due + 1_000)).toBe(due + 1_000)
    expect(lookAt(order, placedAt, due + 1_001)).toBe(due)
  })
})
