import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import type { RawAnswer } from '../../schemas/client.ts'
import { advance, died, holdBack, killAt, letGo, settle } from './control.ts'
import { webhookSecret } from './secrets.ts'
import { type SignedIn, deposit, isLocal, newcomer, place, raw, signIn, stocked, unique, until } from './target.ts'

const price = 500
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const card = (token: string) => ({ method: 'card', token }) as const

let operator: SignedIn
let customer: SignedIn
let other: SignedIn
let sku: string

beforeAll(async () => {
  ;[operator, other] = await Promise.all([signIn('operator'), signIn('other')])
})
beforeEach(async () => {
  ;[customer, sku] = await Promise.all([newcomer(), stocked(operator, 50, { price })])
})

const paymentOf = async (id: string) => {
  const [payment] = (await operator.api.listPayments({ params: { id } })).items
  if (!payment) throw new Error(`payments does not know ${id}`)
  return payment
}
const wallet = () => customer.api.getWallet()
const pay = (id: string, body: { method: 'wallet' } | ReturnType<typeof card>, idempotencyKey = unique('pay')) =>
  customer.api.payOrder({ params: { id }, idempotencyKey, body })
const refund = (id: string, amount?: number) =>
  operator.api.refundOrder({
    params: { id },
    idempotencyKey: unique('refund'),
    body: amount === undefined ? {} : { amount: gbp(amount) },
  })
const becomes = (id: string, status: string) =>
  until(
    () => customer.api.getOrder({ params: { id } }),
    (order) => order.status === status,
  )
const paid = (id: string, status: string) =>
  until(
    () => paymentOf(id),
    (payment) => payment.status === status,
  )
/** An order that waits for a card. */
const waiting = async () => (await place(customer, { [sku]: 1 }, { payment: { method: 'card' } })).id
const known = (id: string) =>
  until(
    () => paymentOf(id),
    () => true,
  )

describe('an order that is paid from the wallet', () => {
  it('is confirmed, and costs its total', async () => {
    await deposit(operator, customer, 1_200)
    const { id } = await place(customer, { [sku]: 2 }, { payment: { method: 'wallet' } })
    await becomes(id, 'confirmed')
    expect(await paid(id, 'captured')).toMatchObject({ method: 'wallet', captured: gbp(1_000), refunded: gbp(0) })
    expect(await wallet()).toMatchObject({
      balance: gbp(200),
      items: [{ kind: 'payment', amount: -1_000, balance: 200, orderId: id }, { kind: 'deposit' }],
    })
  })
  it('fails with the reason when the wallet is too small, and takes nothing', async () => {
    await deposit(operator, customer, price - 1)
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
    expect(await becomes(id, 'payment_failed')).toMatchObject({ reason: { payment: 'insufficient_funds' } })
    expect((await wallet()).balance).toEqual(gbp(price - 1))
  })
  it('gives the money back once when it is cancelled', async () => {
    await deposit(operator, customer, 1_200)
    const { id } = await place(customer, { [sku]: 2 }, { payment: { method: 'wallet' } })
    await becomes(id, 'confirmed')
    await customer.api.cancelOrder({ params: { id } })
    expect(await paid(id, 'refunded')).toMatchObject({ captured: gbp(1_000), refunded: gbp(1_000), refunds: [{}] })
    expect((await wallet()).balance).toEqual(gbp(1_200))
  })
  it('never takes more than there is, however many orders are placed at once', async () => {
    await deposit(operator, customer, 3 * price + 100)
    const orders = await Promise.all(
      Array.from({ length: 8 }, () => place(customer, { [sku]: 1 }, { payment: { method: 'wallet' }, waits: false })),
    )
    const statuses = await Promise.all(
      orders.map(({ id }) =>
        until(
          async () => (await customer.api.getOrder({ params: { id } })).status,
          (status) => status === 'confirmed' || status === 'payment_failed',
        ),
      ),
    )
    expect(statuses.filter((status) => status === 'confirmed')).toHaveLength(3)
    const { balance, items } = await wallet()
    expect(balance).toEqual(gbp(100))
    expect(items.reduce((sum, { amount }) => sum + amount, 0)).toBe(100)
  })
})

