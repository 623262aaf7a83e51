import { describe, expect, it } from 'vitest'
import { lamp, overtaken, shop } from './catalog-shop.ts'

type Catalog = ReturnType<typeof shop>
const put = ({ call }: Catalog, sku: string, body: object, headers: Record<string, string> = {}) =>
  call('PUT /products/{sku}', { as: 'operator', params: { sku }, body, headers })
const everything = { description: 'Old', attributes: { a: 1 }, weightGrams: 1, lowStockAt: 2, active: false }

describe('replacing a product', () => {
  it('leaves nothing of what was entered, and emits product.updated', async () => {
    const catalog = shop()
    await catalog.create('A', everything)
    const { status, headers, body } = await put(catalog, 'A', { name: 'Lantern', price: lamp.price })
    expect([status, headers['etag']]).toEqual([200, '"2"'])
    expect(body).toMatchObject({ sku: 'A', name: 'Lantern', active: true, unique: false, version: 2 })
    for (const field of ['description', 'attributes', 'weightGrams', 'lowStockAt'])
      expect(body).not.toHaveProperty(field)
    expect(catalog.product('A')).toMatchObject({ outbox: ['product.updated'], createdVersion: 1 })
    expect((await catalog.list({ q: 'lamp' })).body.items).toEqual([])
    expect((await catalog.list({ q: 'lantern' })).body.items).toHaveLength(1)
  })
  it('moves it out of its category, and into another one', async () => {
    const catalog = shop()
    const [one, two] = [(await catalog.category('One')).body.id, (await catalog.category('Two')).body.id]
    await catalog.create('A', { categoryId: one })
    await put(catalog, 'A', { ...lamp, categoryId: two })
    expect([catalog.members(one) ?? 0, catalog.members(two)]).toEqual([0, 1])
    await put(catalog, 'A', lamp)
    expect([catalog.members(one) ?? 0, catalog.members(two) ?? 0]).toEqual([0, 0])
    expect(await put(catalog, 'A', { ...lamp, categoryId: 'cat_9' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_category' },
    })
  })
  it('writes nothing where it is the same already, so it may be sent again', async () => {
    const catalog = shop()
    await catalog.create('A', everything)
    for (const version of [2, 2]) expect((await put(catalog, 'A', lamp)).body).toMatchObject({ version })
  })
  it('keeps whether it is unique, and refuses to change that', async () => {
    const catalog = shop()
    await catalog.create('A', { unique: true })
    expect((await put(catalog, 'A', { ...lamp, name: 'B' })).body).toMatchObject({ unique: true, version: 2 })
    expect((await put(catalog, 'A', { ...lamp, unique: true })).body).toMatchObject({ unique: true })
    expect(await put(catalog, 'A', { ...lamp, unique: false })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'unique' }] },
    })
  })
  it('creates none', async () => {
    const catalog = shop()
    expect(await put(catalog, 'A', lamp)).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    expect(catalog.product('A')).toBeUndefined()
  })
  it('takes If-Match as a patch does, also against who comes in between', async () => {
    const { around, arm } = overtaken(() => catalog.patch('A', { active: false }))
    const catalog = shop(around)
    await catalog.create('A')
    expect(await put(catalog, 'A', lamp, { 'if-match': '"7"' })).toMatchObject({ status: 412 })
    arm()
    expect(await put(catalog, 'A', { ...lamp, name: 'B' }, { 'if-match': '"1"' })).toMatchObject({ status: 412 })
  })
  it.each([
    [{ name: 'X' }, 'price'],
    [{ price: lamp.price }, 'name'],
    [{ ...lamp, sku: 'A' }, 'sku'],
    [{ ...lamp, description: null }, 'description'],
    [{ ...lamp, colour: 'red' }, 'colour'],
  ])('refuses %j, and names %s', async (body, path) => {
    const catalog = shop()
    await catalog.create('A')
    expect(await put(catalog, 'A', body)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
  })
  it('is for operators alone', async () => {
    const catalog = shop()
    await catalog.create('A')
    const asked = { params: { sku: 'A' }, body: lamp }
    expect((await catalog.call('PUT /products/{sku}', asked)).status).toBe(401)
    expect((await catalog.call('PUT /products/{sku}', { ...asked, as: 'customer' })).status).toBe(403)
  })
})

describe('a search for an odd term', () => {
  const found = async (q: string) => {
    const catalog = shop()
    await catalog.create('A-1', { name: 'Lampe 100% _a_ Grün' })
    await catalog.create('Б-2', {}).catch(() => undefined)
    await catalog.create('C-3', { name: '日本語 ランプ' })
    await catalog.create('D-4', { name: 'مصباح' })
    const { status, body } = await catalog.list({ q })
    return { status, skus: (body.items as { sku: string }[] | undefined)?.map(({ sku }) => sku), body }
  }
  it.each([
    ['one character', 'l', ['A-1']],
    ['one character of another script', '日', ['C-3']],
    ['the beginning of a word of another script', 'مصب', ['D-4']],
    ['a longer word of another script', 'ランプ', ['C-3']],
    ['100 characters', 'x'.repeat(100), []],
    ['a wildcard alone, which is punctuation', '*', []],
    ['a wildcard behind the beginning of a word, which it does not need', 'lam*', ['A-1']],
    ['a wildcard of SQL, which is a sign as any other', '%', []],
    ['a placeholder of SQL', '_', []],
    ['a question mark', 'l?mpe', []],
    ['the beginning of a pattern', '[a-z]+', []],
    ['half a character', '\ud83d', undefined],
  ] as const)('%s', async (_, q, wanted) => {
    const { status, skus } = await found(q)
    expect([status, skus]).toEqual(wanted === undefined ? [400, undefined] : [200, [...wanted]])
  })
  it.each(['', '   ', 'x'.repeat(101), 'x'.repeat(10_000)])('of %j is refused by its field', async (q) => {
    const { status, body } = await found(q)
    expect([status, body]).toMatchObject([400, { code: 'validation_failed', errors: [{ path: 'q' }] }])
  })
})
