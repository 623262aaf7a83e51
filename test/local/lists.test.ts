import { beforeAll, describe, expect, it } from 'vitest'
import { type SignedIn, anonymous, newcomer, place, raw, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn
beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), newcomer()])
})

interface Page<Item> {
  readonly items: readonly Item[]
  readonly cursor?: string | undefined
}

/** All items of a list, page by page. */
async function whole<Item>(read: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await read({ limit: 100, ...(cursor !== undefined && { cursor }) })
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}

describe('the lists of an operator', () => {
  it('have what is low, and what a warehouse has', async () => {
    const sku = await stocked(operator, 5)
    const warehouseId = (await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 950 } })).id
    await operator.api.setLevel({ params: { sku, warehouseId }, body: { lowStockAt: 2 } })
    const low = () => whole((query) => operator.api.listLevels({ query: { low: 'true', ...query } }))
    const listed = await until(low, (levels) => levels.some((level) => level.sku === sku))
    expect(listed.filter((level) => level.sku === sku)).toMatchObject([{ warehouseId, onHand: 0, low: ['warehouse'] }])
    expect(await operator.api.listLevels({ query: { warehouseId, limit: 100 } })).toMatchObject({
      items: [{ sku, warehouseId, lowStockAt: 2 }],
    })
    await operator.api.setLevel({ params: { sku, warehouseId }, body: { lowStockAt: null } })
    await until(low, (levels) => levels.every((level) => level.sku !== sku))
  })

  it('have what is held until its order is paid or over', async () => {
    const sku = await stocked(operator, 5)
    const { id: orderId, expiresAt = '' } = await place(customer, { [sku]: 2 }, { holdSeconds: 3_600 })
    const expiresBefore = new Date(Date.parse(expiresAt) + 1).toISOString()
    const held = () => whole((query) => operator.api.listReservations({ query: { expiresBefore, ...query } }))
    const found = await until(held, (all) => all.some(({ id }) => id === orderId))
    expect(found.find(({ id }) => id === orderId)).toMatchObject({
      orderId,
      status: 'held',
      lines: [{ sku, quantity: 2 }],
    })
    expect((await operator.api.listReservations({ query: { orderId, limit: 1 } })).items).toHaveLength(1)
    await customer.api.cancelOrder({ params: { id: orderId } })
    await until(held, (all) => all.every(({ id }) => id !== orderId))
    expect(await operator.api.listReservations({ query: { orderId, limit: 1 } })).toMatchObject({
      items: [{ status: 'released' }],
    })
  })
})

describe('the stock of several skus', () => {
  it('is open to everybody, and 304 for who has it', async () => {
    const [one, other] = await Promise.all([stocked(operator, 5), stocked(operator, 7)])
    expect(await anonymous.listStock({ query: { sku: `${other},${one},${one}x` } })).toMatchObject({
      items: [
        { sku: other, available: 7 },
        { sku: one, available: 5 },
      ],
      unknown: [`${one}x`],
    })
    const path = `/inventory?sku=${one},${other}`
    const { status, headers } = await raw({ method: 'GET', path })
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=2'])
    const again = await raw({ method: 'GET', path, headers: { 'if-none-match': headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })
})