describe('an order that is paid by card', () => {
  it('is confirmed when the card is accepted, and the money taken then', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_accepted') })
    await becomes(id, 'confirmed')
    expect(await paid(id, 'captured')).toMatchObject({ captured: gbp(price), attempts: [{ state: 'captured' }] })
  })
  it('may be tried again after a decline, and fails after the third', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_declined') })
    await until(
      () => paymentOf(id),
      ({ attempts }) => attempts[0]?.state === 'declined',
    )
    expect(await pay(id, card('tok_expired_card'))).toMatchObject({ status: 'requested', attempts: [{}, {}] })
    expect(await pay(id, card('tok_declined'))).toMatchObject({ status: 'failed', reason: 'card_declined' })
    expect(await becomes(id, 'payment_failed')).toMatchObject({ reason: { payment: 'card_declined' } })
  })
  it('in two tabs at once is charged once', async () => {
    const id = await waiting()
    await known(id)
    const results = await Promise.allSettled([pay(id, card('tok_accepted')), pay(id, card('tok_accepted'))])
    expect(results.map(({ status }) => status).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'fulfilled',
      'rejected',
    ])
    expect((await paymentOf(id)).attempts).toHaveLength(1)
    await becomes(id, 'confirmed')
  })
  it('with the same key twice is one attempt', async () => {
    const id = await waiting()
    await known(id)
    const key = unique('pay')
    await Promise.all([pay(id, card('tok_declined'), key), pay(id, card('tok_declined'), key)])
    expect((await paymentOf(id)).attempts).toHaveLength(1)
    await expect(pay(id, { method: 'wallet' }, key)).rejects.toMatchObject({ status: 422 })
  })
  it('is not paid by somebody else, nor known to him', async () => {
    const id = await waiting()
    await known(id)
    const request = { params: { id }, idempotencyKey: unique('pay'), body: card('tok_accepted') }
    await expect(other.api.payOrder(request)).rejects.toMatchObject({ status: 404, code: 'order_not_found' })
    await expect(other.api.listPayments({ params: { id } })).rejects.toMatchObject({ status: 404 })
  })
  it('is nobody else’s from its first moment on', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'card' }, waits: false })
    for (const { api } of [customer, operator]) {
      expect((await api.listPayments({ params: { id } })).items.length).toBeLessThanOrEqual(1)
      expect((await api.listShipments({ params: { id } })).items).toEqual([])
    }
    const none = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
    for (const [{ api }, asked] of [
      [other, id],
      [customer, none],
      [operator, none],
    ] as const)
      for (const list of [api.listPayments, api.listShipments])
        await expect(list({ params: { id: asked } })).rejects.toMatchObject({ status: 404, code: 'order_not_found' })
  })
  it.runIf(isLocal)('is its owner’s alone while payments receives nothing', async () => {
    await holdBack('payments')
    try {
      const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'card' } })
      expect(await customer.api.listPayments({ params: { id } })).toEqual({ items: [] })
      expect(await operator.api.listPayments({ params: { id } })).toEqual({ items: [] })
      await expect(other.api.listPayments({ params: { id } })).rejects.toMatchObject({ status: 404 })
    } finally {
      await letGo('payments')
    }
  })
  it('is not paid once it is closed', async () => {
    const id = await waiting()
    await known(id)
    await customer.api.cancelOrder({ params: { id } })
    await paid(id, 'voided')
    await expect(pay(id, card('tok_accepted'))).rejects.toMatchObject({ status: 409, code: 'order_closed' })
  })
})

