import { describe, expect, it } from 'vitest'
import { toEvent } from '../../functions/catalog/outbox-events.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { lamp, overtaken, shop } from './catalog-shop.ts'

describe('creating a product', () => {
  it('answers with it and emits product.created', async () => {
    const { create, product } = shop()
    const { status, headers, body } = await create('A', { lowStockAt: 5 })
    expect([status, headers['etag']]).toEqual([201, '"1"'])
    expect(body).toMatchObject({ ...lamp, sku: 'A', unique: false, active: true, version: 1 })
    const item = product('A')!
    expect(item.outbox).toEqual(['product.created'])
    expect(JSON.parse(entryOf(item, await toEvent(item, 'product.created')).detail)).toMatchObject({
      id: 'product_A/product@1/product.created',
      causationId: 'request-1',
      data: { sku: 'A', ...lamp, active: true, unique: false, lowStockAt: 5, version: 1 },
    })
  })

  it('is refused for a sku that exists', async () => {
    const { create } = shop()
    await create('A')
    expect(await create('A')).toMatchObject({ status: 409, body: { code: 'product_exists' } })
  })

  it('gives the first answer again for the same Idempotency-Key', async () => {
    const { call, product } = shop()
    const request = { as: 'operator', body: { ...lamp, sku: 'A' }, headers: { 'idempotency-key': 'k' } }
    const first = await call('POST /products', request)
    const again = await call('POST /products', request)
    expect(again.body).toEqual(first.body)
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' })
    expect(product('A')?.version).toBe(1)
  })

  it('is refused in a category that is not there', async () => {
    const { create, product } = shop()
    expect(await create('A', { categoryId: 'cat_9' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_category', errors: [{ path: 'categoryId' }] },
    })
    expect(product('A')).toBeUndefined()
  })

  it('is for operators alone', async () => {
    const { call } = shop()
    const body = { ...lamp, sku: 'A' }
    expect((await call('POST /products', { body })).status).toBe(401)
    expect((await call('POST /products', { body, as: 'customer' })).status).toBe(403)
  })

  it('names every field that is wrong', async () => {
    const { create } = shop()
    const { status, body } = await create('A B', { price: { amount: 2.5, currency: 'XYZ' }, colour: 'red', name: ' ' })
    expect(status).toBe(400)
    expect(body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'colour',
      'name',
      'price.amount',
      'price.currency',
      'sku',
    ])
  })
})

describe('changing a product', () => {
  it('emits product.updated with the next version', async () => {
    const { create, patch, product } = shop()
    await create('A', { weightGrams: 1, description: 'Old' })
    const { status, headers, body } = await patch('A', { name: 'Lantern', description: null })
    expect([status, headers['etag']]).toEqual([200, '"2"'])
    expect(body).toMatchObject({ name: 'Lantern', weightGrams: 1, version: 2 })
    expect(body).not.toHaveProperty('description')
    expect(product('A')).toMatchObject({ outbox: ['product.updated'], createdVersion: 1 })
    expect(product('A')).not.toHaveProperty('description')
  })

  it('writes nothing when nothing changes', async () => {
    const { create, patch, product } = shop()
    await create('A')
    expect(await patch('A', { name: 'Lamp', active: true, description: null })).toMatchObject({
      status: 200,
      body: { version: 1 },
    })
    expect(product('A')).toMatchObject({ version: 1, outbox: ['product.created'] })
  })

  it.each(['"7"', 'W/"1"', 'nonsense'])('is refused when If-Match is %s and version 1 is there', async (tag) => {
    const { create, patch, product } = shop()
    await create('A')
    expect(await patch('A', { name: 'X' }, { 'if-match': tag })).toMatchObject({
      status: 412,
      body: { code: 'version_mismatch' },
      headers: { etag: '"1"' },
    })
    expect(product('A')?.version).toBe(1)
  })

  it.each(['"1"', '*', '"7", "1"'])('is done when If-Match is %s', async (tag) => {
    const { create, patch } = shop()
    await create('A')
    expect((await patch('A', { name: 'X' }, { 'if-match': tag })).status).toBe(200)
  })

  it('loses nothing of a change that came in between', async () => {
    const { around, arm } = overtaken(() => catalog.patch('A', { active: false }))
    const catalog = shop(around)
    await catalog.create('A')
    arm()
    expect((await catalog.patch('A', { name: 'X' })).body).toMatchObject({ name: 'X', active: false, version: 3 })
  })

  it('is refused when the version of If-Match is overtaken at the last moment', async () => {
    const { around, arm } = overtaken(() => catalog.patch('A', { active: false }))
    const catalog = shop(around)
    await catalog.create('A')
    arm()
    expect((await catalog.patch('A', { name: 'X' }, { 'if-match': '"1"' })).status).toBe(412)
  })
})

