import { beforeEach, describe, expect, it } from 'vitest'
import { overtaken, shop } from './catalog-shop.ts'

let catalog: ReturnType<typeof shop>
beforeEach(async () => {
  catalog = shop()
  await catalog.create('A')
})

const path = '/products/{sku}/labels'
const patch = (body: object, sku = 'A', headers: Record<string, string> = {}) =>
  catalog.call(`PATCH ${path}`, { as: 'operator', params: { sku }, body, headers })
const get = (sku = 'A') => catalog.call(`GET ${path}`, { as: 'operator', params: { sku } })
const labels = { reference: 'ITEM № 7', metadata: { erp: '4711', 'a b': '' } }
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']))
const itemOf = (sku = 'A') => catalog.table.items().find(({ pk, sk }) => pk === `product_${sku}` && sk === 'labels')

describe('the labels of a product', () => {
  it('are none at first, and then what was put there', async () => {
    expect(await get()).toMatchObject({ status: 200, body: {} })
    expect(await patch(labels)).toMatchObject({ status: 200, body: labels })
    expect((await get()).body).toEqual(labels)
  })
  it('are read by nobody who reads the product', async () => {
    const reading = async () => [
      (await catalog.read('A')).body,
      (await catalog.list({})).body,
      (await catalog.list({ q: 'lamp' })).body,
    ]
    const before = await reading()
    await patch(labels)
    expect(await reading()).toEqual(before)
    expect((await catalog.read('A')).headers['etag']).toBe('"1"')
  })
  it('change key by key', async () => {
    await patch({ metadata: { a: '1', b: '2' } })
    expect((await patch({ reference: 'r', metadata: { b: null, c: '3' } })).body).toEqual({
      reference: 'r',
      metadata: { a: '1', c: '3' },
    })
    expect((await patch({ reference: null, metadata: { a: null, c: null } })).body).toEqual({})
    expect((await patch({ metadata: { c: '4' } })).body).toEqual({ metadata: { c: '4' } })
  })
  it('are only written where they differ', async () => {
    await patch(labels)
    const { version } = itemOf()!
    expect(await patch({ ...labels, metadata: { erp: '4711', none: null } })).toMatchObject({ body: labels })
    expect(itemOf()).toMatchObject({ version })
  })
  it('emit nothing', async () => {
    await patch(labels)
    expect(itemOf()).not.toHaveProperty('outbox')
    expect(catalog.product('A')).toMatchObject({ version: 1 })
  })
  it('of two writers at once lose no key', async () => {
    const { around, arm } = overtaken(() => patch({ metadata: { theirs: 'yes' } }))
    catalog = shop(around)
    await catalog.create('A')
    arm()
    await patch({ metadata: { mine: 'yes' } })
    expect((await get()).body).toEqual({ metadata: { mine: 'yes', theirs: 'yes' } })
  })
  it('of a writer that finds all of them removed and others there lose no key', async () => {
    const { around, arm } = overtaken(async () => {
      await patch({ metadata: { first: null } })
      await patch({ metadata: { theirs: 'yes' } })
    })
    catalog = shop(around)
    await catalog.create('A')
    await patch({ metadata: { first: 'yes' } })
    arm()
    await patch({ metadata: { mine: 'yes' } })
    expect((await get()).body).toEqual({ metadata: { mine: 'yes', theirs: 'yes' } })
  })
  it('survive a change of the product, also at the same moment', async () => {
    const { around, arm } = overtaken(() => catalog.patch('A', { name: 'X' }))
    catalog = shop(around)
    await catalog.create('A')
    arm()
    await patch(labels)
    await catalog.patch('A', { name: 'Y' })
    expect((await get()).body).toEqual(labels)
    expect((await catalog.read('A')).body).toMatchObject({ name: 'Y' })
  })
  it('are changed under their ETag where one is named', async () => {
    const { headers } = await get()
    await patch({ metadata: { a: '1' } }, 'A', { 'if-match': String(headers['etag']) })
    expect(await patch({ metadata: { a: '2' } }, 'A', { 'if-match': String(headers['etag']) })).toMatchObject({
      status: 412,
    })
    expect((await get()).body).toEqual({ metadata: { a: '1' } })
  })
})

describe('a product that is deleted', () => {
  it('takes its labels along, and starts without when it is created again', async () => {
    await patch(labels)
    await catalog.retire('A', 1)
    expect(itemOf()).toBeUndefined()
    expect(await get()).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    expect(await patch(labels)).toMatchObject({ status: 404 })
    await catalog.create('A')
    expect((await get()).body).toEqual({})
  })
  it('takes along what is put there at that moment', async () => {
    const { around, arm } = overtaken(() => patch(labels))
    catalog = shop(around)
    await catalog.create('A')
    arm()
    await catalog.retire('A', 1)
    expect(itemOf()).toBeUndefined()
  })
  it('gets no labels at that moment', async () => {
    const { around, arm } = overtaken(() => catalog.retire('A', 1))
    catalog = shop(around)
    await catalog.create('A')
    arm()
    expect(await patch(labels)).toMatchObject({ status: 404 })
    expect(itemOf()).toBeUndefined()
  })
  it('gives none to another life of its sku, also where an older release has left them', async () => {
    await patch(labels)
    const left = itemOf()!
    await catalog.retire('A', 1)
    await catalog.create('A')
    catalog.table.follow(undefined, left)
    expect((await get()).body).toEqual({})
    expect((await patch({ metadata: { b: '2' } })).body).toEqual({ metadata: { b: '2' } })
  })
})

describe('what labels of a product refuse', () => {
  it('a 51st key beside 50 that are there; 50 and each limit itself are taken', async () => {
    await patch({ metadata: keys(50), reference: 'x'.repeat(255) })
    const reply = await patch({ metadata: { one: 'more' } })
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'too_many_metadata_keys', errors: [{ path: 'metadata' }] },
    })
    expect(await patch({ metadata: { ['k'.repeat(40)]: 'x'.repeat(500), 'key-0': null } })).toMatchObject({
      status: 200,
    })
  })
  it('a key __proto__, with its path', async () => {
    const body = JSON.parse('{ "metadata": { "__proto__": "x", "a": "1" } }') as object
    const reply = await patch(body)
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'metadata.__proto__' }] } })
    expect((await get()).body).toEqual({})
  })
  it.each(['constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    'no key %s, which is one as any other',
    async (key) => {
      const metadata = Object.fromEntries([
        [key, 'x'],
        ['a', '1'],
      ])
      expect((await patch({ metadata })).body).toEqual({ metadata })
      expect((await get()).body).toEqual({ metadata })
    },
  )
})
