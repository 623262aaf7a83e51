import { beforeEach, describe, expect, it } from 'vitest'
import { type PaymentsWorld, customer, gbp, id, operator, other, paymentsWorld } from './payments-world.ts'

let world: PaymentsWorld
beforeEach(() => {
  world = paymentsWorld()
})
const refused = (status: number, code: string) => ({ status, body: { code } })
const paid = async (token = 'tok_accepted', orderId = id) => {
  await world.reserve({ method: 'card', token }, { orderId })
  await world.confirm(orderId)
}
const fails = (refundId = 'ref_1_1', more: object = {}) => world.notice('refund_failed', { refundId, ...more })
const resume = (orderId = id) => world.call(operator, 'POST /orders/{id}/payments/resume', { id: orderId })
const close = (refundId = 'ref_1_1', body: object = { reference: 'BACS 7' }, key?: string) =>
  world.call(operator, 'POST /refunds/{id}/close', { id: refundId, body, ...(key !== undefined && { key }) })
const lastPublished = async () => (await world.publish()).at(-1)

describe('a refund that fails after it was done', () => {
  it('is given back no longer, and calls for an operator', async () => {
    await paid()
    await world.refund({ amount: gbp(300) })
    expect(await fails()).toMatchObject({ status: 200 })
    expect(await world.payment()).toMatchObject({
      status: 'captured',
      refunded: gbp(0),
      refunds: [{ state: 'failed', failure: 'it failed at the provider' }],
      onHold: 'refund ref_1_1: it failed at the provider',
    })
  })
  it('of an order that closed leaves its money due', async () => {
    await paid()
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
    await fails('ref_1_1', { reason: 'the account is closed' })
    expect(await world.payment()).toMatchObject({ status: 'refund_due', refunded: gbp(0) })
  })
  it('is published with a newer version, the sums, and why', async () => {
    await paid()
    await world.cancel()
    const before = await lastPublished()
    await fails('ref_1_1', { reason: 'the account is closed' })
    const published = await lastPublished()
    expect(world.emitted().at(-1)).toBe('payment.refund_failed')
    expect(published.data).toMatchObject({
      status: 'refund_due',
      captured: gbp(1_000),
      refunded: gbp(0),
      failed: [{ id: 'ref_1_1', amount: gbp(1_000), reason: 'the account is closed' }],
    })
    expect(published.data.version).toBeGreaterThan(before.data.version)
  })
  it('for returned goods is due for them again', async () => {
    await paid()
    await world.comeBack(400)
    await fails()
    expect((await lastPublished()).data).toMatchObject({ status: 'captured', refundedForReturns: 0 })
  })
  it('is tried again when an operator resumes, and not before', async () => {
    await paid()
    await world.refund()
    await fails()
    const calls = world.calls.length
    world.now += 86_400_000
    expect(await world.sweep()).toMatchObject({ settled: 0, pending: 0 })
    expect(world.calls.length).toBe(calls)
    expect((await resume()).body).toMatchObject({
      refunded: gbp(1_000),
      refunds: [{ state: 'done', tries: 2, reference: 'sbx_ref_1_1_2' }],
    })
    expect(await world.payment()).not.toHaveProperty('onHold')
  })
  it('again stays failed until it is resumed again', async () => {
    await paid()
    await world.refund()
    await fails()
    await resume()
    await fails('ref_1_1', { try: 2 })
    expect(await world.payment()).toMatchObject({ refunded: gbp(0), refunds: [{ state: 'failed', tries: 2 }] })
    expect((await resume()).body).toMatchObject({ refunded: gbp(1_000), refunds: [{ state: 'done', tries: 3 }] })
  })
  it('leaves no more to be given back than came, with all others together', async () => {
    await paid()
    await world.refund({ amount: gbp(600) })
    await fails()
    expect(await world.refund({ amount: gbp(600) })).toMatchObject(refused(409, 'payment_on_hold'))
    await resume()
    expect(await world.refund({ amount: gbp(401) })).toMatchObject(refused(422, 'refund_exceeds_payment'))
    await world.refund({ amount: gbp(400) })
    await fails('ref_1_2')
    await close('ref_1_2')
    expect(await world.refund({ amount: gbp(1) })).toMatchObject(refused(422, 'refund_exceeds_payment'))
    expect(await world.payment()).toMatchObject({ refunded: gbp(1_000) })
  })
})

