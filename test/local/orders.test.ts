import { beforeAll, describe, expect, it } from 'vitest'
import { type SignedIn, counts, place, receive, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let other: SignedIn

beforeAll(async () => {
  ;[operator, customer, other] = await Promise.all([signIn('operator'), signIn('customer'), signIn('other')])
})

describe('an order', () => {
  it('is reserved, with names and prices as they were when it was placed', async () => {
    const sku = await stocked(operator, 5, { price: 255 })
    const order = await place(customer, { [sku]: 2 })
    expect(order).toMatchObject({
      status: 'reserved',
      customerId: customer.userId,
      lines: [
        { sku, quantity: 2, unitPrice: { amount: 255, currency: 'GBP' }, total: { amount: 510, currency: 'GBP' } },
      ],
      total: { amount: 510, currency: 'GBP' },
      facts: { stock: 'held', payment: 'none', closing: 'none', fulfilment: 'none' },
    })
    expect(Date.parse(order.expiresAt ?? '') - Date.parse(order.placedAt)).toBeGreaterThanOrEqual(86_400_000 - 1_000)
    expect(await counts(operator, sku)).toEqual([3, 2, 0])
    await operator.api.updateProduct({ params: { sku }, body: { price: { amount: 999, currency: 'GBP' } } })
    expect(await customer.api.getOrder({ params: { id: order.id } })).toMatchObject({ total: { amount: 510 } })
  })

  it('is answered at once as placed when nobody waits', async () => {
    const sku = await stocked(operator, 5)
    const order = await customer.api.placeOrder({
      idempotencyKey: unique('order'),
      body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' } },
    })
    expect(order.status).toBe('placed')
    expect(order.facts.stock).toBe('requested')
  })

  it('is rejected with what was short per line, and holds nothing', async () => {
    const [plenty, scarce] = [await stocked(operator, 5), await stocked(operator, 1)]
    const order = await place(customer, { [plenty]: 2, [scarce]: 3 })
    expect(order).toMatchObject({
      status: 'rejected',
      reason: { code: 'insufficient_stock', shortages: [{ sku: scarce, requested: 3, available: 1 }] },
    })
    expect(await counts(operator, plenty)).toEqual([5, 0, 0])
  })

  it('counts two lines of one sku together', async () => {
    const sku = await stocked(operator, 3)
    const order = await customer.api.placeOrder({
      idempotencyKey: unique('order'),
      prefer: 'wait=8',
      body: {
        lines: [
          { sku, quantity: 2 },
          { sku, quantity: 2 },
        ],
        payment: { method: 'manual' },
      },
    })
    expect(order).toMatchObject({ status: 'rejected', lines: [{ sku, quantity: 4 }] })
  })

  it('is confirmed by an operator, and its units are allocated', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await place(customer, { [sku]: 2 })
    expect(await operator.api.approveOrder({ params: { id } })).toMatchObject({ status: 'confirmed' })
    await expect.poll(() => counts(operator, sku), { timeout: 10_000 }).toEqual([3, 0, 2])
    const { items } = await operator.api.getOrderHistory({ params: { id } })
    expect(items.map(({ status }) => status)).toEqual(['placed', 'reserved', 'confirmed'])
    expect(items.map(({ by }) => by)).toEqual([customer.userId, 'inventory', operator.userId])
    const shown = await customer.api.getOrderHistory({ params: { id } })
    expect(shown.items.map(({ by }) => by)).toEqual(['you', 'system', 'support'])
    expect(items.every(({ cause, at }) => cause !== '' && !Number.isNaN(Date.parse(at)))).toBe(true)
  })

  it('can be approved before its stock is known', async () => {
    const sku = await stocked(operator, 5)
    const order = await customer.api.placeOrder({
      idempotencyKey: unique('order'),
      body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' } },
    })
    await operator.api.approveOrder({ params: { id: order.id } })
    await expect
      .poll(async () => (await customer.api.getOrder({ params: { id: order.id } })).status, { timeout: 10_000 })
      .toBe('confirmed')
  })

  it.each(['reserved', 'confirmed'] as const)(
    'that is %s gives its units back when its owner cancels',
    async (status) => {
      const sku = await stocked(operator, 5)
      const { id } = await place(customer, { [sku]: 2 })
      if (status === 'confirmed') await operator.api.approveOrder({ params: { id } })
      const cancelled = await customer.api.cancelOrder({ params: { id }, body: { reason: 'changed my mind' } })
      expect(cancelled).toMatchObject({
        status: 'cancelled',
        reason: { code: 'cancelled_by_customer', message: 'changed my mind' },
      })
      await expect.poll(() => counts(operator, sku), { timeout: 10_000 }).toEqual([5, 0, 0])
    },
  )

  it('stays cancelled when it is cancelled before its stock is known', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await customer.api.placeOrder({
      idempotencyKey: unique('order'),
      body: { lines: [{ sku, quantity: 2 }], payment: { method: 'manual' } },
    })
    await customer.api.cancelOrder({ params: { id } })
    await expect
      .poll(async () => (await customer.api.getOrder({ params: { id } })).facts.stock, { timeout: 10_000 })
      .toMatch(/released|refused/)
    expect(await counts(operator, sku)).toEqual([5, 0, 0])
    expect(await customer.api.getOrder({ params: { id } })).toMatchObject({ status: 'cancelled' })
  })

  it('cannot be approved once it is closed', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await place(customer, { [sku]: 2 })
    await operator.api.cancelOrder({ params: { id } })
    await expect(operator.api.approveOrder({ params: { id } })).rejects.toMatchObject({
      status: 409,
      code: 'order_closed',
    })
  })

  it('takes stock from the warehouses by priority', async () => {
    const sku = await stocked(operator, 5)
    const first = await operator.api.createWarehouse({ body: { name: unique('first'), priority: 1 } })
    await receive(operator, sku, 5, first.id)
    await place(customer, { [sku]: 4 })
    const { items } = await operator.api.getLevels({ params: { sku } })
    expect(items.find(({ warehouseId }) => warehouseId === first.id)).toMatchObject({ available: 1, reserved: 4 })
    expect(await counts(operator, sku)).toEqual([5, 0, 0])
    await operator.api.updateWarehouse({ params: { id: first.id }, body: { active: false } })
  })
})