describe('reading a product', () => {
  it('may be kept for seconds and is not sent again to a caller that has it', async () => {
    const { create, patch, read } = shop()
    await create('A')
    expect((await read('A')).headers).toMatchObject({ etag: '"1"', 'cache-control': 'public, max-age=5' })
    const known = await read('A', { 'if-none-match': 'W/"1"' })
    expect([known.status, known.body, known.headers['etag']]).toEqual([304, undefined, '"1"'])
    await patch('A', { name: 'X' })
    expect((await read('A', { 'if-none-match': '"1"' })).status).toBe(200)
  })

  it('finds none of an unknown sku', async () => {
    expect(await shop().read('A')).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
  })
})

describe('a product that inventory has retired', () => {
  it('is gone, and emits product.deleted', async () => {
    const { create, retire, read, list, product } = shop()
    await create('A')
    expect(await retire('A', 1)).toEqual([])
    expect((await read('A')).status).toBe(404)
    expect((await list({})).body.items).toEqual([])
    const item = product('A')!
    expect(item).toMatchObject({ version: 2, outbox: ['product.deleted'] })
    expect(JSON.parse(entryOf(item, await toEvent(item, 'product.deleted')).detail)).toMatchObject({
      causationId: 'stock_A/stock@9/stock.item_retired',
      data: { sku: 'A', version: 2 },
    })
  })

  it('is gone also when it was changed after inventory looked', async () => {
    const { create, patch, retire, read } = shop()
    await create('A')
    await patch('A', { name: 'X' })
    await retire('A', 1)
    expect((await read('A')).status).toBe(404)
  })

  it('is gone also when it is changed at that very moment', async () => {
    const { around, arm } = overtaken(() => catalog.patch('A', { name: 'X' }))
    const catalog = shop(around)
    await catalog.create('A')
    arm()
    await catalog.retire('A', 1)
    expect(catalog.product('A')).toMatchObject({ version: 3, deleted: true })
  })

  it('can exist again, with a higher version, and an old retirement does not touch it', async () => {
    const { create, retire, read, product } = shop()
    await create('A')
    await retire('A', 1)
    expect((await create('A', { name: 'Again' })).body).toMatchObject({ name: 'Again', version: 3 })
    expect(product('A')).toMatchObject({ outbox: ['product.created'] })
    await retire('A', 1)
    expect((await read('A')).body).toMatchObject({ name: 'Again', version: 3 })
    await retire('A', 3)
    expect((await read('A')).status).toBe(404)
  })

  it('cannot be changed', async () => {
    const { create, retire, patch } = shop()
    await create('A')
    await retire('A', 1)
    expect(await patch('A', { name: 'X' })).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
  })
})

