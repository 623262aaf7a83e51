import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PaymentStatus } from '../../schemas/payment.ts'
import { answer, change } from '../../functions/payments/core/change.ts'
import { refundStep, refundable } from '../../functions/payments/core/due-refunds.ts'
import { evolve, maxDeclined } from '../../functions/payments/core/evolve.ts'
import { capturedOf, refundedForReturns, refundedOf } from '../../functions/payments/core/money.ts'
import { nextSweepAt } from '../../functions/payments/core/next-sweep.ts'
import {
  type Outcome,
  type Payment,
  type PaymentEvent,
  type PaymentEventName,
  isOfCard,
  opened,
  orderIdOfRefund,
} from '../../functions/payments/core/payment.ts'
import { pending } from '../../functions/payments/core/pending.ts'
import { refusalOf } from '../../functions/payments/core/refusal.ts'
import { status } from '../../functions/payments/core/status.ts'
import { tryOf } from '../../functions/payments/core/refund.ts'

const at = 1_790_000_000_000
const expiresAt = at + 86_400_000
const amount = { amount: 1_000, currency: 'GBP' }
const fresh = opened('ord_1', 'customer', amount, at)

const reserved = (method: 'manual' | 'wallet' | 'card' = 'card'): PaymentEvent => ({
  name: 'reserved',
  method,
  expiresAt,
})
const tried: PaymentEvent = { name: 'attempted', method: 'card', token: 'tok_accepted' }
const paidByWallet: PaymentEvent = { name: 'attempted', method: 'wallet' }
const reported = (outcome: Outcome, attempt = 1): PaymentEvent => ({ name: 'reported', attempt, outcome })
const authorized = (attempt = 1) => reported({ state: 'authorized', amount }, attempt)
const captured = (attempt = 1) => reported({ state: 'captured', amount }, attempt)
const declined = (attempt = 1) => reported({ state: 'declined', reason: 'card_declined' }, attempt)
const voided = (attempt = 1) => reported({ state: 'voided' }, attempt)
const confirmed: PaymentEvent = { name: 'confirmed' }
const closed: PaymentEvent = { name: 'closed' }
const returned = (due: number): PaymentEvent => ({ name: 'returned', due })
const refunded = (n: number): PaymentEvent => ({ name: 'refunded', refund: `ref_1_${n}`, try: 1 })

/** The payment after these events, and what the last of them made it emit. */
function given(...events: readonly PaymentEvent[]) {
  let payment = fresh
  let emits: readonly PaymentEventName[] = []
  for (const event of events) {
    const changed = change(payment, payment, [event], at)
    payment = changed?.state ?? payment
    emits = changed?.emits ?? []
  }
  const operations = pending(payment).map((each) =>
    each.name === 'refund' ? `refund ${each.refund.amount}` : each.name,
  )
  return { payment, emits, operations, is: status(payment) }
}

describe('a card', () => {
  it('is asked for nothing before somebody pays', () => {
    expect(given(reserved())).toMatchObject({ is: 'requested', emits: [], operations: [] })
  })
  it('is in flight until the provider answers', () => {
    expect(given(reserved(), tried)).toMatchObject({
      is: 'in_flight',
      emits: ['payment.requested'],
      operations: ['authorize'],
    })
  })
  it('is authorized, and captured once the order confirms', () => {
    expect(given(reserved(), tried, authorized())).toMatchObject({
      is: 'authorized',
      emits: ['payment.authorized'],
      operations: [],
    })
    expect(given(reserved(), tried, authorized(), confirmed)).toMatchObject({
      is: 'authorized',
      emits: [],
      operations: ['capture'],
    })
    expect(given(reserved(), tried, authorized(), confirmed, captured())).toMatchObject({
      is: 'captured',
      emits: ['payment.completed'],
      operations: [],
    })
  })
  it('that is declined may be followed by another, until the third', () => {
    const once = given(reserved(), tried, declined())
    expect(once).toMatchObject({ is: 'requested', emits: ['payment.declined'], operations: [] })
    const thrice = given(reserved(), tried, declined(), tried, declined(2), tried, declined(3))
    expect(thrice).toMatchObject({ is: 'failed', emits: ['payment.failed'], operations: [] })
    expect(thrice.payment.attempts).toHaveLength(maxDeclined)
    expect(thrice.payment.failed).toBe('card_declined')
    expect(refusalOf(thrice.payment, at)).toBe('order_closed')
  })
  it('whose money is gone when it is to be captured fails the payment', () => {
    const gone = reported({ state: 'voided', reason: 'capture_failed' })
    const { is, emits, payment } = given(reserved(), tried, authorized(), confirmed, gone)
    expect({ is, emits, failed: payment.failed }).toEqual({
      is: 'failed',
      emits: ['payment.failed'],
      failed: 'capture_failed',
    })
  })
})

