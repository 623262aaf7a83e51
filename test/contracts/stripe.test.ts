import { createHmac } from 'node:crypto'
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyedClient, stripeProvider } from '../../functions/payments/adapters/provider.stripe.ts'
import { type PaymentsWorld, day, gbp, id, operator, paymentsWorld } from '../unit/payments-world.ts'
import { currencies } from '../../schemas/currencies.ts'
import { type Intent, StripeServer } from './stripe-server.ts'

const secrets = ['whsec_old', 'whsec_new'] as const
const create = 'POST /v1/payment_intents'
const hour = 3_600_000
/** As docs.stripe.com/currencies lists them; UGX and ISK are counted in hundredths, for old times' sake. */
const zeroDecimal = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const threeDecimal = new Set('BHD JOD KWD OMR TND'.split(' '))

let server: StripeServer
let world: PaymentsWorld
beforeEach(async () => {
  server = new StripeServer()
  const client = keyedClient(async () => 'sk_test_1', await server.start())
  server.now = () => world.now
  world = paymentsWorld((clock) => stripeProvider({ clock, client, webhookSecrets: async () => secrets }))
})
afterEach(() => server.stop())

const reserve = (token = 'pm_card_visa') => world.reserve({ method: 'card', token })
const operations = () => server.requests.map(({ operation }) => operation)

/** Sends an event as Stripe would. */
function hear(
  type: string,
  object: object,
  { secret = 'whsec_new', at = world.now, more = '' }: { secret?: string; at?: number; more?: string } = {},
) {
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } }) + more
  const timestamp = Math.floor(at / 1_000)
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  return world.post(payload, { provider: 'stripe', headers: { 'stripe-signature': signature } })
}
const hearOf = (type: string, intent: Intent, change: Partial<Intent> = {}) =>
  hear(type, server.shown({ ...intent, ...change }))

