import { beforeEach, describe, expect, it } from 'vitest'
import { events as orders } from '../../schemas/orders.ts'
import { itemSize, writeUnitBytes } from '../../functions/runtime/item-size.ts'
import { type PaymentsWorld, customer, day, gbp, id, paymentsWorld, start } from './payments-world.ts'

let world: PaymentsWorld
beforeEach(() => {
  world = paymentsWorld()
})
const card = (token: string) => world.reserve({ method: 'card', token })

describe('an order that is to be paid by card', () => {
  it('is noted before the provider is asked, authorized, and captured once it confirms', async () => {
    let before: unknown
    world.beforeCall = async () => void (before ??= world.item()['payment'])
    expect(await card('tok_accepted')).toEqual([])
    expect(before).toMatchObject({ attempts: [{ state: 'pending' }] })
    expect(await world.payment()).toMatchObject({ id: 'pay_1', status: 'authorized', captured: gbp(0) })
    await world.confirm()
    expect(await world.payment()).toMatchObject({ status: 'captured', captured: gbp(1_000), refunded: gbp(0) })
    expect(world.calls).toEqual(['authorize', 'capture'])
    expect(world.emitted()).toEqual(['payment.requested', 'payment.authorized', 'payment.completed'])
  })
  it('emits what every contract wants, under versions that grow', async () => {
    await card('tok_accepted')
    await world.confirm()
    const published = await world.publish()
    expect(published.map(({ data }) => [data.version, data.status])).toEqual([
      [1, 'in_flight'],
      [2, 'authorized'],
      [4, 'captured'],
    ])
    expect(published[0]).toMatchObject({
      id: `${id}/payment@1/payment.requested`,
      correlationId: id,
      causationId: `${id}/order@2/order.reserved`,
      data: { paymentId: 'pay_1', customerId: customer.sub, method: 'card', amount: gbp(1_000) },
    })
  })
  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_expired_card', 'card_expired'],
    ['tok_never_heard_of', 'unknown_token'],
  ])('with %s waits for another attempt', async (token, reason) => {
    await card(token)
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [{ state: 'declined', reason }] })
    expect((await world.publish()).at(-1)).toMatchObject({ data: { status: 'requested', reason, attemptsLeft: 2 } })
  })
  it('without a token waits for one, and nothing is emitted', async () => {
    await world.reserve({ method: 'card' })
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [] })
    expect(world.emitted()).toEqual([])
  })
  it('whose token travels apart waits for that, and is tried once', async () => {
    await world.reserveApart()
    expect(await world.payment().catch(() => undefined)).toBeUndefined()
    await world.reserveApart('tok_accepted')
    const { version } = world.item()
    await world.reserveApart()
    await world.reserveApart('tok_accepted')
    expect(world.item().version).toBe(version)
    expect(world.calls).toEqual(['authorize'])
    expect(await world.payment()).toMatchObject({ status: 'authorized', method: 'card', amount: gbp(1_000) })
    await world.reserveApart('tok_accepted', `${id}/order@5/order.reserved`)
    expect((await world.payment()).attempts).toHaveLength(1)
    expect(world.emitted().slice(-2)).toEqual(['payment.authorized', 'payment.authorized'])
  })
  it('whose token comes after the customer paid otherwise is not tried', async () => {
    await world.cancel(id, { stock: 'held' })
    await world.reserveApart('tok_accepted')
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [] })
  })
  it('is not tried any more once its hold is over', async () => {
    world.now = start + day
    await card('tok_accepted')
    expect(world.calls).toEqual([])
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [] })
  })
  it('whose authorization cannot be captured fails for good', async () => {
    await card('tok_capture_fails')
    await world.confirm()
    expect(await world.payment()).toMatchObject({ status: 'failed', reason: 'capture_failed' })
    expect((await world.publish()).at(-1)).toMatchObject({ data: { status: 'failed', reason: 'capture_failed' } })
  })
  it('and costs nothing is paid without asking anybody', async () => {
    await world.reserve({ method: 'card' }, { total: gbp(0) })
    expect(world.calls).toEqual([])
    expect(world.emitted()).toEqual(['payment.completed'])
  })
})