describe('money that is set aside after all, and gone again,', () => {
  it('does not fail an attempt that is still in flight', () => {
    expect(given(reserved(), tried, declined(), tried, voided(1))).toMatchObject({ is: 'in_flight', emits: [] })
  })
})

describe('an order that closes', () => {
  it.each<[string, readonly PaymentEvent[], PaymentStatus, readonly PaymentEventName[], readonly string[]]>([
    ['before anybody paid: nothing is left to do', [reserved()], 'voided', ['payment.voided'], []],
    ['while money is in flight: it is called back', [reserved(), tried], 'in_flight', [], ['recall']],
    ['once money is set aside: it is given up', [reserved(), tried, authorized()], 'authorized', [], ['void']],
    [
      'once money is taken: it goes back',
      [reserved(), tried, authorized(), confirmed, captured()],
      'refund_due',
      [],
      ['refund 1000'],
    ],
    [
      'after a partial refund: the rest goes back',
      [reserved(), tried, captured(), { name: 'refund_requested', amount: 300 }, refunded(1)],
      'refund_due',
      [],
      ['refund 700'],
    ],
  ])('%s', (_, before, is, emits, operations) => {
    expect(given(...before, closed)).toMatchObject({ is, emits, operations })
  })
  it('is settled once the money is back', () => {
    expect(given(reserved(), tried, authorized(), closed, voided())).toMatchObject({
      is: 'voided',
      emits: ['payment.voided'],
      operations: [],
    })
    expect(given(reserved(), tried, captured(), closed, refunded(1))).toMatchObject({
      is: 'refunded',
      emits: ['payment.refunded'],
      operations: [],
    })
  })
  it('gives back once what comes late', () => {
    const late = given(reserved(), tried, closed, voided(), captured())
    expect(late).toMatchObject({ is: 'refund_due', emits: ['payment.completed'], operations: ['refund 1000'] })
    const twice = given(reserved(), tried, closed, voided(), captured(), captured(), refunded(1), captured())
    expect(twice).toMatchObject({ is: 'refunded', operations: [] })
    expect(evolve(twice.payment, { name: 'refunded', refund: 'ref_1_1', try: 1, reference: 'again' }, at)).toBe(
      twice.payment,
    )
    expect(twice.payment.refunds).toHaveLength(1)
  })
  it('takes no money afterwards', () => {
    const { payment } = given(reserved(), closed)
    expect(evolve(payment, tried, at)).toBe(payment)
    expect(given(closed, reserved('card'))).toMatchObject({ is: 'voided', emits: [] })
  })
})

describe('a failed payment', () => {
  const failing = [reserved(), tried, declined(), tried, declined(2), tried, declined(3)]
  it('gives late money up, or back', () => {
    expect(given(...failing, authorized(2))).toMatchObject({ is: 'authorized', operations: ['void'] })
    expect(given(...failing, authorized(2), voided(2))).toMatchObject({
      is: 'failed',
      emits: ['payment.failed'],
      operations: [],
    })
    expect(given(...failing, captured(2))).toMatchObject({ is: 'refund_due', operations: ['refund 1000'] })
  })
  it('stays failed when its order closes, so that nobody takes it for one that was never tried', () => {
    expect(given(...failing, closed)).toMatchObject({ is: 'failed', emits: [] })
  })
})

