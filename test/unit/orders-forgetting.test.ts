import { describe, expect, it } from 'vitest'
import { orderEvents } from '../../functions/orders/outbox-events.ts'
import { guest as guestId } from '../../schemas/guest.ts'
import { events as inventory } from '../../schemas/inventory.ts'
import { events as shipping } from '../../schemas/shipping.ts'
import { events as users } from '../../schemas/users.ts'
import { customer, day, operator, ordersWorld, start } from './orders-world.ts'

const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const words = 'ring twice'
const version = 7

async function sold(input: object = {}) {
  const world = ordersWorld()
  await world.sells('mug')
  const { id } = await world.place({ shippingAddress: home, billingAddress: home, notes: words, ...input })
  // Kept answers go by their age.
  const has = (text: string): boolean =>
    JSON.stringify(world.table.items().filter(({ ttl }) => ttl === undefined)).includes(text)
  const header = () => world.table.items().find(({ pk, sk }) => pk === id && sk === 'order')!
  const cancel = () =>
    world.call(customer, 'POST /orders/{id}/cancel', {
      id,
      body: { reason: words.repeat(100).slice(0, 500) },
      key: 'c',
    })
  const released = async () => {
    await world.reserve(id)
    await cancel()
    await world.receive(inventory.stockReleased, { reservationId: id, orderId: id, lines: [] } as never)
  }
  const erased = () => world.receive(users.userErased, { userId: customer.sub, version })
  return { world, id, has, header, cancel, released, erased }
}

describe('the orders of somebody who is erased', () => {
  it('forget what was written at once, and addresses when nobody asks for invoices', async () => {
    const { world, has, header, released, erased } = await sold()
    await released()
    expect(has(words)).toBe(true)
    await erased()
    await world.sweep()
    await world.sweep()
    expect(has(words)).toBe(false)
    expect(has(home.line1)).toBe(true)
    expect(header()).toMatchObject({ outbox: ['order.forgotten'], reason: { code: 'cancelled_by_customer' } })
    world.now = start + day
    await world.sweep()
    expect(has(home.line1)).toBe(false)
    expect(header()).not.toHaveProperty('outbox')
    expect(header()).not.toHaveProperty('duePk')
  })

  it('forget what other systems have put onto them, and are not found by it', async () => {
    const { world, id, has, released, erased } = await sold({ reference: 'till 7', metadata: { for: 'Ann Customer' } })
    await released()
    const found = async () =>
      (await world.call(operator, 'GET /orders', { query: { reference: 'till 7' } })).body['items'] as unknown[]
    expect(await found()).toHaveLength(1)
    await erased()
    await world.sweep()
    await world.sweep()
    expect(has('Ann Customer')).toBe(true)
    expect(has('"for"')).toBe(false)
    expect(has('till 7')).toBe(false)
    expect(world.table.items().filter(({ pk }) => pk.startsWith('reference_'))).toEqual([])
    expect(await found()).toEqual([])
    const shown = (await world.call(operator, 'GET /orders/{id}', { id })).body
    expect(shown).not.toHaveProperty('reference')
    expect(shown).not.toHaveProperty('metadata')
  })

  it('forget why lines were cancelled, with what earlier releases kept of that', async () => {
    const { world, id, has, erased } = await sold({ lines: [{ sku: 'mug', quantity: 3 }] })
    await world.reserve(id)
    await world.call(operator, 'POST /orders/{id}/approve', { id })
    const takes = (number: number) => ({
      items: [{ id: `shp_1_c${number}`, shipmentId: 'shp_1', sku: 'mug', quantity: 1 }],
      nothingSent: false,
    })
    for (const number of [1, 2]) {
      world.shipments = { ...world.shipments, cancelLine: async () => ({ status: 200, body: takes(number) }) }
      const body = { quantity: 1, reason: 'my own words' }
      const reply = await world.call(customer, 'POST /orders/{id}/lines/{sku}/cancel', {
        id,
        sku: 'mug',
        body,
        key: `line ${number}`,
      })
      expect(reply).toMatchObject({ status: 200, body: { cancelledLines: [{ quantity: number }] } })
    }
    // Nobody reads it, so that nothing keeps it.
    expect(has('my own words')).toBe(false)
    for (let number = 0; number < 250; number += 1) {
      const item = {
        pk: id,
        sk: `line_cancelled#shp_1_c${number}`,
        version: 1,
        by: customer.sub,
        reason: 'my old words',
      }
      await world.table.write({ put: item, if: 'absent' })
    }
    await erased()
    await world.sweep()
    expect(has('my old words')).toBe(true)
    world.now = start + 91 * day
    await world.sweep()
    expect(has('my old words')).toBe(false)
    expect(has('line_cancelled#')).toBe(false)
    expect((await world.call(operator, 'GET /orders/{id}', { id })).body).toMatchObject({
      cancelledLines: [{ quantity: 2 }],
    })
  })

  it('forget it where it lies beside the header, too', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => ({ sku: `mug${index}`, quantity: 1 }))
    const { world, id, has, released, erased } = await sold()
    for (const { sku } of lines) await world.sells(sku)
    const large = await world.place({ lines, shippingAddress: home, notes: words.padEnd(1_000, '.') })
    await world.reserve(large.id)
    await world.call(customer, 'POST /orders/{id}/cancel', { id: large.id, body: {}, key: 'large' })
    await world.receive(inventory.stockReleased, { reservationId: 'r', orderId: large.id, lines: [] } as never)
    await released()
    await erased()
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await world.sweep()
    expect(has(words)).toBe(false)
    world.now = start + day
    await world.sweep()
    expect(has(home.line1)).toBe(false)
    const shown = await world.call(operator, 'GET /orders/{id}', { id: large.id })
    expect((shown.body['lines'] as unknown[]).length).toBe(30)
    expect((await world.call(operator, 'GET /orders/{id}', { id })).status).toBe(200)
  })

  it('wait for what is under way, 90 days at most', async () => {
    const { world, id, has, header, erased } = await sold()
    await world.reserve(id)
    await world.call(operator, 'POST /orders/{id}/approve', { id })
    await erased()
    await world.sweep()
    world.now += 40 * day
    await world.sweep()
    expect(has(words)).toBe(true)
    world.now = start + 91 * day
    await world.sweep()
    expect(has(words)).toBe(false)
    expect(header()['forget']).toEqual([start, start + day, 2])
  })

  it('take no address back from an event that comes late', async () => {
    const { world, id, has, released, erased } = await sold()
    await released()
    await erased()
    await world.sweep()
    world.now = start + 2 * day
    await world.sweep()
    const late = { orderId: id, changeId: 'late', number: 3, address: home }
    expect(await world.receive(shipping.shipmentAddress, late)).toEqual([])
    expect(has(home.line1)).toBe(false)
  })

  it('are let known once, with whether there may be parcels', async () => {
    const { world, id, header, released, erased } = await sold()
    await released()
    await erased()
    await world.sweep()
    await world.sweep()
    const { data } = await orderEvents(world.store)(header(), 'order.forgotten')
    expect(data).toMatchObject({ orderId: id, customerId: customer.sub, wasConfirmed: false })
  })

  it('are found by the second look, where they were placed while the account was erased', async () => {
    const { world, erased, has } = await sold()
    await erased()
    await world.sweep()
    const { id } = await world.place({ notes: 'late note' })
    await world.reserve(id)
    await world.call(customer, 'POST /orders/{id}/cancel', { id, body: {}, key: 'late' })
    await world.receive(inventory.stockReleased, { reservationId: id, orderId: id, lines: [] } as never)
    expect(has('late note')).toBe(true)
    world.now += 3_600_000
    await world.sweep()
    await world.sweep()
    expect(has('late note')).toBe(false)
    const tombstone = world.table.items().find(({ pk, sk }) => pk === `user_${customer.sub}` && sk === 'user')
    expect(tombstone).not.toHaveProperty('duePk')
  })

  it('leave nobody for operators to order for, whatever of the account comes late', async () => {
    const { world, erased } = await sold()
    await erased()
    await world.receive(users.userUpdated, { userId: customer.sub, email: '', roles: [], version: 3 })
    await world.receive(users.userRegistered, { userId: customer.sub, email: '', roles: [] })
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' }, customerId: customer.sub }
    const reply = await world.call(operator, 'POST /orders', { body, key: 'for' })
    expect(reply).toMatchObject({ status: 422, body: { code: 'unknown_customer' } })
  })
})

