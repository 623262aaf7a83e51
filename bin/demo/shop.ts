import { inOrder } from '../replay/in-order.ts'
import type { LocalControl } from '../replay/local-control.ts'
import { firstWarehouse } from '../replay/open-stock.ts'
import { persist } from '../replay/persist.ts'
import type { Stack } from '../replay/stack.ts'

/** A stack of which the demo may move the clock. */
export type DemoStack = Stack & { readonly control: LocalControl }

/** Puts a product on sale, priced in pence, with that many units. */
export async function onSale(
  stack: DemoStack,
  product: { readonly sku: string; readonly name: string; readonly price: number },
  units: number,
): Promise<void> {
  const { api, clock, control } = stack
  const { price, ...rest } = product
  await api.createProduct({ body: { ...rest, price: { amount: price, currency: 'GBP' } } })
  await control.settle()
  const body = { warehouseId: await firstWarehouse(stack), delta: units, reason: 'received' }
  const patience = { clock, forMs: 30_000, passing: ['product_not_found'] }
  const idempotencyKey = `demo-${product.sku}`
  await persist(() => api.adjustStock({ params: { sku: product.sku }, idempotencyKey, body }), patience)
}

/** An order for one sku, paid when an operator approves. */
export const orderOf = (sku: string, quantity: number, customerId: string) => ({
  lines: [{ sku, quantity }],
  payment: { method: 'manual' as const },
  customerId,
})

/** The counts of a sku as inventory has them now. */
export async function stockOf({ api }: DemoStack, sku: string) {
  const { items } = await api.getLevels({ params: { sku } })
  const sum = (part: 'onHand' | 'available' | 'reserved'): number =>
    items.reduce((total, level) => total + level[part], 0)
  return { onHand: sum('onHand'), available: sum('available'), reserved: sum('reserved') }
}

/** The orders as they stand once nothing is in flight any more. */
export async function standing({ api, control }: DemoStack, ids: readonly string[]) {
  await control.settle()
  const orders: Awaited<ReturnType<typeof api.getOrder>>[] = []
  await inOrder(ids, 8, async (id) => {
    orders.push(await api.getOrder({ params: { id } }))
  })
  return orders
}