describe('money that comes twice', () => {
  const twice = [reserved(), tried, declined(), tried, captured(2)]
  it('is kept once', () => {
    const { payment, operations } = given(...twice, captured(1))
    expect(operations).toEqual(['refund 1000'])
    expect(payment.refunds[0]).toMatchObject({ cause: 'duplicate' })
    expect(status(payment)).toBe('captured')
    expect(given(...twice, captured(1), refunded(1), confirmed).payment.refunds).toHaveLength(1)
  })
  it('and a third time is kept where some of it went back already', () => {
    const some: PaymentEvent = { name: 'refund_requested', amount: 300 }
    const third = [reserved(), tried, declined(), tried, declined(2), tried, captured(3)]
    const { payment } = given(...third, some, captured(2), captured(1))
    expect(payment.refunds.map(({ attempt, cause }) => [attempt, cause])).toEqual([
      [3, 'operator'],
      [2, 'duplicate'],
      [1, 'duplicate'],
    ])
  })
  it('leaves what went back of it given', () => {
    const all: PaymentEvent = { name: 'refund_requested', amount: 1_000 }
    const { payment } = given(...twice, all, refunded(1), captured(1))
    expect(payment.refunds.map(({ attempt, cause }) => [attempt, cause])).toEqual([
      [2, 'operator'],
      [1, 'duplicate'],
    ])
    expect(given(...twice, confirmed, returned(400), captured(1)).operations).toEqual(['refund 400', 'refund 1000'])
  })
  it('is given up where it is only set aside', () => {
    expect(given(...twice, authorized(1))).toMatchObject({ is: 'captured', operations: ['void'] })
  })
})

describe('a wallet', () => {
  it('pays at once', () => {
    const { payment } = given(reserved('wallet'))
    const changed = change(payment, payment, [paidByWallet, captured()], at)
    expect(changed?.emits).toEqual(['payment.completed'])
  })
  it('that is too small fails at once', () => {
    const { payment } = given(reserved('wallet'))
    const poor = reported({ state: 'declined', reason: 'insufficient_funds' })
    const changed = change(payment, payment, [paidByWallet, poor], at)
    expect(changed?.emits).toEqual(['payment.failed'])
    expect(changed?.state.failed).toBe('insufficient_funds')
  })
})

describe('a manual payment', () => {
  it('is in the books once the order is approved, and out of them once it closes', () => {
    expect(given(reserved('manual'))).toMatchObject({ is: 'requested', emits: [], operations: [] })
    expect(given(reserved('manual'), confirmed)).toMatchObject({
      is: 'captured',
      emits: ['payment.completed'],
      operations: [],
    })
    expect(given(reserved('manual'), confirmed, closed)).toMatchObject({
      is: 'refunded',
      emits: ['payment.refunded'],
      operations: [],
    })
    expect(given(reserved('manual'), closed)).toMatchObject({ is: 'voided', emits: ['payment.voided'], operations: [] })
  })
  it('stands although the event of the held stock is lost', () => {
    expect(given(confirmed)).toMatchObject({ is: 'captured', emits: ['payment.completed'] })
  })
  it('is nobody else’s to pay', () => {
    expect(refusalOf(given(reserved('manual')).payment, at)).toBe('payment_manual')
  })
})

describe('goods that come back', () => {
  const paid = [reserved(), tried, authorized(), confirmed, captured()]
  it('are paid back as they come, in sum', () => {
    const first = given(...paid, returned(300), refunded(1))
    expect(first).toMatchObject({ is: 'captured', emits: ['payment.refunded'], operations: [] })
    const second = given(...paid, returned(300), refunded(1), returned(500), refunded(2), returned(300))
    expect(second.payment.refunds.map((refund) => refund.amount)).toEqual([300, 200])
    expect(refundedForReturns(second.payment)).toBe(500)
  })
  it('are never paid back beyond what came', () => {
    const { payment } = given(...paid, { name: 'refund_requested', amount: 800 }, returned(500), returned(1_000))
    expect(payment.refunds.map((refund) => refund.amount)).toEqual([800, 200])
    expect(refundable(payment)).toBe(0)
  })
})

describe('an order that costs nothing', () => {
  it('asks nobody for money, and gives none back', () => {
    const free = opened('ord_1', 'customer', { amount: 0, currency: 'GBP' }, at)
    const changed = change(free, free, [reserved(), { name: 'attempted', method: 'card' }], at)
    expect(changed?.emits).toEqual(['payment.completed'])
    const gone = change(free, changed?.state ?? free, [closed], at)
    expect({ is: status(gone?.state ?? free), refunds: gone?.state.refunds }).toEqual({ is: 'voided', refunds: [] })
  })
})