describe('a refund', () => {
  it('gives back some, never more than came, and leaves the order as it is', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_accepted') })
    await becomes(id, 'confirmed')
    await paid(id, 'captured')
    expect(await refund(id, 200)).toMatchObject({ status: 'captured', refunded: gbp(200) })
    await expect(refund(id, 301)).rejects.toMatchObject({ status: 422, code: 'refund_exceeds_payment' })
    const body = { amount: { amount: 1, currency: 'EUR' } }
    await expect(
      operator.api.refundOrder({ params: { id }, idempotencyKey: unique('refund'), body }),
    ).rejects.toMatchObject({ status: 422, code: 'currency_mismatch' })
    expect(await refund(id)).toMatchObject({ refunded: gbp(price) })
    expect(await customer.api.getOrder({ params: { id } })).toMatchObject({ status: 'confirmed' })
    await customer.api.cancelOrder({ params: { id } })
    expect(await paid(id, 'refunded')).toMatchObject({ refunded: gbp(price), refunds: [{}, {}] })
  })
  it('is for operators, and for money that came', async () => {
    const id = await waiting()
    await known(id)
    await expect(refund(id)).rejects.toMatchObject({ status: 409, code: 'not_captured' })
    await expect(
      customer.api.refundOrder({ params: { id }, idempotencyKey: unique('refund'), body: {} }),
    ).rejects.toMatchObject({ status: 403 })
  })
})