describe('an outcome that is not known', () => {
  it.each([
    ['tok_unknown', 'authorized'],
    ['tok_unknown_declined', 'requested'],
    ['tok_accepted_after_error', 'authorized'],
    ['tok_slow', 'authorized'],
  ])('of %s is asked for, not guessed', async (token, status) => {
    await card(token)
    expect(await world.payment()).toMatchObject({ status: 'in_flight' })
    world.now += 10_000
    expect(await world.sweep()).toEqual({ settled: 0, pending: 0, forgotten: 0, failed: 0 })
    world.now += 20_000
    expect(await world.sweep()).toEqual({ settled: 1, pending: 0, forgotten: 0, failed: 0 })
    expect(await world.payment()).toMatchObject({ status })
    expect(world.calls.filter((call) => call === 'authorize').length).toBeLessThanOrEqual(2)
  })
  it('of a provider that is away for two hours is known within five minutes of its return', async () => {
    await card('tok_accepted_after_outage')
    for (let minute = 1; minute < 120; minute += 1) {
      world.now = start + minute * 60_000
      expect(await world.sweep()).toMatchObject({ settled: 0 })
    }
    const settled: number[] = []
    for (let minute = 120; minute <= 125; minute += 1) {
      world.now = start + minute * 60_000
      if ((await world.sweep()).settled > 0) settled.push(minute)
    }
    expect(settled).toHaveLength(1)
    expect(await world.payment()).toMatchObject({ status: 'authorized' })
  })
  it('is asked for at growing distances while it stays so', async () => {
    await card('tok_late')
    const asked: number[] = []
    for (let minute = 1; minute <= 24; minute += 1) {
      world.now = start + minute * 60_000
      if ((await world.sweep()).pending > 0) asked.push(minute)
    }
    expect(asked).toEqual([1, 2, 4, 8, 12, 16, 20, 24])
    expect(world.emitted()).toEqual(['payment.requested'])
  })
  it('of a capture is tried again', async () => {
    await card('tok_accepted')
    world.beforeCall = async () => Promise.reject(new Error('no answer'))
    expect(await world.confirm()).toEqual([])
    expect(await world.payment()).toMatchObject({ status: 'authorized' })
    world.beforeCall = async () => {}
    world.now += 30_000
    expect(await world.sweep()).toMatchObject({ settled: 1 })
    expect(await world.payment()).toMatchObject({ status: 'captured' })
  })
  it('is asked for by the redelivered event when the first delivery died before the call', async () => {
    world.beforeCall = async () => {
      world.beforeCall = async () => {}
      world.beforeWrite = async () => Promise.reject(new Error('died'))
    }
    expect(await card('tok_accepted')).toHaveLength(1)
    world.beforeWrite = async () => {}
    expect(await card('tok_accepted')).toEqual([])
    expect(await world.payment()).toMatchObject({ status: 'authorized', attempts: [{}] })
  })
})

describe('an order that is paid from the wallet', () => {
  it('costs its amount, in one transaction with the ledger', async () => {
    await world.deposit(2_500)
    await world.reserve({ method: 'wallet' })
    expect(await world.payment()).toMatchObject({ status: 'captured', captured: gbp(1_000) })
    expect(await world.wallet()).toMatchObject({
      balance: gbp(1_500),
      items: [
        { kind: 'payment', amount: -1_000, balance: 1_500, orderId: id },
        { kind: 'deposit', amount: 2_500, balance: 2_500 },
      ],
    })
    expect(world.emitted()).toEqual(['wallet.changed', 'payment.completed', 'wallet.changed'])
    expect(world.calls).toEqual([])
  })
  it.each([
    ['is too small', 999, 'GBP', 'insufficient_funds'],
    ['is empty', 0, 'GBP', 'insufficient_funds'],
    ['has another currency', 5_000, 'EUR', 'currency_mismatch'],
  ])('fails at once when that %s', async (_, amount, currency, reason) => {
    if (amount > 0) await world.deposit(amount, customer.sub, currency)
    await world.reserve({ method: 'wallet' })
    expect(await world.payment()).toMatchObject({ status: 'failed', reason })
    expect((await world.wallet()).balance.amount).toBe(amount)
    expect(world.emitted()).not.toContain('payment.requested')
  })
  it('never takes more than there is, whoever pays at once', async () => {
    await world.deposit(2_500)
    const ids = ['ord_1', 'ord_2', 'ord_3', 'ord_4']
    await Promise.all(ids.map((orderId) => world.reserve({ method: 'wallet' }, { orderId })))
    const states = await Promise.all(ids.map(async (orderId) => (await world.payment(orderId)).status))
    expect(states.toSorted()).toEqual(['captured', 'captured', 'failed', 'failed'])
    expect((await world.wallet()).balance).toEqual(gbp(500))
  })
  it('gets it back once when it closes, however often that is repeated', async () => {
    await world.deposit(2_500)
    await world.reserve({ method: 'wallet' })
    await world.cancel()
    await world.cancel()
    await world.cancel(id, {}, 'again')
    expect((await world.wallet()).balance).toEqual(gbp(2_500))
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunds: [{ cause: 'order_closed' }] })
    expect(world.emitted().filter((name) => name === 'wallet.changed')).toHaveLength(3)
  })
})