describe('an amount that is not the order’s', () => {
  it.each([
    [{ amount: 999, currency: 'GBP' }, 'captured 999 GBP instead of 1000 GBP'],
    [{ amount: 1_000, currency: 'EUR' }, 'captured 1000 EUR instead of 1000 GBP'],
  ])('puts the payment on hold, and nothing moves by itself: %j', (wrong, why) => {
    const { payment, operations } = given(reserved(), tried, reported({ state: 'captured', amount: wrong }))
    expect(payment.onHold).toBe(why)
    expect(operations).toEqual([])
    expect(refusalOf(payment, at)).toBe('payment_on_hold')
    expect(pending(evolve(payment, { name: 'resumed' }, at))).toEqual([{ name: 'authorize', attempt: 1 }])
  })
})

describe('an attempt', () => {
  it.each<[string, Payment, number, string | undefined]>([
    ['may begin while the hold lasts', given(reserved()).payment, at, undefined],
    ['is too late when the hold is over', given(reserved()).payment, expiresAt, 'order_closed'],
    ['is one too many while another is in flight', given(reserved(), tried).payment, at, 'payment_in_flight'],
    ['is one too many when money is set aside', given(reserved(), tried, authorized()).payment, at, 'already_paid'],
    ['may begin after a decline', given(reserved(), tried, declined()).payment, at, undefined],
    ['cannot begin before the stock is held', fresh, at, 'order_closed'],
    ['cannot begin once the order is closed', given(reserved(), closed).payment, at, 'order_closed'],
  ])('%s', (_, payment, now, refusal) => {
    expect(refusalOf(payment, now)).toBe(refusal)
    const begins = evolve(payment, tried, now) !== payment
    expect(begins).toBe(refusal === undefined)
  })
})

describe('a request of orders', () => {
  const ask = (payment: Payment, id: string) =>
    answer(payment, payment, { kind: 'confirmed', id, events: [confirmed] }, at)
  it('is answered again under a new id, with how things are, and not under the same', () => {
    const { payment } = given(reserved(), tried, authorized())
    const first = ask(payment, 'ord_1/order@3/order.confirmed')
    expect(first?.emits).toEqual([])
    const known = first?.state ?? payment
    expect(ask(known, 'ord_1/order@3/order.confirmed')).toBeUndefined()
    expect(ask(known, 'ord_1/order@4/order.confirmed')?.emits).toEqual(['payment.authorized'])
    const paid = evolve(known, captured(), at)
    expect(ask(paid, 'ord_1/order@5/order.confirmed')?.emits).toEqual(['payment.completed'])
  })
})

describe('the sweeper', () => {
  it('plans a sweep soon after an operation became pending, then at growing distances, at most four minutes', () => {
    const { payment } = given(reserved(), tried)
    expect(nextSweepAt(payment, at)).toBe(at + 30_000)
    expect(nextSweepAt(payment, at + 60_000)).toBe(at + 120_000)
    expect(nextSweepAt(payment, at + 86_400_000)).toBe(at + 86_640_000)
    expect(nextSweepAt(given(reserved(), tried, authorized()).payment, at)).toBeUndefined()
  })
})