describe('a card at Stripe', () => {
  it('is authorized when stock is held, and captured when the order confirms', async () => {
    await reserve()
    expect(await world.payment()).toMatchObject({ status: 'authorized', attempts: [{ reference: 'pi_1' }] })
    await world.confirm()
    expect(await world.payment()).toMatchObject({ status: 'captured', captured: gbp(1_000) })
    expect(server.requests.map(({ operation, key }) => [operation, key])).toEqual([
      [create, 'pay_1/1/authorize'],
      ['POST /v1/payment_intents/{id}/capture', 'pay_1/1/capture'],
    ])
    expect(server.requests[0]?.params).toEqual({
      amount: '1000',
      currency: 'gbp',
      capture_method: 'manual',
      confirm: 'true',
      error_on_requires_action: 'true',
      'allowed_payment_method_types[0]': 'card',
      payment_method: 'pm_card_visa',
      'metadata[payment]': 'pay_1',
      'metadata[order]': id,
      'metadata[attempt]': '1',
    })
  })
  it('may come as a confirmation token', async () => {
    await reserve('ctoken_1')
    expect(server.requests[0]?.params).toMatchObject({ confirmation_token: 'ctoken_1' })
    expect(await world.payment()).toMatchObject({ status: 'authorized' })
  })
  it.each([
    ['pm_card_chargeDeclined', 'card_declined'],
    ['pm_card_insufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'card_expired'],
    ['pm_card_authenticationRequired', 'authentication_required'],
    ['tok_unknown', 'unknown_token'],
  ])('%s is declined: %s', async (token, reason) => {
    await reserve(token)
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [{ state: 'declined', reason }] })
  })
  it('that will not be charged so little is declined', async () => {
    await world.reserve({ method: 'card', token: 'pm_card_visa' }, { total: gbp(20) })
    expect(await world.payment()).toMatchObject({ attempts: [{ state: 'declined', reason: 'provider_refused' }] })
  })
  it('has an intent and keys of its own for each attempt', async () => {
    await reserve('pm_card_chargeDeclined')
    await world.pay({ method: 'card', token: 'pm_card_visa' })
    expect(server.requests.map(({ key }) => key)).toEqual(['pay_1/1/authorize', 'pay_1/2/authorize'])
    expect(await world.payment()).toMatchObject({ status: 'authorized', attempts: [{}, { reference: 'pi_2' }] })
  })
  it.each([...currencies].filter(([, { card }]) => card))(
    'is charged and given back in %s what the order costs, in the units of Stripe',
    async (currency, { exponent }) => {
      // From docs.stripe.com/currencies: one of the currency is so much at Stripe.
      const one = zeroDecimal.has(currency) ? 1 : threeDecimal.has(currency) ? 1_000 : 100
      const whole = 10 ** exponent
      const total = { amount: 13 * whole, currency }
      await world.reserve(
        { method: 'card', token: 'pm_card_visa' },
        { total: { ...total, amount: 100 * total.amount } },
      )
      await world.confirm()
      await world.refund({ amount: total })
      expect(server.intent()).toMatchObject({
        amount: 1_300 * one,
        currency: currency.toLowerCase(),
        refunded: 13 * one,
      })
      expect(await world.payment()).toMatchObject({ status: 'captured', refunded: total })
      expect(await world.payment()).not.toHaveProperty('onHold')
    },
  )
  it.each([
    [{ amount: 1_235, currency: 'KWD' }],
    [{ amount: 1_050, currency: 'MGA' }],
    [{ amount: 1_000, currency: 'IQD' }],
    [{ amount: 1_000, currency: 'XXX' }],
  ])('is not charged with %j, whoever wants it', async (total) => {
    await world.reserve({ method: 'card', token: 'pm_card_visa' }, { total })
    expect(server.requests).toEqual([])
    expect(await world.payment()).toMatchObject({ attempts: [{ state: 'declined', reason: 'provider_refused' }] })
  })
  it('pays in currencies that Stripe divides differently', async () => {
    await world.reserve({ method: 'card', token: 'pm_card_visa' }, { total: { amount: 500, currency: 'ISK' } })
    await world.confirm()
    await world.refund({ amount: { amount: 200, currency: 'ISK' } })
    expect(server.intent()).toMatchObject({ amount: 50_000, currency: 'isk', refunded: 20_000 })
  })
  it('is given up when the order closes', async () => {
    await reserve()
    await world.cancel()
    expect(server.intent()).toMatchObject({ status: 'canceled' })
    expect(await world.payment()).toMatchObject({ status: 'voided' })
  })
})