describe('a payment', () => {
  it('costs one write unit each time, through its whole life', async () => {
    const orderId = `ord_${'A'.repeat(26)}`
    const sizes: number[] = []
    world.beforeWrite = async ([write]) => {
      if (write && 'put' in write) sizes.push(itemSize(write.put))
    }
    await world.reserve({ method: 'card', token: `pm_${'1'.repeat(24)}` }, { orderId })
    await world.pay({ method: 'card', token: 'tok_accepted' }, { id: orderId })
    await world.confirm(orderId)
    await world.comeBack(100, orderId)
    await world.cancel(orderId)
    expect(await world.payment(orderId)).toMatchObject({ status: 'refunded', attempts: [{}, {}], refunds: [{}, {}] })
    expect(Math.max(...sizes)).toBeLessThan(writeUnitBytes)
  })
  it('from a wallet emits an event of the wallet, too', async () => {
    await world.deposit(2_500)
    await world.reserve({ method: 'wallet' })
    expect((await world.publish()).filter(({ id }) => id.endsWith('/wallet.changed'))).toMatchObject([
      { data: { customerId: customer.sub, balance: gbp(2_500), entry: { kind: 'deposit' } } },
      { data: { balance: gbp(1_500), entry: { kind: 'payment', amount: -1_000, orderId: id } } },
    ])
  })
})

describe('a manual payment', () => {
  it('is in the books when the order confirms', async () => {
    await world.reserve({ method: 'manual' })
    expect(world.emitted()).toEqual([])
    await world.confirm()
    await world.cancel()
    expect(world.emitted()).toEqual(['payment.completed', 'payment.refunded'])
    expect(world.calls).toEqual([])
  })
  it('is captured too when the event of the held stock is lost', async () => {
    await world.confirm()
    expect(await world.payment()).toMatchObject({ method: 'manual', status: 'captured' })
  })
})

describe('an order that closes', () => {
  it('before its money was taken has it given up', async () => {
    await card('tok_accepted')
    await world.cancel()
    expect(world.calls).toEqual(['authorize', 'void'])
    expect(await world.payment()).toMatchObject({ status: 'voided' })
    expect(world.emitted()).toEqual(['payment.requested', 'payment.authorized', 'payment.voided'])
  })
  it('after its money was taken gets it back', async () => {
    await card('tok_accepted')
    await world.confirm()
    await world.cancel()
    expect(world.calls).toEqual(['authorize', 'capture', 'refund'])
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
  })
  it('while the capture is on its way gets the money back', async () => {
    await card('tok_accepted')
    world.beforeCall = async () => {
      world.beforeCall = async () => {}
      await world.cancel()
    }
    await world.confirm()
    expect(await world.payment()).toMatchObject({ refunded: (await world.payment()).captured })
  })
  it('while its card is in flight is not charged afterwards', async () => {
    await card('tok_unknown')
    await world.cancel()
    expect(world.calls).toEqual(['authorize', 'find', 'void'])
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [{ state: 'voided' }] })
  })
  it('while the provider is not sure of its card waits for an answer', async () => {
    await card('tok_unknown')
    world.findAnswer = 'unsure'
    expect(await world.cancel()).toEqual([])
    expect(world.calls).toEqual(['authorize', 'find'])
    expect(await world.payment()).toMatchObject({ status: 'in_flight', attempts: [{ state: 'pending' }] })
  })
  it('before its card was even asked for is charged nothing', async () => {
    world.beforeCall = async () => Promise.reject(new Error('no answer'))
    await card('tok_accepted')
    world.beforeCall = async () => {}
    await world.cancel()
    expect(world.calls).toEqual(['authorize', 'find'])
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [{ state: 'voided' }] })
  })
  it('while the provider still works on its card has it called back', async () => {
    await card('tok_slow')
    await world.cancel()
    expect(world.calls).toEqual(['authorize', 'find', 'void'])
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [{ state: 'voided' }] })
  })
  it.each([
    [2_499, 2],
    [2_500, 1],
  ])('begins no further refund after 2.5 s: one that takes %i ms is one of %i', async (takesMs, begun) => {
    await card('tok_accepted')
    await world.confirm()
    world.beforeCall = async () => Promise.reject(new Error('no answer'))
    await world.refund({ amount: gbp(300) })
    world.calls.length = 0
    world.beforeCall = async () => void (world.now += takesMs)
    await world.cancel()
    expect(world.calls).toEqual(Array.from({ length: begun }, () => 'refund'))
  })
  it('gives the money back into the wallet once, though two functions do it at once', async () => {
    await world.deposit(1_000)
    await world.reserve({ method: 'wallet' })
    world.beforeWrite = async (writes) => {
      if (writes.length < 2) return
      world.beforeWrite = async () => {}
      world.now += 60_000
      expect(await world.sweep()).toMatchObject({ settled: 1 })
    }
    expect(await world.cancel()).toEqual([])
    expect(await world.wallet()).toMatchObject({ balance: gbp(1_000) })
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunds: [{ state: 'done' }] })
  })
  it('before its first event arrived leaves a tombstone that no attempt gets past', async () => {
    await world.cancel()
    expect(world.emitted()).toEqual(['payment.voided'])
    await card('tok_accepted')
    expect(world.calls).toEqual([])
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [] })
  })
  it('while its order waits leaves a tombstone, because the order may have asked for money before', async () => {
    await world.cancel(id, { stock: 'backordered' })
    await world.backorder({ method: 'wallet' })
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [] })
  })
  it.each(['requested', 'refused'] as const)(
    'while its stock is %s leaves nothing, because nobody will ask for money',
    async (stock) => {
      await world.cancel(id, { stock })
      expect(world.table.items().filter(({ sk }) => sk !== 'user')).toEqual([])
    },
  )
  it('with a refund that the provider will not make is put on hold', async () => {
    await card('tok_refund_fails')
    await world.confirm()
    await world.cancel()
    expect(await world.payment()).toMatchObject({
      status: 'refund_due',
      onHold: 'refund ref_1_1: the account of the card is closed',
    })
    world.now += day
    expect(await world.sweep()).toEqual({ settled: 0, pending: 0, forgotten: 0, failed: 0 })
  })
})

