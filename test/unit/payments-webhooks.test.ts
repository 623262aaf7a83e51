import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import { type PaymentsWorld, day, gbp, id, operator, paymentsWorld, secrets, start } from './payments-world.ts'

let world: PaymentsWorld
beforeEach(async () => {
  world = paymentsWorld()
  await world.reserve({ method: 'card', token: 'tok_late' })
})
const acknowledged = { status: 200, body: { received: true } }
const refused = { status: 400, body: { code: 'invalid_signature' } }
const body = JSON.stringify({
  type: 'captured',
  data: { orderId: id, paymentId: 'pay_1', attempt: 1, amount: gbp(1_000) },
})
const now = Math.floor(start / 1_000)

describe('a webhook', () => {
  it('reports money that came unasked', async () => {
    expect(await world.notice('captured')).toEqual({ ...acknowledged, headers: expect.anything() })
    expect(await world.payment()).toMatchObject({ status: 'captured', captured: gbp(1_000) })
  })
  it('delivered twice, or after a newer one, changes nothing', async () => {
    await world.notice('captured')
    const { version } = world.item()
    for (const type of ['captured', 'authorized', 'captured', 'declined'])
      expect(await world.notice(type, { reason: 'card_declined' })).toMatchObject(acknowledged)
    expect(world.item().version).toBe(version)
  })
  it('of late money sends it back once', async () => {
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'in_flight' })
    await Promise.all([world.notice('captured'), world.notice('captured')])
    await world.notice('captured')
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunded: gbp(1_000), refunds: [{}] })
    expect(world.calls.filter((call) => call === 'refund').length).toBeLessThanOrEqual(2)
  })
  it('that is not taken for good news yet is not needed for the end either', async () => {
    await world.cancel()
    world.now = start + day
    await world.sweep()
    expect(await world.payment()).toMatchObject({ status: 'voided', attempts: [{ state: 'declined' }] })
  })
  it.each([
    ['another amount', gbp(999), 'captured 999 GBP instead of 1000 GBP'],
    ['another currency', { amount: 1_000, currency: 'EUR' }, 'captured 1000 EUR instead of 1000 GBP'],
  ])('with %s puts the payment on hold', async (_, amount, onHold) => {
    expect(await world.notice('captured', { amount })).toMatchObject(acknowledged)
    expect(await world.payment()).toMatchObject({ status: 'in_flight', captured: gbp(0), onHold })
    await world.cancel()
    world.now += day
    await world.sweep()
    expect(world.calls).toEqual(['authorize'])
    expect(await world.pay()).toMatchObject({ status: 409, body: { code: 'order_closed' } })
    expect(await world.call(operator, 'POST /orders/{id}/payments/resume')).toMatchObject({
      body: { status: 'voided' },
    })
  })
  it.each([
    ['an unknown order', { orderId: 'ord_none' }],
    ['another payment', { paymentId: 'pay_2' }],
    ['an attempt that nobody made', { attempt: 7 }],
  ])('of %s is acknowledged and changes nothing', async (_, data) => {
    const { version } = world.item()
    expect(await world.notice('captured', data)).toMatchObject(acknowledged)
    expect(world.item().version).toBe(version)
  })
  it('that means nothing here is acknowledged', async () => {
    expect(await world.notice('payout.paid')).toMatchObject(acknowledged)
    expect(await world.post([])).toMatchObject(acknowledged)
  })
  it('of a provider that is not used is not found', async () => {
    expect(await world.post(body, { provider: 'stripe' })).toMatchObject({
      status: 404,
      body: { code: 'provider_not_found' },
    })
  })
})

describe('a signature', () => {
  it.each([
    ['of the old secret', [secrets[0]]],
    ['of the new secret', [secrets[1]]],
    ['of one of several', ['a third', secrets[0]]],
  ])('%s is believed', async (_, signing) => {
    expect(await world.post(body, { header: signatureHeader(signing, now, body) })).toMatchObject(acknowledged)
  })
  it.each([
    ['that is missing', ''],
    ['that is none', 'v1'],
    ['of another secret', signatureHeader(['guessed'], now, body)],
    ['of another body', signatureHeader(secrets, now, body.replace('1000', '1'))],
    ['of another time', signatureHeader(secrets, now, body).replace(`t=${now}`, `t=${now + 1}`)],
    ['without a time', signatureHeader(secrets, now, body).replace(`t=${now},`, '')],
    ['older than 300 s', signatureHeader(secrets, now - 301, body)],
    ['from the future', signatureHeader(secrets, now + 301, body)],
    ['cut short', signatureHeader([secrets[1]], now, body).slice(0, -1)],
  ])('%s is refused', async (_, header) => {
    expect(await world.post(body, { header })).toMatchObject(refused)
    expect(await world.payment()).toMatchObject({ status: 'in_flight' })
  })
  const signedFor = (time: string, signed: string) =>
    `t=${time},v1=${createHmac('sha256', secrets[0]).update(`${signed}.${body}`).digest('hex')}`
  it.each([
    ['NaN', 'NaN'],
    ['abc', 'NaN'],
    ['', '0'],
    ['', ''],
    ['Infinity', 'Infinity'],
    ['1e999', 'Infinity'],
    [`0x${now.toString(16)}`, String(now)],
    [` ${now}`, String(now)],
    [`+${now}`, String(now)],
    [`${now}.0`, String(now)],
    [`${now / 10}e1`, String(now)],
    [`${now},t=NaN`, String(now)],
  ])('of the time "%s", signed as "%s", is refused', async (time, signed) => {
    expect(await world.post(body, { header: signedFor(time, signed) })).toMatchObject(refused)
    expect(await world.payment()).toMatchObject({ status: 'in_flight' })
  })
  it.each([-300, 300])('made %d s from now is believed', async (seconds) => {
    expect(await world.post(body, { header: signatureHeader(secrets, now + seconds, body) })).toMatchObject(
      acknowledged,
    )
  })
  it('is looked at before the body is', async () => {
    expect(await world.post('{ no json', { header: 't=1,v1=ab' })).toMatchObject(refused)
    expect(await world.post('{ no json')).toMatchObject({ status: 400, body: { code: 'invalid_json' } })
  })
})