describe('a transfer', () => {
  it('moves available units between warehouses, once for one key, and never what is reserved', async () => {
    const sku = await stocked(operator, 5)
    await place(customer, { [sku]: 2 })
    const hall = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    const transfer = (quantity: number) => ({
      params: { sku },
      idempotencyKey: `transfer-${sku}-${quantity}`,
      body: { fromWarehouseId: 'main', toWarehouseId: hall.id, quantity },
    })
    await expect(operator.api.transferStock(transfer(4))).rejects.toMatchObject({ code: 'insufficient_stock' })
    const [first, again] = [
      await operator.api.transferStock(transfer(3)),
      await operator.api.transferStock(transfer(3)),
    ]
    expect(first).toMatchObject({ from: { available: 0, reserved: 2, onHand: 2 }, to: { available: 3, onHand: 3 } })
    expect(again).toEqual(first)
    expect(await operator.api.getStock({ params: { sku } })).toMatchObject({ onHand: 5, available: 3, reserved: 2 })
    const nowhere = { ...transfer(1), body: { fromWarehouseId: hall.id, toWarehouseId: 'nowhere', quantity: 1 } }
    await expect(operator.api.transferStock(nowhere)).rejects.toMatchObject({
      code: 'unknown_warehouse',
      errors: [{ path: 'toWarehouseId' }],
    })
  })
})

describe('a list of orders', () => {
  it('shows customers their own, newest first, page by page', async () => {
    const sku = await stocked(operator, 9)
    const placed: string[] = []
    for (let count = 0; count < 3; count += 1) placed.unshift((await place(other, { [sku]: 1 })).id)
    const first = await other.api.listOrders({ query: { limit: 2 } })
    expect(first.items.map(({ id }) => id)).toEqual(placed.slice(0, 2))
    const second = await other.api.listOrders({ query: { limit: 2, cursor: first.cursor } })
    expect(second.items[0]?.id).toBe(placed[2])
    expect(second.items.every(({ customerId }) => customerId === other.userId)).toBe(true)
  })

  it('shows operators everybody, by status, customer and time', async () => {
    const sku = await stocked(operator, 9)
    const from = new Date(Date.now() - 60_000).toISOString()
    const { id } = await place(customer, { [sku]: 1 })
    await customer.api.cancelOrder({ params: { id } })
    const found = async (query: object) =>
      (await operator.api.listOrders({ query: { limit: 100, ...query } })).items.some((order) => order.id === id)
    expect(await found({})).toBe(true)
    expect(await found({ status: 'cancelled', from })).toBe(true)
    expect(await found({ status: 'reserved', from })).toBe(false)
    expect(await found({ customerId: customer.userId })).toBe(true)
    expect(await found({ customerId: other.userId })).toBe(false)
  })

  it('shows customers nothing of others', async () => {
    const sku = await stocked(operator, 9)
    const { id } = await place(customer, { [sku]: 1 })
    const seen = await other.api.listOrders({ query: { limit: 100 } })
    expect(seen.items.some((order) => order.id === id)).toBe(false)
  })
})

describe('the same POST', () => {
  it('five times at once makes one order, and gives the first answer again', async () => {
    const sku = await stocked(operator, 5)
    const request = {
      method: 'POST',
      path: '/orders',
      headers: { 'content-type': 'application/json', 'idempotency-key': unique('same') },
      body: JSON.stringify({ lines: [{ sku, quantity: 1 }], payment: { method: 'manual' } }),
    }
    const answers = await Promise.all(Array.from({ length: 5 }, () => customer.send(request)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(4)
    await expect.poll(() => counts(operator, sku), { timeout: 10_000 }).toEqual([4, 1, 0])
  })

  it('with another body is refused', async () => {
    const sku = await stocked(operator, 5)
    const idempotencyKey = unique('same')
    await place(customer, { [sku]: 1 }, { idempotencyKey })
    await expect(place(customer, { [sku]: 2 }, { idempotencyKey })).rejects.toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    })
  })

  it('of somebody else is another order', async () => {
    const sku = await stocked(operator, 5)
    const idempotencyKey = unique('same')
    const [mine, theirs] = [
      await place(customer, { [sku]: 1 }, { idempotencyKey }),
      await place(other, { [sku]: 1 }, { idempotencyKey }),
    ]
    expect(mine.id).not.toBe(theirs.id)
  })

  it('of an adjustment moves units once', async () => {
    const sku = await stocked(operator, 0)
    const request = {
      params: { sku },
      idempotencyKey: unique('same'),
      body: { warehouseId: 'main', delta: 5, reason: 'received' },
    }
    const answers = await Promise.all(Array.from({ length: 5 }, () => operator.api.adjustStock(request)))
    expect(answers.every(({ level }) => level.onHand === 5)).toBe(true)
    expect(await counts(operator, sku)).toEqual([5, 0, 0])
  })
})
