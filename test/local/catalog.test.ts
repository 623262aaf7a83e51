import { beforeAll, describe, expect, it } from 'vitest'
import { holdingBack } from './control.ts'
import { type SignedIn, anonymous, counts, isLocal, place, raw, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

const price = { amount: 100, currency: 'GBP' }

describe('a product', () => {
  it.each(['one by one', 'in a file'])('is filled and ordered the moment after it was created %s', async (way) => {
    const sku = unique('new')
    const product = { sku, name: 'New today', price }
    if (way === 'in a file')
      await operator.api.importProducts({ text: JSON.stringify(product), mediaType: 'application/x-ndjson' })
    else await operator.api.createProduct({ body: product })
    expect(await anonymous.getStock({ params: { sku } })).toMatchObject({ onHand: 0 })
    await operator.api.adjustStock({
      params: { sku },
      idempotencyKey: unique('new'),
      body: { warehouseId: 'main', delta: 2, reason: 'received' },
    })
    expect(await place(customer, { [sku]: 2 })).toMatchObject({ status: 'reserved' })
  })

  it('is created, read, changed, listed and found', async () => {
    const { id: categoryId } = await operator.api.createCategory({ body: { name: unique('Lanterns') } })
    const sku = unique('sku')
    const name = `White metal lantern ${sku}`
    const created = await operator.api.createProduct({
      body: { sku, name, price, categoryId, attributes: { colour: 'white', candles: 1 }, weightGrams: 420 },
    })
    expect(created).toMatchObject({ sku, name, price, active: true, unique: false, attributes: { candles: 1 } })
    const changed = await operator.api.updateProduct({
      params: { sku },
      body: { price: { amount: 90, currency: 'GBP' }, weightGrams: null },
    })
    expect(changed).toMatchObject({ price: { amount: 90 } })
    expect(changed).not.toHaveProperty('weightGrams')
    expect(await anonymous.getProduct({ params: { sku } })).toEqual(changed)
    const skusOf = async (query: object) => (await anonymous.listProducts({ query })).items.map((item) => item.sku)
    await until(
      () => skusOf({ category: categoryId }),
      (skus) => skus.includes(sku),
    )
    expect(
      await until(
        () => skusOf({ q: `LANTERN ${sku}` }),
        (skus) => skus.length > 0,
      ),
    ).toEqual([sku])
  })

  it('is not read again by who has its newest version', async () => {
    const sku = await stocked(operator, 1)
    const first = await raw({ method: 'GET', path: `/products/${sku}` })
    const etag = first.headers.get('etag') ?? ''
    expect(first.headers.get('cache-control')).toMatch(/max-age/)
    const again = await raw({ method: 'GET', path: `/products/${sku}`, headers: { 'if-none-match': etag } })
    expect([again.status, again.body]).toEqual([304, undefined])
    const stale = { params: { sku }, body: { name: 'x' }, headers: { 'if-match': '"999"' } }
    await expect(operator.api.updateProduct(stale)).rejects.toMatchObject({ status: 412, code: 'version_mismatch' })
  })

  it('is listed page by page, each once', async () => {
    const { id: category } = await operator.api.createCategory({ body: { name: unique('Pages') } })
    const skus = Array.from({ length: 5 }, () => unique('page'))
    for (const sku of skus) await operator.api.createProduct({ body: { sku, name: sku, price, categoryId: category } })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await anonymous.listProducts({
        query: { category, limit: 2, ...(cursor !== undefined && { cursor }) },
      })
      seen.push(...page.items.map(({ sku }) => sku))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(seen.toSorted()).toEqual(skus.toSorted())
  })

  it('can be deleted when nothing of it is promised, and then not be ordered', async () => {
    const sku = await stocked(operator, 3)
    const { id } = await place(customer, { [sku]: 1 })
    await expect(operator.api.retireProduct({ params: { sku } })).rejects.toMatchObject({
      status: 409,
      code: 'product_reserved',
    })
    await customer.api.cancelOrder({ params: { id } })
    await until(
      () => counts(operator, sku),
      ([available]) => available === 3,
    )
    await operator.api.retireProduct({ params: { sku } })
    await until(
      () => raw({ method: 'GET', path: `/products/${sku}` }),
      ({ status }) => status === 404,
    )
    await expect
      .poll(
        () =>
          place(customer, { [sku]: 1 }).then(
            ({ status }) => status,
            (error: { code: string }) => error.code,
          ),
        { timeout: 10_000 },
      )
      .toBe('unknown_sku')
  })

  it('is gone the moment after it was deleted: nobody changes it, and it can be created again', async () => {
    const notFound = { status: 404, code: 'product_not_found' }
    const [known, other] = [await stocked(operator, 0), await stocked(operator, 0)]
    await operator.api.retireProduct({ params: { sku: known } })
    await expect(operator.api.updateProduct({ params: { sku: known }, body: { name: 'Late' } })).rejects.toMatchObject(
      notFound,
    )
    await operator.api.retireProduct({ params: { sku: other } })
    const row = JSON.stringify({ sku: other, name: 'Anew', price })
    const { rows } = await operator.api.importProducts({ text: row, mediaType: 'application/x-ndjson' })
    expect(rows).toMatchObject([{ sku: other, result: 'created' }])
  })

  it.runIf(isLocal).each(['one by one', 'in a file'])(
    'is ordered at its new price the moment after it was changed %s',
    async (way) => {
      const sku = await stocked(operator, 2)
      const dearer = { amount: 777, currency: 'GBP' }
      const change = async () => {
        if (way === 'one by one') await operator.api.updateProduct({ params: { sku }, body: { price: dearer } })
        else {
          const text = JSON.stringify({ sku, price: dearer })
          await operator.api.importProducts({ text, mediaType: 'application/x-ndjson' })
        }
        return 'answered'
      }
      const { changed } = await holdingBack('orders', async () => {
        const changing = change()
        await until(
          () => anonymous.getProduct({ params: { sku } }),
          (product) => product.price.amount === dearer.amount,
        )
        expect(await Promise.race([changing, anonymous.getPrice({ params: { sku } })])).toMatchObject({
          productVersion: 1,
        })
        return { changed: changing }
      })
      await changed
      expect(await anonymous.getPrice({ params: { sku } })).toMatchObject({
        price: dearer,
        active: true,
        productVersion: 2,
      })
      const { total } = await place(customer, { [sku]: 2 })
      expect(total).toEqual({ ...dearer, amount: 2 * dearer.amount })
    },
  )

  it('is not for sale the moment after it was taken off', async () => {
    const sku = await stocked(operator, 1)
    await operator.api.updateProduct({ params: { sku }, body: { active: false } })
    await expect(place(customer, { [sku]: 1 })).rejects.toMatchObject({ status: 422, code: 'product_inactive' })
  })

  it('can exist again the moment after it was deleted', async () => {
    const sku = await stocked(operator, 0)
    await operator.api.retireProduct({ params: { sku } })
    const again = await operator.api.createProduct({ body: { sku, name: 'Again', price } })
    expect(again.version).toBeGreaterThan(1)
    await until(
      () => anonymous.getStock({ params: { sku } }),
      () => true,
    )
    expect(await anonymous.getProduct({ params: { sku } })).toMatchObject({ name: 'Again' })
  })
})

describe('an import', () => {
  it('creates, updates and refuses row by row', async () => {
    const known = await stocked(operator, 0)
    const fresh = unique('row')
    const rows = [
      { sku: fresh, name: 'Fresh', price },
      { sku: known, name: 'Renamed', price },
      { sku: 'bad sku', name: '', price: { amount: -1, currency: 'GBP' } },
    ]
    const text = rows.map((row) => JSON.stringify(row)).join('\n') + '\n{broken'
    const result = await operator.api.importProducts({ text, mediaType: 'application/x-ndjson' })
    expect(result.rows.map((row) => row.result)).toEqual(['created', 'updated', 'refused', 'refused'])
    expect(result.rows[2]?.errors?.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['sku', 'name', 'price.amount']),
    )
    expect(result.counts).toEqual({ created: 1, updated: 1, unchanged: 0, refused: 2 })
    const again = await operator.api.importProducts({
      text: rows
        .slice(0, 2)
        .map((row) => JSON.stringify(row))
        .join('\n'),
      mediaType: 'application/x-ndjson',
    })
    expect(again.counts).toEqual({ created: 0, updated: 0, unchanged: 2, refused: 0 })
  })

  it('reads CSV', async () => {
    const sku = unique('csv')
    const text = `sku,name,price,currency\n${sku},"Heart, white",255,GBP\n`
    const { counts: made } = await operator.api.importProducts({ text, mediaType: 'text/csv' })
    expect(made.created).toBe(1)
    expect(await anonymous.getProduct({ params: { sku } })).toMatchObject({
      name: 'Heart, white',
      price: { amount: 255 },
    })
  })
})

describe('a category', () => {
  it('cannot be deleted while a product stands in it', async () => {
    const { id } = await operator.api.createCategory({ body: { name: unique('Busy') } })
    const sku = unique('sku')
    await operator.api.createProduct({ body: { sku, name: sku, price, categoryId: id } })
    await expect(operator.api.deleteCategory({ params: { id } })).rejects.toMatchObject({
      status: 409,
      code: 'category_in_use',
    })
    await operator.api.updateProduct({ params: { sku }, body: { categoryId: null } })
    await operator.api.deleteCategory({ params: { id } })
    const { items } = await anonymous.listCategories({ query: { limit: 100 } })
    expect(items.some((category) => category.id === id)).toBe(false)
  })
})