describe('no answer from Stripe', () => {
  it.each(['no answer before', 'no answer after'] as const)(
    '%s its effect is asked for under the same key',
    async (mishap) => {
      server.fail(create, mishap, mishap)
      await reserve()
      expect(await world.payment()).toMatchObject({ status: 'in_flight' })
      world.now += 30_000
      await world.sweep()
      expect(await world.payment()).toMatchObject({ status: 'authorized' })
      expect(server.intents.size).toBe(1)
      expect(new Set(server.requests.map(({ key }) => key))).toEqual(new Set(['pay_1/1/authorize']))
    },
  )
  it('with the same error again is looked up by its metadata after an hour', async () => {
    server.fail(create, '500 after')
    await reserve()
    world.now += 30 * 60_000
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'in_flight' })
    world.now += hour
    await world.sweep()
    expect(operations().at(-1)).toBe('GET /v1/payment_intents/search')
    expect(await world.payment()).toMatchObject({ status: 'authorized', attempts: [{ reference: 'pi_1' }] })
  })
  it('for an intent that was never made ends as a decline', async () => {
    server.fail(create, '500 before')
    await reserve()
    world.now += hour
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [{ reason: 'provider_refused' }] })
    expect(server.intents.size).toBe(0)
  })
  it('for 23 hours never leads to a second charge, although Stripe forgets the key', async () => {
    server.fail(create, ...Array.from({ length: 100 }, () => 'no answer after' as const))
    await reserve()
    world.now += 23 * hour
    server.mishaps.clear()
    server.kept.clear()
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'authorized' })
    expect(server.intents.size).toBe(1)
  })
  it('for 23 hours, and nothing to be found, is a decline', async () => {
    server.fail(create, ...Array.from({ length: 100 }, () => 'no answer before' as const))
    await reserve()
    world.now += 23 * hour
    const before = server.requests.length
    await world.sweep()
    expect(operations().slice(before)).toEqual(['GET /v1/payment_intents/search'])
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [{ reason: 'provider_refused' }] })
  })
  it('for an order that has closed meanwhile charges nobody to find out', async () => {
    server.fail(create, ...Array.from({ length: 100 }, () => 'no answer before' as const))
    await reserve()
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'in_flight' })
    server.mishaps.clear()
    world.now += hour
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'voided' })
    expect(server.intents.size).toBe(0)
  })
  it('to a capture is no reason to take the money twice', async () => {
    await reserve()
    server.fail('POST /v1/payment_intents/{id}/capture', 'no answer after', 'no answer after')
    await world.confirm()
    world.now += day
    server.kept.clear()
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'captured', captured: gbp(1_000) })
    expect(server.intent()).toMatchObject({ status: 'succeeded', amount_received: 1_000 })
  })
  it.each([60_000, day])('to a refund is no reason to give it twice, %d ms later', async (later) => {
    await reserve()
    await world.confirm()
    server.fail('POST /v1/refunds', 'no answer after', 'no answer after')
    await world.refund({ amount: gbp(300) })
    expect(await world.payment()).toMatchObject({ refunds: [{ state: 'due' }] })
    if (later === day) server.kept.clear()
    world.now += later
    await world.sweep()
    expect(await world.payment()).toMatchObject({ refunded: gbp(300), refunds: [{ reference: 're_1' }] })
    expect(server.intent().refunded).toBe(300)
  })
})

describe('what changes at Stripe by itself', () => {
  it('is found out: an authorization that ran out cannot be captured', async () => {
    await reserve()
    server.intent().status = 'canceled'
    await world.confirm()
    expect(await world.payment()).toMatchObject({ status: 'failed', reason: 'capture_failed' })
  })
  it('is found out: what was captured by hand is not given up, but given back', async () => {
    await reserve()
    Object.assign(server.intent(), { status: 'succeeded', amount_received: 1_000 })
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
    expect(server.intent().refunded).toBe(1_000)
  })
  it('is found out: what was given back by hand is not given back again', async () => {
    await reserve()
    await world.confirm()
    server.intent().refunded = 1_000
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunds: [{ state: 'done' }] })
  })
  it('is found out: what came while nobody answered, and was given back by hand, is not kept for taken', async () => {
    server.fail(create, 'no answer after', 'no answer after')
    await reserve()
    Object.assign(server.intent(), { status: 'succeeded', amount_received: 1_000, refunded: 1_000 })
    world.now += hour
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'failed', captured: gbp(0), refunds: [] })
  })
  it('and leaves too little for a refund puts the payment on hold', async () => {
    await reserve()
    await world.confirm()
    server.intent().refunded = 400
    await world.cancel()
    expect(await world.payment()).toMatchObject({ onHold: 'refund ref_1_1: charge_not_refundable' })
  })
})