describe('a list of products', () => {
  const many = async (count: number, name: (index: number) => string = (index) => `Product ${index}`) => {
    const catalog = shop()
    const rows = Array.from({ length: count }, (_, index) => ({ ...lamp, sku: `S${1_000 + index}`, name: name(index) }))
    for (let from = 0; from < count; from += 1_000)
      await catalog.load(
        rows
          .slice(from, from + 1_000)
          .map((row) => JSON.stringify(row))
          .join('\n'),
      )
    const skus = async (query: Record<string, string>) => {
      const pages: string[][] = []
      let cursor: string | undefined
      do {
        const { body } = await catalog.list({ ...query, ...(cursor !== undefined && { cursor }) })
        pages.push(body.items.map(({ sku }: { sku: string }) => sku))
        cursor = body.cursor
      } while (cursor !== undefined)
      return pages
    }
    return { ...catalog, skus }
  }

  it('pages by sku, each once', async () => {
    const { skus } = await many(7)
    const pages = await skus({ limit: '3' })
    expect(pages[0]).toEqual(['S1000', 'S1001', 'S1002'])
    expect(pages.flat()).toEqual(Array.from({ length: 7 }, (_, index) => `S${1_000 + index}`))
  })

  it('shows a category alone', async () => {
    const { create, category, list } = shop()
    const { id } = (await category('Lamps')).body
    await create('A', { categoryId: id })
    await create('B')
    expect((await list({ category: id })).body.items).toMatchObject([{ sku: 'A' }])
    expect((await list({ category: 'cat_9' })).body.items).toEqual([])
  })

  it.each([
    ['a list', {}],
    ['a search', { q: 'lamp' }],
  ])('answers with pages that Lambda hands on, and loses none: %s', async (_, query) => {
    const { create, list, table, product } = shop()
    // Of a release that took control characters: JSON makes six characters of each.
    const text = '\u0001'.repeat(500)
    const attributes = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${'\u0002'.repeat(48)}${index}`, text]),
    )
    const skus = Array.from({ length: 60 }, (_, index) => `S${10 + index}`)
    for (const sku of skus) {
      await create(sku)
      const item = product(sku)!
      table.follow(item, { ...item, description: '\u0001'.repeat(5_000), attributes })
    }
    const found: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await list({ ...query, limit: '100', ...(cursor !== undefined && { cursor }) })
      expect(Buffer.byteLength(JSON.stringify({ body: JSON.stringify(body) }))).toBeLessThan(6_291_556)
      found.push(...body.items.map(({ sku }: { sku: string }) => sku))
      cursor = body.cursor
    } while (cursor !== undefined)
    expect(found).toEqual(skus)
  })

  it('finds no more at once than asked for, and loses none', async () => {
    const { skus } = await many(250, (index) => (index % 2 === 0 ? 'Lamp' : 'Heart'))
    const pages = await skus({ q: 'heart', limit: '30' })
    expect(Math.max(...pages.map((page) => page.length))).toBe(30)
    expect(new Set(pages.flat()).size).toBe(125)
    expect(pages.flat().length).toBe(125)
  })

  it('refuses the cursor of another list', async () => {
    const { list } = await many(5)
    const { cursor } = (await list({ q: 'product', limit: '2' })).body
    for (const query of [{ q: 'lamp', cursor }, { cursor }, { q: 'product', cursor: 'x' }]) {
      expect(await list(query)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    }
  })
})

describe('a category', () => {
  it('is listed by name and renamed', async () => {
    const { category, call, moveCategory } = shop()
    for (const name of ['Lamps', 'hearts', 'Clocks']) await category(name)
    await moveCategory('cat_3', { name: 'Watches' })
    const { body } = await call('GET /categories')
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['hearts', 'Lamps', 'Watches'])
  })

  it('cannot go while a product stands in it, and can when that is deleted or moved', async () => {
    const { category, create, patch, retire, deleteCategory, members } = shop()
    const { id } = (await category('Lamps')).body
    await create('A', { categoryId: id })
    await create('B', { categoryId: id })
    expect(members(id)).toBe(2)
    expect(await deleteCategory(id)).toMatchObject({ status: 409, body: { code: 'category_in_use' } })
    await patch('A', { categoryId: null })
    await retire('B', 1)
    expect(await deleteCategory(id)).toMatchObject({ status: 204 })
    expect(await deleteCategory(id)).toMatchObject({ status: 404, body: { code: 'category_not_found' } })
  })

  it('cannot go while a category stands in it', async () => {
    const { category, deleteCategory } = shop()
    await category('Home')
    await category('Lamps', { parentId: 'cat_1' })
    expect((await deleteCategory('cat_1')).status).toBe(409)
    expect((await deleteCategory('cat_2')).status).toBe(204)
    expect((await deleteCategory('cat_1')).status).toBe(204)
  })

  it('cannot go when a product is put into it at that very moment', async () => {
    const { around, arm } = overtaken(() => catalog.create('A', { categoryId: 'cat_1' }))
    const catalog = shop(around)
    await catalog.category('Lamps')
    arm()
    expect((await catalog.deleteCategory('cat_1')).status).toBe(409)
    expect(catalog.product('A')).toMatchObject({ categoryId: 'cat_1' })
  })

  it('takes no product when it goes at that very moment', async () => {
    const { around, arm } = overtaken(() => catalog.deleteCategory('cat_1'))
    const catalog = shop(around)
    await catalog.category('Lamps')
    arm()
    expect((await catalog.create('A', { categoryId: 'cat_1' })).body).toMatchObject({ code: 'unknown_category' })
    expect(catalog.product('A')).toBeUndefined()
  })

  it('cannot stand in itself, near or far', async () => {
    const { category, moveCategory } = shop()
    await category('Home')
    await category('Lamps', { parentId: 'cat_1' })
    await category('Lanterns', { parentId: 'cat_2' })
    for (const parentId of ['cat_1', 'cat_3']) {
      expect(await moveCategory('cat_1', { parentId })).toMatchObject({
        status: 422,
        body: { code: 'category_cycle', errors: [{ path: 'parentId' }] },
      })
    }
  })

  it('cannot close a circle with another move at that very moment, however far apart', async () => {
    const { around, arm } = overtaken(() => catalog.moveCategory('cat_3', { parentId: 'cat_4' }))
    const catalog = shop(around)
    await catalog.category('One')
    await catalog.category('Two')
    await catalog.category('Three')
    await catalog.moveCategory('cat_2', { parentId: 'cat_3' })
    await catalog.category('Four', { parentId: 'cat_1' })
    arm()
    expect((await catalog.moveCategory('cat_1', { parentId: 'cat_2' })).body).toMatchObject({ code: 'category_cycle' })
  })

  it('moves from parent to parent', async () => {
    const { category, moveCategory, members } = shop()
    await category('A')
    await category('B')
    await category('C', { parentId: 'cat_1' })
    expect((await moveCategory('cat_3', { parentId: 'cat_2' })).body).toMatchObject({ parentId: 'cat_2' })
    expect([members('cat_1'), members('cat_2')]).toEqual([0, 1])
    expect((await moveCategory('cat_3', { parentId: null })).body).not.toHaveProperty('parentId')
    expect(members('cat_2')).toBe(0)
  })

  it('moves below its own sibling without losing count', async () => {
    const { category, moveCategory, members } = shop()
    await category('Home')
    await category('A', { parentId: 'cat_1' })
    await category('B', { parentId: 'cat_1' })
    expect((await moveCategory('cat_3', { parentId: 'cat_2' })).status).toBe(200)
    expect([members('cat_1'), members('cat_2')]).toEqual([1, 1])
  })

  it('is refused under a parent that is not there, and 20 deep', async () => {
    const { category } = shop()
    expect(await category('A', { parentId: 'cat_99' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_category', errors: [{ path: 'parentId' }] },
    })
    await category('Top')
    for (let depth = 2; depth <= 20; depth += 1) {
      expect((await category(`Deep ${depth}`, { parentId: `cat_${depth}` })).status).toBe(201)
    }
    expect((await category('Too deep', { parentId: 'cat_21' })).body).toMatchObject({ code: 'category_too_deep' })
  })

  it('is refused where what stands below it would be more than 20 deep', async () => {
    const { category, moveCategory } = shop()
    // A chain of 12, of 1 to 12, and one of 9, of 13 to 21.
    for (let id = 1; id <= 21; id += 1)
      await category(`${id}`, id === 1 || id === 13 ? {} : { parentId: `cat_${id - 1}` })
    expect(await moveCategory('cat_13', { parentId: 'cat_12' })).toMatchObject({
      status: 422,
      body: { code: 'category_too_deep', errors: [{ path: 'parentId' }] },
    })
    expect(await moveCategory('cat_14', { parentId: 'cat_12' })).toMatchObject({ status: 200 })
    expect((await category('Too deep', { parentId: 'cat_21' })).body).toMatchObject({ code: 'category_too_deep' })
    expect(await moveCategory('cat_14', { parentId: null })).toMatchObject({ status: 200 })
    // Renaming needs no room.
    expect(await moveCategory('cat_2', { name: 'Two' })).toMatchObject({ status: 200 })
  })
})