describe('any order of arrival, with duplicates,', () => {
  /** Everything there is to hear of an order whose card was tried, by what became of both. */
  const histories = fc.oneof(
    fc.constant<PaymentEvent[]>([authorized(), confirmed, captured()]),
    fc.constant<PaymentEvent[]>([authorized(), confirmed, captured(), returned(200), returned(450)]),
    fc.constant<PaymentEvent[]>([declined(), closed]),
    fc.constant<PaymentEvent[]>([authorized(), closed, captured()]),
    fc.constant<PaymentEvent[]>([confirmed, closed, authorized(), captured()]),
  )
  const shuffled = histories.chain((events) =>
    fc.record({
      once: fc.constant(events),
      twice: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
    }),
  )
  const facts = ({ payment }: ReturnType<typeof given>) => ({
    ...payment,
    refunds: undefined,
    promised: payment.refunds.reduce((sum, refund) => sum + refund.amount, 0),
  })

  it('leads to the same facts', () => {
    fc.assert(
      fc.property(shuffled, ({ once, twice }) => {
        expect(facts(given(reserved(), tried, ...twice))).toEqual(facts(given(reserved(), tried, ...once)))
      }),
    )
  })

  const anything = fc.oneof(
    fc.constantFrom<PaymentEvent>(tried, confirmed, closed, { name: 'resumed' }),
    fc
      .integer({ min: 1, max: 4 })
      .chain((attempt) => fc.constantFrom(authorized(attempt), captured(attempt), declined(attempt), voided(attempt))),
    fc.integer({ min: 1, max: 1_200 }).map((sum): PaymentEvent => ({ name: 'refund_requested', amount: sum })),
    fc.integer({ min: 1, max: 1_200 }).map(returned),
    fc
      .record({
        refund: fc.integer({ min: 1, max: 5 }).map((n) => `ref_1_${n}`),
        number: fc.integer({ min: 1, max: 3 }),
      })
      .chain(({ refund, number }) =>
        fc.constantFrom<PaymentEvent>(
          { name: 'refunded', refund, try: number },
          { name: 'refund_failed', refund, try: number, why: 'the account is closed' },
          { name: 'refund_closed', refund, closed: { by: 'operator', reference: 'cash', at } },
        ),
      ),
  )

  it('keeps money whole: never more promised than came, and nothing kept of what nobody wants', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 25 }), (events) => {
        const { payment } = given(reserved(), ...events)
        const promised = payment.refunds.reduce((sum, refund) => sum + refund.amount, 0)
        expect(refundedOf(payment)).toBeLessThanOrEqual(promised)
        expect(promised).toBeLessThanOrEqual(capturedOf(payment))
        const kept = capturedOf(payment) - promised
        expect(kept).toBeLessThanOrEqual(amount.amount)
        if (payment.order === 'closed' || payment.failed) expect(kept).toBe(0)
      }),
    )
  })
  it('has nothing pending in the end, once every operation was done', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 25 }), (events) => {
        let { payment } = given(reserved(), ...events)
        payment = evolve(payment, { name: 'resumed' }, at)
        for (let step = 0; step < 20 && pending(payment).length > 0; step += 1) {
          const operation = pending(payment)[0]!
          const done: PaymentEvent =
            operation.name === 'refund'
              ? { name: 'refunded', refund: operation.refund.id, try: tryOf(operation.refund) }
              : operation.name === 'void' || operation.name === 'recall'
                ? voided(operation.attempt)
                : operation.name === 'capture'
                  ? captured(operation.attempt)
                  : authorized(operation.attempt)
          payment = evolve(payment, done, at)
        }
        expect(pending(payment)).toEqual([])
        expect(['in_flight', 'refund_due']).not.toContain(status(payment))
      }),
    )
  })
})

describe('what a provider calls a charge', () => {
  it('is kept from its first answer on', () => {
    const named = reported({ state: 'authorized', amount, reference: 'pi_1' })
    expect(given(reserved(), tried, named).payment.attempts[0]).toMatchObject({
      state: 'authorized',
      reference: 'pi_1',
    })
    expect(given(reserved(), tried, authorized()).payment.attempts[0]).not.toHaveProperty('reference')
    const later = given(reserved(), tried, named, confirmed, captured()).payment
    expect(later.attempts[0]).toMatchObject({ state: 'captured', reference: 'pi_1' })
  })
})

describe('the id of a refund', () => {
  it('names its order, and nothing else does', () => {
    expect(orderIdOfRefund('ref_1_2')).toBe('ord_1')
    for (const id of ['ref_1', 'ref_1_0', 'ref_1_123456', 'ord_1_1', '']) expect(orderIdOfRefund(id)).toBeUndefined()
  })
})

describe('an answer to who asks again', () => {
  const asked = (...events: PaymentEvent[]) => {
    const { payment } = given(...events)
    return answer(payment, payment, { kind: 'confirmed', id: 'ord_1/order@9/order.confirmed', events: [] }, at)?.emits
  }
  const paid = [reserved(), tried, authorized(), confirmed, captured()]
  it('is how the money stands', () => {
    expect(asked(reserved())).toEqual([])
    expect(asked(reserved(), tried, declined())).toEqual(['payment.declined'])
    expect(asked(reserved(), tried)).toEqual(['payment.requested'])
    expect(asked(...paid)).toEqual(['payment.completed'])
    expect(asked(...paid, returned(200))).toEqual(['payment.completed'])
    expect(asked(...paid, returned(200), refunded(1))).toEqual(['payment.refunded'])
    expect(asked(...paid, closed)).toEqual(['payment.completed'])
    expect(asked(...paid, closed, refunded(1))).toEqual(['payment.refunded'])
    expect(asked(...paid, returned(1), refunded(1))).toEqual(['payment.refunded'])
    expect(asked(reserved(), tried, voided())).toEqual(['payment.failed'])
    expect(asked(closed)).toEqual(['payment.voided'])
  })
})