describe('a webhook of Stripe', () => {
  it('reports what no answer held', async () => {
    server.fail(create, 'no answer after', 'no answer after')
    await reserve()
    await hearOf('payment_intent.amount_capturable_updated', server.intent())
    expect(await world.payment()).toMatchObject({ status: 'authorized', attempts: [{ reference: 'pi_1' }] })
  })
  it('delivered again, and out of order, changes nothing', async () => {
    await reserve()
    const authorized = { ...server.intent() }
    await world.confirm()
    const { version } = world.item()
    for (let again = 0; again < 2; again += 1) {
      expect(await hearOf('payment_intent.succeeded', server.intent())).toMatchObject({ status: 200 })
      expect(await hearOf('payment_intent.amount_capturable_updated', authorized)).toMatchObject({ status: 200 })
    }
    expect(world.item().version).toBe(version)
  })
  it('of a canceled intent fails a payment that was relied on', async () => {
    await reserve()
    await hearOf('payment_intent.canceled', server.intent(), { status: 'canceled' })
    expect(await world.payment()).toMatchObject({ status: 'failed', reason: 'capture_failed' })
  })
  it('of a declined card counts as an attempt', async () => {
    server.fail(create, 'no answer after', 'no answer after')
    await reserve('pm_card_chargeDeclined')
    await hearOf('payment_intent.payment_failed', server.intent())
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [{ reason: 'card_declined' }] })
  })
  it('of another amount puts the payment on hold', async () => {
    server.fail(create, 'no answer after', 'no answer after')
    await reserve()
    await hearOf('payment_intent.succeeded', server.intent(), { status: 'succeeded', amount_received: 1 })
    expect(await world.payment()).toMatchObject({ onHold: 'captured 1 GBP instead of 1000 GBP' })
    Object.assign(server.intent(), { status: 'succeeded', amount_received: 1, refunded: 1 })
    expect(await world.call(operator, 'POST /orders/{id}/payments/resume')).toMatchObject({
      body: { status: 'failed', captured: gbp(0), reason: 'capture_failed' },
    })
  })
  it('of somebody else’s intent, or of something else, is acknowledged', async () => {
    await reserve()
    const { version } = world.item()
    expect(await hearOf('payment_intent.succeeded', server.intent(), { metadata: {} })).toMatchObject({ status: 200 })
    expect(await hear('customer.created', { object: 'customer' })).toMatchObject({ status: 200 })
    expect(world.item().version).toBe(version)
  })
  it.each(['NaN', '', 'soon', '1e999'])('with the time "%s" is not believed, whoever signed it', async (time) => {
    await reserve()
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'customer.created', data: { object: {} } })
    const signed = createHmac('sha256', secrets[1]).update(`NaN.${payload}`).digest('hex')
    const headers = { 'stripe-signature': `t=${time},v1=${signed}` }
    expect(await world.post(payload, { provider: 'stripe', headers })).toMatchObject({
      status: 400,
      body: { code: 'invalid_signature' },
    })
  })
  it('is believed with either secret, and for 300 s', async () => {
    await reserve()
    const object = server.shown(server.intent())
    const type = 'payment_intent.amount_capturable_updated'
    const refused = { status: 400, body: { code: 'invalid_signature' } }
    expect(await hear(type, object, { secret: secrets[0] })).toMatchObject({ status: 200 })
    expect(await hear(type, object, { at: world.now - 300_000 })).toMatchObject({ status: 200 })
    expect(await hear(type, object, { at: world.now - 301_000 })).toMatchObject(refused)
    expect(await hear(type, object, { secret: 'whsec_guessed' })).toMatchObject(refused)
    expect(await world.post('{}', { provider: 'stripe' })).toMatchObject(refused)
    expect(await world.post('{}', { provider: 'sandbox' })).toMatchObject({ body: { code: 'provider_not_found' } })
    expect(await hear(type, object, { more: ' no json' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_json' },
    })
  })
})

