import { beforeEach, describe, expect, it } from 'vitest'
import { events as orders } from '../../schemas/orders.ts'
import { type PaymentsWorld, customer, gbp, id, operator, paymentsWorld } from './payments-world.ts'

let world: PaymentsWorld
beforeEach(async () => {
  world = paymentsWorld()
  await world.reserve({ method: 'card', token: 'tok_accepted' })
})

const paymentId = 'pay_1'
const patch = (body: object, payment = paymentId) => world.call(operator, 'PATCH /payments/{id}', { id: payment, body })
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']))
const labels = { reference: 'BACS № 7', metadata: { books: '2026-117' } }

describe('the labels of a payment', () => {
  it('show wherever the payment shows, to its customer too', async () => {
    expect(await patch(labels)).toMatchObject({ status: 200, body: labels })
    expect(await world.payment()).toMatchObject(labels)
    const { body } = await world.call(customer, 'GET /orders/{id}/payments')
    expect(body.items).toMatchObject([labels])
    await world.confirm()
    expect((await world.refund({ amount: gbp(1) })).body).toMatchObject(labels)
  })
  it('show in the list of payments on hold', async () => {
    await patch(labels)
    await world.notice('captured', { amount: gbp(1) })
    const { body } = await world.call(operator, 'GET /payments', { query: { onHold: 'true' } })
    expect(body.items).toMatchObject([labels])
  })
  it('cost a payment without them not a byte', async () => {
    const before = JSON.stringify(world.item())
    await patch({ metadata: { a: null }, reference: null })
    expect(JSON.stringify(world.item())).toBe(before)
    await patch(labels)
    await patch({ metadata: { books: null }, reference: null })
    expect(world.item()['payment']).not.toHaveProperty('labels')
    expect(await world.payment()).not.toHaveProperty('metadata')
  })
  it('change key by key, and are not events', async () => {
    await world.confirm()
    const before = world.emitted()
    await patch({ metadata: { a: '1', b: '2' } })
    expect((await patch({ metadata: { b: null, c: '3' } })).body.metadata).toEqual({ a: '1', c: '3' })
    expect(world.emitted()).toEqual(before)
    expect(JSON.stringify(await world.publish())).not.toContain('metadata')
  })
  it('of two writers at once lose no key', async () => {
    let raced = false
    world.beforeWrite = async () => {
      if (raced) return
      raced = true
      await patch({ metadata: { theirs: 'yes' } })
    }
    await patch({ metadata: { mine: 'yes' } })
    expect((await world.payment()).metadata).toEqual({ mine: 'yes', theirs: 'yes' })
  })
  it('and money at once lose nothing either', async () => {
    let raced = false
    world.beforeWrite = async () => {
      if (raced) return
      raced = true
      await world.confirm()
    }
    await patch(labels)
    expect(await world.payment()).toMatchObject({ status: 'captured', captured: gbp(1_000), ...labels })
  })
  it('survive what becomes of the payment', async () => {
    await patch(labels)
    await world.confirm()
    await world.refund({ amount: gbp(300) })
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refunded', ...labels })
  })
  it('are forgotten with the person, and none come later', async () => {
    await world.confirm()
    await patch(labels)
    await world.receive(orders.orderForgotten, { ...world.ofOrder(id, { payment: 'paid' }), wasConfirmed: true })
    expect(JSON.stringify(world.item())).not.toContain('BACS')
    expect((await patch(labels)).body).not.toHaveProperty('metadata')
    expect(JSON.stringify(world.item())).not.toContain('BACS')
  })
})

describe('what labels of a payment refuse', () => {
  it('a 51st key beside 50 that are there', async () => {
    await patch({ metadata: keys(50) })
    expect(await patch({ metadata: { one: 'more' } })).toMatchObject({
      status: 422,
      body: { code: 'too_many_metadata_keys', errors: [{ path: 'metadata' }] },
    })
  })
  it.each(['pay_2', 'ord_1', '1', 'pay_', 'pay_1_1'])('a payment %s, which is not there', async (none) => {
    expect(await patch(labels, none)).toMatchObject({ status: 404, body: { code: 'payment_not_found' } })
  })
  it('a customer', async () => {
    expect(await world.call(customer, 'PATCH /payments/{id}', { id: paymentId, body: labels })).toMatchObject({
      status: 403,
    })
  })
})