describe('an order of a guest', () => {
  const guest = { name: 'Ann Guest', email: 'ann@guest.test' }
  async function placed() {
    const found = await sold()
    const { world } = found
    const body = {
      lines: [{ sku: 'mug', quantity: 1 }],
      payment: { method: 'manual' },
      customerId: guestId,
      guest,
      notes: words,
      shippingAddress: home,
    }
    const request = { body, key: 'guest' }
    const { body: order } = await world.call(operator, 'POST /orders', request)
    const token = /[A-Za-z0-9_-]{43}/.exec(world.mails[0]!.text)![0]
    const erase = () => world.call({}, 'DELETE /guest-orders/{token}/data', { token })
    return { ...found, request, id: String(order['id']), token, erase }
  }

  it('forgets its guest by the mailed link, once it is no longer open', async () => {
    const { world, id, erase, has, request } = await placed()
    expect(await erase()).toMatchObject({ status: 409, body: { code: 'orders_open' } })
    await world.reserve(id)
    await world.call(operator, 'POST /orders/{id}/cancel', { id, body: {}, key: 'c' })
    await world.receive(inventory.stockReleased, { reservationId: id, orderId: id, lines: [] } as never)
    const answer = await erase()
    expect(answer).toMatchObject({ status: 202, body: { erasesAt: new Date(start).toISOString() } })
    world.now += 60_000
    expect((await erase()).body).toEqual(answer.body)
    await world.sweep()
    expect(has(guest.email)).toBe(false)
    expect(has(guest.name)).toBe(false)
    // A request that comes again puts nothing back.
    await world.call(operator, 'POST /orders', request)
    expect(has(guest.email)).toBe(false)
  })

  it('is erased by nobody without the link', async () => {
    const { world } = await placed()
    const reply = await world.call({}, 'DELETE /guest-orders/{token}/data', { token: 'b'.repeat(43) })
    expect(reply).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
  })
})

describe('an account that is leaving', () => {
  it('orders nothing', async () => {
    const { world } = await sold()
    world.leaving.add(customer.sub)
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' } }
    const reply = await world.call(customer, 'POST /orders', { body, key: 'leaving' })
    expect(reply).toMatchObject({ status: 409, body: { code: 'account_leaving' } })
  })
})