describe('a request that comes again', () => {
  it('does nothing as the same event', async () => {
    await card('tok_accepted')
    await card('tok_accepted')
    await world.confirm()
    const { version } = world.item()
    await card('tok_accepted')
    await world.confirm()
    expect(world.item().version).toBe(version)
    expect(world.calls).toEqual(['authorize', 'capture'])
  })
  it('tries no card a second time by itself', async () => {
    await card('tok_declined')
    await world.reserve({ method: 'card', token: 'tok_declined' }, { eventId: 'again' })
    expect((await world.payment()).attempts).toHaveLength(1)
    expect(world.emitted().slice(-2)).toEqual(['payment.declined', 'payment.declined'])
  })
  it('is answered with how things are as another event', async () => {
    await card('tok_accepted')
    await world.confirm()
    const before = world.emitted().length
    await world.confirm(id, 'again')
    await world.reserve({ method: 'card', token: 'tok_accepted' }, { eventId: 'again, too' })
    await world.cancel()
    await world.cancel(id, {}, 'once more')
    expect(world.emitted().slice(before)).toEqual([
      'payment.completed',
      'payment.completed',
      'payment.refunded',
      'payment.refunded',
    ])
    const versions = (await world.publish()).map(({ data }) => data.version)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  })
})

describe('goods that come back', () => {
  it('are paid back in sum, also when the news come in disorder', async () => {
    await card('tok_accepted')
    await world.confirm()
    await world.comeBack(700)
    await world.comeBack(400)
    await world.comeBack(1_000)
    expect(await world.payment()).toMatchObject({
      status: 'captured',
      refunded: gbp(1_000),
      refunds: [{ amount: gbp(700), cause: 'return', state: 'done' }, { amount: gbp(300) }],
    })
    expect((await world.publish()).at(-1)?.data.refundedForReturns).toBe(1_000)
  })
})

describe('a delivery', () => {
  it('serves its orders side by side, and reports those alone that failed', async () => {
    let under = 0
    let most = 0
    world.beforeCall = async () => {
      most = Math.max(most, (under += 1))
      await new Promise((resolve) => setImmediate(resolve))
      under -= 1
    }
    world.beforeWrite = async ([write]) => {
      if (write && 'put' in write && write.put.pk === 'ord_2') throw new Error('no table')
    }
    const batch = ['ord_1', 'ord_2', 'ord_3'].map((orderId) =>
      world.received(orders.orderReserved, {
        ...world.ofOrder(orderId),
        expiresAt: '2026-11-22T10:00:00.000Z',
        payment: { method: 'card', token: 'tok_accepted' },
      }),
    )
    const failures = await world.consume(batch)
    expect(failures.map(({ messageId }) => messageId)).toEqual([batch[1]!.messageId])
    expect(most).toBe(2)
    expect(await world.payment('ord_3')).toMatchObject({ status: 'authorized' })
  })
  it('takes the events of one order in their turn', async () => {
    const batch = [
      world.received(orders.orderReserved, {
        ...world.ofOrder(id),
        expiresAt: '2026-11-22T10:00:00.000Z',
        payment: { method: 'card', token: 'tok_accepted' },
      }),
      world.received(orders.orderConfirmed, world.ofOrder(id)),
    ]
    expect(await world.consume(batch)).toEqual([])
    expect(world.calls).toEqual(['authorize', 'capture'])
  })
})