describe('news of a refund', () => {
  it('that come twice, or late, are of the try that failed', async () => {
    await paid()
    await world.refund()
    await fails()
    const { version } = world.item()
    await fails()
    expect(world.item().version).toBe(version)
    await resume()
    await fails()
    expect(await world.payment()).toMatchObject({ refunded: gbp(1_000), refunds: [{ state: 'done' }] })
  })
  it('that come before it is known that it was done stand', async () => {
    await paid()
    world.beforeCall = async (name) => {
      world.beforeCall = async () => {}
      if (name === 'refund') await fails()
    }
    await world.refund()
    expect(await world.payment()).toMatchObject({ refunded: gbp(0), refunds: [{ state: 'failed' }] })
  })
  it('that was closed by hand change nothing', async () => {
    await paid('tok_refund_fails')
    await world.refund()
    await close()
    const item = world.item()
    await fails()
    expect(world.item()).toEqual(item)
  })
  it.each([
    ['that nobody made', { refundId: 'ref_1_9' }],
    ['of another payment', { refundId: 'ref_1_1', paymentId: 'pay_2' }],
    ['of another attempt', { refundId: 'ref_1_1', attempt: 2 }],
    ['of a try that was never made', { refundId: 'ref_1_1', try: 2 }],
    ['of an order that there is not', { refundId: 'ref_1_1', orderId: 'ord_none' }],
  ])('%s change nothing at all', async (_, data) => {
    await paid()
    await world.refund({ amount: gbp(300) })
    const items = structuredClone(world.table.items())
    for (const type of ['refund_failed', 'refunded'])
      expect(await world.notice(type, data)).toMatchObject({ status: 200, body: { received: true } })
    expect(world.table.items()).toEqual(items)
  })
  it('from a provider of cards are not of what went into a wallet', async () => {
    await world.deposit(1_000)
    await world.reserve({ method: 'wallet' })
    await world.refund()
    const items = structuredClone(world.table.items())
    await fails()
    expect(world.table.items()).toEqual(items)
  })
  it('that it succeeded make a pending one done', async () => {
    await paid('tok_refund_slow')
    const due = { state: 'due', reference: 'sbx_ref_1_1' }
    expect((await world.refund()).body).toMatchObject({ refunded: gbp(0), refunds: [due] })
    await world.notice('refunded', { refundId: 'ref_1_1' })
    expect(await world.payment()).toMatchObject({ refunded: gbp(1_000), refunds: [{ state: 'done' }] })
  })
  it('are not needed: a pending one is asked for', async () => {
    await paid('tok_refund_slow')
    await world.refund()
    world.now += 60_000
    await world.sweep()
    expect(await world.payment()).toMatchObject({ refunded: gbp(1_000), refunds: [{ state: 'done' }] })
  })
})

describe('a refund that is refused', () => {
  it('is tried again as another one', async () => {
    await paid('tok_refund_fails_once')
    expect((await world.refund()).body).toMatchObject({ refunds: [{ state: 'failed' }] })
    expect((await resume()).body).toMatchObject({ refunds: [{ state: 'done', tries: 2 }] })
  })
  it('is closed by hand, with who and where, and counts as given back', async () => {
    await paid('tok_refund_fails')
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refund_due' })
    const reply = await close('ref_1_1', { reference: ' BACS 4711 ', reason: 'her card is gone' })
    expect(reply).toMatchObject({
      status: 200,
      body: {
        status: 'refunded',
        refunded: gbp(1_000),
        refunds: [
          {
            state: 'closed',
            failure: 'the account of the card is closed',
            closed: { by: operator.sub, reference: 'BACS 4711', reason: 'her card is gone', at: expect.any(String) },
          },
        ],
      },
    })
    const asCustomer = await world.call(customer, 'GET /orders/{id}/payments')
    expect(asCustomer.body.items).toMatchObject([{ refunds: [{ closed: { by: 'support' } }] }])
    expect(reply.body).not.toHaveProperty('onHold')
    expect(world.emitted().at(-1)).toBe('payment.refunded')
    expect((await lastPublished()).data).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
  })
  it('lets what else is due go on once it is closed', async () => {
    await paid('tok_refund_fails')
    await world.refund({ amount: gbp(300) })
    await world.cancel()
    expect(await world.payment()).toMatchObject({ refunds: [{ state: 'failed' }, { state: 'due' }] })
    expect((await close()).body).toMatchObject({
      onHold: 'refund ref_1_2: the account of the card is closed',
      refunds: [{ state: 'closed' }, { state: 'failed' }],
    })
    expect((await close('ref_1_2')).body).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
  })
  it('leaves a payment on hold for what else it is on hold', async () => {
    await world.reserve({ method: 'card', token: 'tok_declined' })
    await world.pay({ method: 'card', token: 'tok_refund_fails' })
    await world.confirm()
    await world.refund()
    await world.notice('captured', { attempt: 1, amount: gbp(999) })
    expect((await close()).body).toMatchObject({
      refunds: [{ state: 'closed' }],
      onHold: 'captured 999 GBP instead of 1000 GBP',
    })
  })
  it.each([
    ['by a wallet of another currency', 'currency_mismatch', { amount: 5, currency: 'EUR' }],
    ['by a full wallet', 'balance_too_large', { amount: 1_000_000_000_000, currency: 'GBP' }],
  ])('%s is closed by hand as well', async (_, why, money) => {
    await world.deposit(1_000)
    await world.reserve({ method: 'wallet' })
    const empty = world.table.items().find(({ sk }) => sk === 'wallet')!
    await world.table.write({
      put: { ...empty, version: empty.version + 1, balance: money },
      if: { version: empty.version },
    })
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refund_due', onHold: `refund ref_1_1: ${why}` })
    expect((await close()).body).toMatchObject({ status: 'refunded', refunds: [{ state: 'closed' }] })
    expect((await world.wallet()).balance).toEqual(money)
  })
})