describe('a refund that the provider takes its time for', () => {
  const due = [reserved(), tried, authorized(), confirmed, captured(), returned(200)]
  const pending = (reference: string): PaymentEvent => ({
    name: 'refund_pending',
    refund: 'ref_1_1',
    try: 1,
    reference,
  })
  const refundOf = (...events: PaymentEvent[]) => given(...due, ...events).payment.refunds[0]
  it('is known by its reference, and stays due', () => {
    expect(refundOf(pending('re_1'))).toMatchObject({ state: 'due', reference: 're_1' })
    expect(refundOf(pending('re_1'), pending('re_2'))).toMatchObject({ state: 'due', reference: 're_2' })
  })
  it('is not pending again once it is done', () => {
    expect(refundOf(pending('re_1'), refunded(1), pending('re_2'))).toMatchObject({ state: 'done', reference: 're_1' })
  })
})

describe('a refund of what is paid in steps', () => {
  it('by card is of whole steps, by wallet of what is due', () => {
    const odd = { amount: 1_000, currency: 'MGA' }
    const after = (method: 'card' | 'wallet') =>
      [
        reserved(method),
        method === 'card' ? tried : paidByWallet,
        reported({ state: 'captured', amount: odd }),
        returned(251),
      ].reduce((payment, event) => evolve(payment, event, at), opened('ord_1', 'customer', odd, at)).refunds
    expect(after('card').map((refund) => refund.amount)).toEqual([300])
    expect(after('wallet').map((refund) => refund.amount)).toEqual([251])
  })
})

describe('money of a single minor unit', () => {
  it('is refunded once it is back', () => {
    const one = { amount: 1, currency: 'GBP' }
    const events = [reserved(), tried, reported({ state: 'captured', amount: one }), closed, refunded(1)]
    const payment = events.reduce((known, event) => evolve(known, event, at), opened('ord_1', 'customer', one, at))
    expect(status(payment)).toBe('refunded')
  })
})