describe.runIf(isLocal)('the card provider', () => {
  let secret: string
  beforeAll(async () => {
    secret = await webhookSecret()
  })

  async function post(body: object, more: { header?: string; provider?: string } = {}): Promise<RawAnswer> {
    const text = JSON.stringify(body)
    // The clock of the stack may have been moved.
    const now = Math.floor(Date.parse((await paymentOf(orderId)).updatedAt) / 1_000)
    return raw({
      method: 'POST',
      path: `/payments/webhooks/${more.provider ?? 'sandbox'}`,
      headers: {
        'content-type': 'application/json',
        'holdfast-signature': more.header ?? signatureHeader([secret], now, text),
      },
      body: text,
    })
  }
  let orderId: string
  const captured = async (amount = gbp(price)) => {
    const { id: paymentId } = await paymentOf(orderId)
    return { type: 'captured', data: { orderId, paymentId, attempt: 1, amount } }
  }
  const inFlight = async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_late'), waits: false })
    orderId = id
    await until(
      () => paymentOf(id),
      ({ status }) => status === 'in_flight',
    )
  }

  it('is asked again for what it did not answer', async () => {
    const { id } = await place(customer, { [sku]: 1 }, { payment: card('tok_unknown'), waits: false })
    await settle()
    expect(await paymentOf(id)).toMatchObject({ status: 'in_flight' })
    await advance('2m')
    await settle()
    expect(await paymentOf(id)).toMatchObject({ status: 'captured', attempts: [{}] })
    expect(await customer.api.getOrder({ params: { id } })).toMatchObject({ status: 'confirmed' })
  })
  it('reports money that came late, signed, and counts once', async () => {
    await inFlight()
    const news = await captured()
    expect(await Promise.all([post(news), post(news)])).toMatchObject([{ status: 200 }, { status: 200 }])
    await becomes(orderId, 'confirmed')
    expect(await paymentOf(orderId)).toMatchObject({ status: 'captured', captured: gbp(price) })
  })
  it('is not believed without a signature, or with a wrong one', async () => {
    await inFlight()
    for (const header of ['', 't=1,v1=00', signatureHeader(['guessed'], Math.floor(Date.now() / 1_000), '{}')])
      expect(await post(await captured(), { header })).toMatchObject({
        status: 400,
        body: { code: 'invalid_signature' },
      })
    expect(await post(await captured(), { provider: 'stripe' })).toMatchObject({
      status: 404,
      body: { code: 'provider_not_found' },
    })
    expect(await paymentOf(orderId)).toMatchObject({ status: 'in_flight' })
    await post(await captured())
  })
  const paidByCard = async (token = 'tok_accepted') => {
    ;({ id: orderId } = await place(customer, { [sku]: 1 }, { payment: card(token) }))
    await paid(orderId, 'captured')
    return paymentOf(orderId)
  }
  const failureOf = ({ id: paymentId, refunds }: Awaited<ReturnType<typeof paymentOf>>, refundId = refunds[0]?.id) => ({
    type: 'refund_failed',
    data: { orderId, paymentId, attempt: 1, refundId, reason: 'the account is closed' },
  })
  const onHold = async (): Promise<string[]> => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const query = { onHold: 'true' as const, limit: 100, ...(cursor !== undefined && { cursor }) }
      const page = await operator.api.listPaymentsOnHold({ query })
      found.push(...page.items.map((each) => each.orderId))
      cursor = page.cursor
    } while (cursor !== undefined)
    return found
  }
  const refundFact = async () => (await customer.api.getOrder({ params: { id: orderId } })).facts.payment

  it('that takes a refund back leaves it due, and the order shows it', async () => {
    await paidByCard()
    await customer.api.cancelOrder({ params: { id: orderId } })
    const before = await paid(orderId, 'refunded')
    await until(refundFact, (fact) => fact === 'refunded')
    expect(await post(failureOf(before))).toMatchObject({ status: 200 })
    expect(await paymentOf(orderId)).toMatchObject({
      status: 'refund_due',
      refunded: gbp(0),
      refunds: [{ state: 'failed', failure: 'the account is closed' }],
    })
    await until(refundFact, (fact) => fact === 'refund_due')
    await until(onHold, (ids) => ids.includes(orderId))
    expect(await operator.api.resumePayment({ params: { id: orderId } })).toMatchObject({
      status: 'refunded',
      refunds: [{ state: 'done', tries: 2 }],
    })
    await until(refundFact, (fact) => fact === 'refunded')
    await until(onHold, (ids) => !ids.includes(orderId))
  })
  it('that reports an unknown refund changes nothing', async () => {
    await paidByCard()
    await refund(orderId, 200)
    const before = await paymentOf(orderId)
    for (const other of ['ref_none_1', before.refunds[0]!.id.replace(/1$/, '2')])
      expect(await post(failureOf(before, other))).toMatchObject({ status: 200 })
    expect(await paymentOf(orderId)).toEqual(before)
  })
  it('that refuses a refund for good has it closed by hand', async () => {
    await paidByCard('tok_refund_fails')
    await customer.api.cancelOrder({ params: { id: orderId } })
    const held = await until(
      () => paymentOf(orderId),
      (payment) => payment.onHold !== undefined,
    )
    await until(onHold, (ids) => ids.includes(orderId))
    const closing = {
      params: { id: held.refunds[0]!.id },
      body: { reference: 'BACS 4711', reason: 'her card is gone' },
      idempotencyKey: unique('close'),
    }
    await expect(customer.api.closeRefund(closing)).rejects.toMatchObject({ status: 403 })
    expect(await operator.api.closeRefund(closing)).toMatchObject({
      status: 'refunded',
      refunded: gbp(price),
      refunds: [
        { state: 'closed', closed: { reference: 'BACS 4711', reason: 'her card is gone', by: expect.any(String) } },
      ],
    })
    expect(await paymentOf(orderId)).not.toHaveProperty('onHold')
    await until(refundFact, (fact) => fact === 'refunded')
    await until(onHold, (ids) => !ids.includes(orderId))
  })
  it('that reports another amount puts the payment on hold until an operator resumes it', async () => {
    await inFlight()
    await post(await captured(gbp(1)))
    expect(await paymentOf(orderId)).toMatchObject({ onHold: `captured 1 GBP instead of ${price} GBP` })
    await expect(pay(orderId, card('tok_accepted'))).rejects.toMatchObject({ status: 409, code: 'payment_on_hold' })
    expect(await operator.api.resumePayment({ params: { id: orderId } })).not.toHaveProperty('onHold')
    await post(await captured())
    await becomes(orderId, 'confirmed')
  })
})

describe.runIf(isLocal)('a function killed while it takes money from a wallet', () => {
  it.each(['before', 'after'] as const)('%s the transaction takes it once', async (when) => {
    await deposit(operator, customer, 1_200)
    await killAt({ function: 'payments-events', operation: 'TransactWriteItems', nth: 1, when })
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' }, waits: false })
    await died()
    // The message of the dead function comes back when its visibility timeout is over.
    await advance('4m')
    await settle()
    expect(await customer.api.getOrder({ params: { id } })).toMatchObject({ status: 'confirmed' })
    expect(await wallet()).toMatchObject({ balance: gbp(700), items: [{ amount: -price }, {}] })
  })
})