describe('closing a refund', () => {
  it('is done once for one key, and for one refund', async () => {
    await paid('tok_refund_fails')
    await world.refund()
    const body = { reference: 'BACS 7' }
    const both = await Promise.all([close('ref_1_1', body, 'k'), close('ref_1_1', body, 'k')])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(await close('ref_1_1', body, 'k')).toMatchObject({ headers: { 'idempotent-replayed': 'true' } })
    expect(await close('ref_1_1', { reference: 'another' }, 'k')).toMatchObject(refused(422, 'idempotency_key_reused'))
    expect(await close('ref_1_1', { reference: 'another' })).toMatchObject(refused(409, 'refund_not_failed'))
    expect(await world.payment()).toMatchObject({ refunds: [{ closed: { reference: 'BACS 7' } }] })
  })
  it('is refused while the money may go back by itself, and after it has', async () => {
    await paid()
    world.beforeCall = async () => Promise.reject(new Error('no answer'))
    await world.refund({ amount: gbp(300) })
    expect(await close()).toMatchObject(refused(409, 'refund_not_failed'))
    world.beforeCall = async () => {}
    world.now += 60_000
    await world.sweep()
    expect(await world.payment()).toMatchObject({ refunds: [{ state: 'done' }] })
    expect(await close()).toMatchObject(refused(409, 'refund_not_failed'))
  })
  it('is for operators, for refunds that there are, and names where the money is found', async () => {
    await paid('tok_refund_fails')
    await world.refund()
    for (const claims of [customer, other])
      expect(
        await world.call(claims, 'POST /refunds/{id}/close', { id: 'ref_1_1', body: { reference: 'x' } }),
      ).toMatchObject(refused(403, 'forbidden'))
    for (const none of ['ref_1_2', 'ref_2_1', 'ref_1', 'pay_1', 'ref_1_0', 'ord_1'])
      expect(await close(none)).toMatchObject(refused(404, 'refund_not_found'))
    for (const [body, path] of [
      [{}, 'reference'],
      [{ reference: ' ' }, 'reference'],
      [{ reference: 'x'.repeat(101) }, 'reference'],
      [{ reference: 'x', reason: '' }, 'reason'],
      [{ reference: 'x', by: 'me' }, 'by'],
    ] as const)
      expect(await close('ref_1_1', body)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
    expect(await world.payment()).toMatchObject({ refunds: [{ state: 'failed' }] })
  })
})

describe('the list of payments on hold', () => {
  const list = (query: Record<string, string> = { onHold: 'true' }) => world.call(operator, 'GET /payments', { query })
  const ids = async (query?: Record<string, string>) =>
    (await list(query)).body.items.map(({ orderId }: { orderId: string }) => orderId)

  it('shows those that wait, the longest first, until they are seen to', async () => {
    expect(await ids()).toEqual([])
    for (const orderId of ['ord_9', 'ord_1', 'ord_5']) {
      world.now += 1_000
      await paid('tok_refund_fails', orderId)
      await world.refund({}, { id: orderId })
    }
    expect(await ids()).toEqual(['ord_9', 'ord_1', 'ord_5'])
    world.now += 1_000
    await resume('ord_9')
    await close('ref_1_1')
    expect(await ids()).toEqual(['ord_5', 'ord_9'])
  })
  it('goes on page by page, each once, in whatever shards they are', async () => {
    const orders = Array.from({ length: 25 }, (_, index) => `ord_${100 + index}`)
    for (const orderId of orders) {
      await paid('tok_refund_fails', orderId)
      await world.refund({}, { id: orderId })
      world.now += 1
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await list({ onHold: 'true', limit: '7', ...(cursor !== undefined && { cursor }) })
      expect(body.items.length).toBeLessThanOrEqual(7)
      seen.push(...body.items.map(({ orderId }: { orderId: string }) => orderId))
      cursor = body.cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(orders)
  })
  it('costs no more when others are not on hold', async () => {
    await paid()
    expect(world.item()).not.toHaveProperty('holdPk')
  })
  it('is for operators, and for nothing else', async () => {
    expect(await world.call(customer, 'GET /payments', { query: { onHold: 'true' } })).toMatchObject(
      refused(403, 'forbidden'),
    )
    for (const query of [{}, { onHold: 'false' }, { onHold: '1' }])
      expect(await list(query as Record<string, string>)).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'onHold' }] },
      })
    for (const cursor of ['x', Buffer.from('1#2').toString('base64url')])
      expect(await list({ onHold: 'true', cursor })).toMatchObject(refused(400, 'invalid_cursor'))
  })
})