describe('what is known of a payment', () => {
  const some = (sum: number): PaymentEvent => ({ name: 'refund_requested', amount: sum })
  const paid = [reserved(), tried, authorized(), confirmed, captured()]
  const fails = (n: number): PaymentEvent => ({ name: 'refund_failed', refund: `ref_1_${n}`, try: 1, why: 'no' })
  const resumed: PaymentEvent = { name: 'resumed' }

  it.each<[string, PaymentEvent[], PaymentEvent]>([
    ['a second hold of its order', [reserved()], { name: 'reserved', method: 'wallet', expiresAt: at }],
    ['a second closing', [closed], closed],
    ['returns that cost no more than those before', [...paid, returned(200)], returned(200)],
    ['an operator that resumes what is not on hold', [...paid, some(100), refunded(1)], resumed],
    ['a refund of more than is left', paid, some(1_001)],
  ])('is not changed by %s', (_, events, event) => {
    const { payment } = given(...events)
    expect(evolve(payment, event, at + 1)).toBe(payment)
  })

  it('grows by the name that the provider gives an attempt, also when nothing else is new', () => {
    const named = reported({ state: 'authorized', amount, reference: 'pi_1' })
    expect(given(reserved(), tried, authorized(), named).payment.attempts).toMatchObject([{ reference: 'pi_1' }])
  })

  it('keeps why it is on hold, and why it has failed', () => {
    const other = (sum: number) => reported({ state: 'captured', amount: { ...amount, amount: sum } })
    expect(given(reserved(), tried, other(7), other(8)).payment.onHold).toBe('captured 7 GBP instead of 1000 GBP')
    const { payment } = given(reserved(), tried, declined(), tried, declined(2), tried, declined(3))
    const changed = { ...payment, failed: 'insufficient_funds' } as const
    expect(evolve(changed, closed, at).failed).toBe('insufficient_funds')
  })

  it('is no failure where only some of its cards were declined when its order closed', () => {
    const { payment, is } = given(
      reserved(),
      tried,
      declined(),
      tried,
      declined(2),
      tried,
      authorized(3),
      closed,
      voided(3),
    )
    expect([payment.failed, is]).toEqual([undefined, 'voided'])
  })

  it('leaves a refund that was done as it is when another one is tried again', () => {
    const { payment } = given(...paid, some(100), some(200), refunded(1), fails(2), resumed)
    expect(payment.refunds.map(({ state, tries }) => [state, tries])).toEqual([
      ['done', undefined],
      ['due', 2],
    ])
  })

  it('gives returned goods back beside what an operator gave, and names the cause of each', () => {
    const { payment } = given(...paid, some(300), returned(400), closed)
    expect(payment.refunds.map(({ cause, amount: sum }) => [cause, sum])).toEqual([
      ['operator', 300],
      ['return', 400],
      ['order_closed', 300],
    ])
  })

  it('emits each fact once', () => {
    expect(given(...paid, some(100), fails(1)).emits).toEqual(['payment.refund_failed'])
    expect(given(...paid, some(100), fails(1), returned(200)).emits).toEqual([])
    const named = reported({ state: 'declined', reason: 'card_declined', reference: 'pi_1' })
    expect(given(reserved(), tried, declined(), named).emits).toEqual([])
  })

  it('emits that money came with its very first version, where the order was approved first', () => {
    expect(change(undefined, fresh, [confirmed], at)?.emits).toEqual(['payment.completed'])
  })

  it('has nothing to give back before money came', () => {
    expect([refundable(fresh), refundable(given(...paid).payment)]).toEqual([0, 1_000])
  })
})

describe('a refund that a provider reports', () => {
  const { payment } = given(reserved(), tried, authorized(), confirmed, captured(), returned(200))
  it.each([
    ['ref_1_1', 1, true],
    ['ref_1_2', 1, false],
    ['ref_1_1', 2, false],
  ])('%s of attempt %i is of the payment: %s', (id, attempt, is) => {
    expect(isOfCard(payment, id, attempt)).toBe(is)
  })
  it('is one of several of its attempt', () => {
    const { payment: several } = given(reserved(), tried, captured(), returned(200), closed)
    expect(['ref_1_1', 'ref_1_2', 'ref_1_3'].map((refund) => isOfCard(several, refund, 1))).toEqual([true, true, false])
  })
  it('is none of a wallet', () => {
    expect(isOfCard(given(reserved('wallet'), paidByWallet, closed).payment, 'ref_1_1', 1)).toBe(false)
  })
  it('emits up to 200 characters of why it failed', () => {
    const failing = (why: string): PaymentEvent => ({ name: 'refund_failed', refund: 'ref_1_1', try: 1, why })
    const [failed] = evolve(payment, failing('x'.repeat(300)), at).refunds
    expect(failed?.failure).toHaveLength(200)
  })
})

describe('an attempt that is pending', () => {
  it('keeps the payment open, however many were declined before', () => {
    const { payment } = given(reserved(), tried, declined(), tried, declined(2), tried)
    expect(payment.attempts.map(({ state }) => state)).toEqual(['declined', 'declined', 'pending'])
    const declinedOnce = { ...payment, attempts: [payment.attempts[0]!, ...payment.attempts] }
    const changed = evolve(declinedOnce, { name: 'returned', due: 1 }, at)
    expect(changed.failed).toBeUndefined()
    expect(evolve(declinedOnce, declined(4), at).failed).toBe('card_declined')
  })
})

describe('what goes back of a payment that nobody has made', () => {
  it('is of any amount', () => {
    expect(refundStep(fresh)).toBe(1)
  })
})

describe('an order that is paid before its hold is known', () => {
  it('keeps the way that it was paid in', () => {
    const approvedFirst = evolve(fresh, confirmed, at)
    expect(approvedFirst.attempts).toHaveLength(1)
    expect(evolve(approvedFirst, reserved('card'), at).method).toBe(approvedFirst.method)
    expect(evolve(fresh, reserved('card'), at).method).toBe('card')
  })
})