describe('a refund at Stripe', () => {
  const resume = () => world.call(operator, 'POST /orders/{id}/payments/resume')
  const refundKeys = () =>
    server.requests.flatMap(({ operation, key }) => (operation === 'POST /v1/refunds' ? [key] : []))
  const paid = async () => {
    await reserve()
    await world.confirm()
  }

  it.each(['refund.failed', 'refund.updated', 'charge.refund.updated'])(
    'that comes back days later is given back no longer, by the word of %s',
    async (type) => {
      await paid()
      await world.refund({ amount: gbp(300) })
      const [made] = server.refunds
      server.takeBack(made!, 'expired_or_canceled_card')
      await hear(type, { object: 'refund', ...made })
      expect(await world.payment()).toMatchObject({
        refunded: gbp(0),
        onHold: 'refund ref_1_1: expired_or_canceled_card',
        refunds: [{ state: 'failed', failure: 'expired_or_canceled_card' }],
      })
    },
  )
  it('that came back is tried again under another key, and its late news are of the old one', async () => {
    await paid()
    await world.refund()
    const [made] = server.refunds
    const before = { object: 'refund', ...made }
    server.takeBack(made!, 'unknown')
    const news = { object: 'refund', ...made }
    await hear('refund.failed', news)
    await resume()
    await hear('refund.failed', news)
    await hear('refund.updated', before)
    expect(await world.payment()).toMatchObject({
      refunded: gbp(1_000),
      refunds: [{ state: 'done', tries: 2, reference: 're_2' }],
    })
    expect(refundKeys()).toEqual(['ref_1_1', 'ref_1_1/2'])
    expect(server.intent().refunded).toBe(1_000)
  })
  it('that is refused is tried again under another key', async () => {
    await paid()
    server.intent().refunded = 400
    await world.cancel()
    expect(await world.payment()).toMatchObject({ onHold: 'refund ref_1_1: charge_not_refundable' })
    server.intent().refunded = 0
    await resume()
    expect(refundKeys()).toEqual(['ref_1_1', 'ref_1_1/2'])
    expect(await world.payment()).toMatchObject({ status: 'refunded' })
  })
  it('that is pending is given back once Stripe reports it', async () => {
    await paid()
    server.refundStatuses.push('pending')
    await world.refund()
    expect(await world.payment()).toMatchObject({ refunded: gbp(0), refunds: [{ state: 'due', reference: 're_1' }] })
    world.now += 60_000
    await world.sweep()
    expect(await world.payment()).toMatchObject({ refunded: gbp(0), refunds: [{ state: 'due' }] })
    server.refunds[0]!.status = 'succeeded'
    await hear('refund.updated', { object: 'refund', ...server.refunds[0] })
    expect(await world.payment()).toMatchObject({ refunded: gbp(1_000), refunds: [{ state: 'done' }] })
    expect(refundKeys()).toEqual(['ref_1_1'])
  })
  it('that is pending, and of which no word comes, is asked for', async () => {
    await paid()
    server.refundStatuses.push('pending')
    await world.refund()
    server.takeBack(server.refunds[0]!, 'insufficient_funds')
    world.now += day
    await world.sweep()
    expect(operations().at(-1)).toBe('GET /v1/refunds/{id}')
    expect(await world.payment()).toMatchObject({ onHold: 'refund ref_1_1: insufficient_funds' })
  })
  it('that was not asked for here, or that concerns no payment, changes nothing', async () => {
    await paid()
    await world.refund()
    const item = world.item()
    const metadata = { order: id, payment: 'pay_1', attempt: '1', refund: 'ref_1_1', try: '1' }
    for (const other of [
      {},
      { ...metadata, refund: 'ref_1_9' },
      { ...metadata, attempt: '2' },
      { ...metadata, try: '2' },
    ])
      expect(
        await hear('refund.failed', { object: 'refund', id: 're_9', status: 'failed', metadata: other }),
      ).toMatchObject({ status: 200 })
    expect(world.item()).toEqual(item)
  })
  it.each([60_000, day])('whose second try got no answer is not given twice, %d ms later', async (later) => {
    await paid()
    await world.refund()
    const [made] = server.refunds
    server.takeBack(made!, 'unknown')
    await hear('refund.failed', { object: 'refund', ...made })
    server.fail('POST /v1/refunds', 'no answer after')
    await resume()
    if (later === day) server.kept.clear()
    world.now += later
    await world.sweep()
    expect(await world.payment()).toMatchObject({ refunds: [{ state: 'done', reference: 're_2' }] })
    expect(server.intent().refunded).toBe(1_000)
  })
})

it('the client has the key as it is now', async () => {
  let key = 'sk_test_1'
  const client = keyedClient(async () => key)
  const [before, same] = [await client(), await client()]
  key = 'sk_test_2'
  expect(same).toBe(before)
  expect(await client()).not.toBe(before)
})
