import { beforeAll, describe, expect, it } from 'vitest'
import { settle } from './control.ts'
import { type SignedIn, anonymous, isLocal, place, raw, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

const twenty = Array.from({ length: 20 }, (_, index) => `writer-${index}`)
const ofTwenty = Object.fromEntries(twenty.map((key) => [key, key]))

describe('labels of a product', () => {
  it('of twenty writers at once lose no key', async () => {
    const params = { sku: await stocked(operator, 0) }
    await operator.api.updateProductLabels({ params, body: { reference: 'ITEM 1', metadata: { first: 'yes' } } })
    await Promise.all(
      twenty.map((key) => operator.api.updateProductLabels({ params, body: { metadata: { [key]: key } } })),
    )
    expect(await operator.api.getProductLabels({ params })).toEqual({
      reference: 'ITEM 1',
      metadata: { first: 'yes', ...ofTwenty },
    })
  })

  it('are in nothing that everybody reads', async () => {
    const sku = await stocked(operator, 0)
    const secret = unique('secret')
    const body = { reference: secret, metadata: { secret } }
    await operator.api.updateProductLabels({ params: { sku }, body })
    const seen = [
      await anonymous.getProduct({ params: { sku } }),
      await anonymous.listProducts({ query: { q: sku } }),
      await anonymous.getStock({ params: { sku } }),
    ]
    expect(JSON.stringify(seen)).not.toContain(secret)
    const path = `/products/${sku}/labels`
    expect(await raw({ method: 'GET', path })).toMatchObject({ status: 401 })
    expect(await customer.send({ method: 'GET', path })).toMatchObject({ status: 403 })
    const { headers } = await operator.send({ method: 'GET', path })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it.runIf(isLocal)('are in no event', async () => {
    const sku = await stocked(operator, 0)
    const secret = unique('secret')
    await operator.api.updateProductLabels({ params: { sku }, body: { metadata: { secret } } })
    await operator.api.updateProduct({ params: { sku }, body: { name: 'Other' } })
    await settle()
    const { items } = await operator.api.listEvents({ query: { types: 'product.*', limit: 100 } })
    expect(items.length).toBeGreaterThan(0)
    expect(JSON.stringify(items)).not.toContain(secret)
  })

  it('go with it, and do not come again with its sku', async () => {
    const sku = await stocked(operator, 0)
    const params = { sku }
    await operator.api.updateProductLabels({ params, body: { metadata: { erp: '4711' } } })
    await operator.api.retireProduct({ params })
    const read = () => operator.send({ method: 'GET', path: `/products/${sku}/labels` })
    await until(read, ({ status }) => status === 404)
    await operator.api.createProduct({ body: { sku, name: 'Again', price: { amount: 1, currency: 'GBP' } } })
    expect(await operator.api.getProductLabels({ params })).toEqual({})
  })
})

describe('labels of a payment', () => {
  /** A payment that is set aside, and its order. */
  const payment = async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    const { items } = await until(
      () => customer.api.listPayments({ params: { id } }),
      (page) => page.items.length > 0,
    )
    return { orderId: id, params: { id: items[0]!.id } }
  }

  it('of twenty writers lose no key, while the order is approved', async () => {
    const { orderId, params } = await payment()
    await Promise.all([
      ...twenty.map((key) => operator.api.updatePayment({ params, body: { metadata: { [key]: key } } })),
      operator.api.approveOrder({ params: { id: orderId } }),
    ])
    const { items } = await until(
      () => operator.api.listPayments({ params: { id: orderId } }),
      (page) => page.items[0]?.status === 'captured',
    )
    expect(items).toMatchObject([{ metadata: ofTwenty }])
  })

  it('are in the order that is expanded, and in no event', async () => {
    const { orderId, params } = await payment()
    const secret = unique('secret')
    await operator.api.updatePayment({ params, body: { reference: secret } })
    const expanded = await customer.api.getOrder({ params: { id: orderId }, query: { expand: 'payments' } })
    expect(expanded).toMatchObject({ payments: [{ reference: secret }] })
    await operator.api.approveOrder({ params: { id: orderId } })
    if (!isLocal) return
    await settle()
    const { items } = await operator.api.listEvents({ query: { orderId } })
    expect(items.map(({ type }) => type)).toContain('payment.completed')
    expect(JSON.stringify(items)).not.toContain(secret)
  })

  it('are changed by operators alone', async () => {
    const { params } = await payment()
    const body = { metadata: { a: '1' } }
    await expect(customer.api.updatePayment({ params, body })).rejects.toMatchObject({ status: 403 })
  })
})

describe('metadata of an adjustment', () => {
  it('stays with its movement, is listed with it, and is in no event', async () => {
    const sku = await stocked(operator, 0)
    const secret = unique('secret')
    const adjustment = { warehouseId: 'main', reason: 'delivery', delta: 1 }
    const one = { ...adjustment, metadata: { secret, document: 'GR 1' } }
    await operator.api.adjustStock({ params: { sku }, body: one, idempotencyKey: unique('a') })
    const rows = [
      { ...adjustment, sku, key: unique('row'), metadata: { document: 'GR 2' } },
      { ...adjustment, sku, key: unique('row') },
    ]
    await operator.api.adjustMany({ body: { rows } })
    const { items } = await operator.api.listMovements({ params: { sku } })
    expect(items.map(({ metadata }) => metadata)).toEqual([
      undefined,
      { document: 'GR 2' },
      { secret, document: 'GR 1' },
    ])
    if (!isLocal) return
    await settle()
    const { items: events } = await operator.api.listEvents({ query: { types: 'stock.adjusted', limit: 100 } })
    expect(events.length).toBeGreaterThan(0)
    expect(JSON.stringify(events)).not.toContain(secret)
  })
})
