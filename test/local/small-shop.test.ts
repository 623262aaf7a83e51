import { beforeAll, describe, expect, test } from 'vitest'
import { fillShop } from '../../bin/demo/small-shop.ts'
import { type SignedIn, anonymous, baseUrl, isLocal, signIn } from './target.ts'

describe.runIf(isLocal)('the shop of npm start -- --demo', () => {
  let operator: SignedIn
  let customer: SignedIn
  beforeAll(async () => {
    await fillShop(baseUrl)
    ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
  })

  test('has an order in each status that lasts', async () => {
    const wanted = [
      'reserved',
      'confirmed',
      'partially_shipped',
      'shipped',
      'completed',
      'rejected',
      'payment_failed',
      'cancelled',
      'expired',
    ] as const
    const found = await Promise.all(
      wanted.map(async (status) => {
        const { items } = await operator.api.listOrders({ query: { status } })
        return items.length > 0 ? status : `no ${status}`
      }),
    )
    expect(found).toEqual(wanted)
  })

  test('has something in every list of a customer and of an operator', async () => {
    const [order] = (await customer.api.listOrders({ query: { status: 'completed' } })).items
    const params = { id: order!.id }
    const lists = {
      categories: await anonymous.listCategories({}),
      products: await anonymous.listProducts({}),
      orders: await customer.api.listOrders({}),
      history: await customer.api.getOrderHistory({ params }),
      payments: await customer.api.listPayments({ params }),
      shipments: await customer.api.listShipments({ params }),
      wallet: await customer.api.getWallet({}),
      addresses: await customer.api.listAddresses(),
      levels: await operator.api.getLevels({ params: { sku: 'MUG-WHITE' } }),
      warehouses: await operator.api.listWarehouses({}),
      onHold: await operator.api.listPaymentsOnHold({ query: { onHold: 'true' } }),
    }
    const empty = Object.entries(lists).filter(([, { items }]) => items.length === 0)
    expect(empty.map(([name]) => name)).toEqual([])
    expect(lists.levels.items).toHaveLength(3)
  })
})
