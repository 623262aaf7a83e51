import { beforeEach, describe, expect, it } from 'vitest'
import { relabelled } from '../../functions/runtime/labels.ts'
import { type OrdersWorld, customer, operator, ordersWorld, other } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})

const patch = (id: string, body: object, claims: Record<string, string> = customer) =>
  world.call(claims, 'PATCH /orders/{id}', { id, body })
const get = async (id: string) => (await world.call(operator, 'GET /orders/{id}', { id })).body
const keys = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${from + index}`, 'x']))
const pathsOf = ({ body }: { body: Record<string, unknown> }) =>
  (body['errors'] as { path: string }[]).map(({ path }) => path)

describe('the labels of an order', () => {
  it('come with it, and show wherever it shows', async () => {
    const labels = { reference: 'Bestellung № 7', metadata: { erp: '4711', 'a b': '' } }
    const order = await world.place(labels)
    expect(order).toMatchObject(labels)
    expect(await get(order.id)).toMatchObject(labels)
    const { items } = (await world.call(customer, 'GET /orders')).body as { items: object[] }
    expect(items).toMatchObject([labels])
    expect((await world.call(customer, 'POST /orders/{id}/cancel', { id: order.id })).body).toMatchObject(labels)
  })
  it('cost an order without them nothing', async () => {
    const before = world.writes.length
    const { id } = await world.place({ metadata: {} })
    expect(world.writes.slice(before).flat()).toHaveLength(1)
    expect(await get(id)).not.toHaveProperty('metadata')
    expect(await get(id)).not.toHaveProperty('reference')
  })
  it('are those of the request in the answer to a repetition', async () => {
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' }, metadata: { a: '1' } }
    const place = async (prefer?: string) =>
      (await world.call(customer, 'POST /orders', { key: 'k', body, ...(prefer !== undefined && { prefer }) })).body
    const { id } = await place()
    await world.reserve(String(id))
    await patch(String(id), { metadata: { a: '2' } })
    expect(await place()).toMatchObject({ metadata: { a: '1' } })
    expect(await place('wait=1')).toMatchObject({ metadata: { a: '2' } })
  })
  it('change key by key, also of a closed order', async () => {
    const { id } = await world.place({ metadata: { a: '1', b: '2' } })
    await world.refuse(id)
    expect((await patch(id, { metadata: { b: null, c: '3' } })).body).toMatchObject({
      status: 'rejected',
      metadata: { a: '1', c: '3' },
    })
    expect((await patch(id, { metadata: { a: null, c: null } })).body).not.toHaveProperty('metadata')
    expect((await patch(id, { metadata: { c: '4' } })).body['metadata']).toEqual({ c: '4' })
  })
  it('are only changed by a write where they differ', async () => {
    const { id } = await world.place({ reference: 'r', metadata: { a: '1' } })
    const before = world.writes.length
    expect(await patch(id, { reference: 'r', metadata: { a: '1', z: null } })).toMatchObject({ status: 200 })
    expect(world.writes).toHaveLength(before)
  })
  it('of two writers at once lose no key', async () => {
    const { id } = await world.place({ metadata: { a: '1' } })
    let raced = false
    world.beforeWrite = async () => {
      if (raced) return
      raced = true
      await patch(id, { metadata: { theirs: 'yes' } }, operator)
    }
    expect(await patch(id, { metadata: { mine: 'yes' } })).toMatchObject({ status: 200 })
    expect((await get(id))['metadata']).toEqual({ a: '1', mine: 'yes', theirs: 'yes' })
  })
  it('and an event at once lose nothing either', async () => {
    const { id } = await world.place()
    let raced = false
    world.beforeWrite = async () => {
      if (raced) return
      raced = true
      await world.reserve(id)
    }
    await patch(id, { metadata: { a: '1' } })
    expect(await get(id)).toMatchObject({ status: 'reserved', metadata: { a: '1' } })
  })
  it('survive every change of the order', async () => {
    const { id } = await world.place({ reference: 'r', metadata: { a: '1' } })
    await world.reserve(id)
    await world.pay(id, 1, 'captured')
    await world.commit(id)
    await world.ship(id, 'delivered')
    expect(await get(id)).toMatchObject({ status: 'completed', reference: 'r', metadata: { a: '1' } })
  })
  it('are changed by who may change the order, under its ETag where one is named', async () => {
    const { id } = await world.place()
    expect(await patch(id, { metadata: { a: '1' } }, other)).toMatchObject({ status: 404 })
    expect(await patch(id, { metadata: { a: '1' } }, operator)).toMatchObject({ status: 200 })
  })
})

describe('what labels refuse', () => {
  it.each([
    [{ metadata: keys(51) }, 'metadata'],
    [{ metadata: { note: 'x'.repeat(501) } }, 'metadata.note'],
    [{ metadata: { ['k'.repeat(41)]: 'x' } }, `metadata.${'k'.repeat(41)}`],
    [{ metadata: { '': 'x' } }, 'metadata.'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ metadata: [] }, 'metadata'],
    [{ reference: 'x'.repeat(256) }, 'reference'],
    [{ reference: '' }, 'reference'],
    [{ reference: 7 }, 'reference'],
  ])('%j, with its path', async (labels, path) => {
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' }, ...labels }
    const placed = await world.call(customer, 'POST /orders', { key: 'k', body })
    expect([placed.status, pathsOf(placed)]).toEqual([400, [path]])
    const { id } = await world.place()
    const before = world.writes.length
    const patched = await patch(id, labels)
    expect([patched.status, pathsOf(patched)]).toEqual([400, [path]])
    expect(world.writes).toHaveLength(before)
  })
  it('a 51st key beside 50 that are there; 50 and each limit itself are taken', async () => {
    const { id } = await world.place({ metadata: keys(50), reference: 'x'.repeat(255) })
    const reply = await patch(id, { metadata: { one: 'more' } })
    expect([reply.status, reply.body['code'], pathsOf(reply)]).toEqual([422, 'too_many_metadata_keys', ['metadata']])
    const longest = { ['k'.repeat(40)]: 'x'.repeat(500), 'key-0': null }
    expect(await patch(id, { metadata: longest })).toMatchObject({ status: 200 })
  })
  it('nothing of an address when the labels are too many', async () => {
    const { id } = await world.place({ metadata: keys(50) })
    const shippingAddress = { name: 'A', line1: 'B', city: 'C', country: 'GB' }
    expect(await patch(id, { shippingAddress, metadata: { one: 'more' } })).toMatchObject({ status: 422 })
    expect(await get(id)).not.toHaveProperty('shippingAddress')
  })
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    'nothing of objects in a key %s',
    async (key) => {
      const { id } = await world.place()
      const body = JSON.parse(`{ "metadata": { ${JSON.stringify(key)}: "x", "a": "1" } }`) as object
      const { status } = await patch(id, body)
      const { metadata } = (await get(id)) as { metadata?: Record<string, unknown> }
      expect(Object.getPrototypeOf(metadata ?? {})).toBe(Object.prototype)
      expect(({} as Record<string, unknown>)['x']).toBeUndefined()
      if (status === 200) expect(metadata).toMatchObject({ a: '1' })
      else expect(status).toBe(400)
    },
  )
})

describe('a change of labels', () => {
  it('is the same ones where nothing changes', () => {
    const before = { reference: 'r', metadata: { a: '1' } }
    expect(relabelled(before, {})).toBe(before)
    expect(relabelled(before, { metadata: { a: '1', b: null } })).toBe(before)
    expect(relabelled(before, { reference: null })).toEqual({ metadata: { a: '1' } })
  })
})
