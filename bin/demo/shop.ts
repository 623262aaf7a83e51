import type { OrderInput } from '../../schemas/order-input.ts'
import type { Payment } from '../../schemas/payment.ts'
import { accountsOf } from '../replay/customers.ts'
import { inOrder } from '../replay/in-order.ts'
import { type Levels, levelsOf } from '../replay/levels.ts'
import type { LocalControl } from '../replay/local-control.ts'
import { firstWarehouse } from '../replay/open-stock.ts'
import { persist } from '../replay/persist.ts'
import { silent } from '../replay/progress.ts'
import type { Stack } from '../replay/stack.ts'

/** A stack of which the demo may move the clock. */
export type DemoStack = Stack & { readonly control: LocalControl }

/** Puts a product on sale, priced in pence, with that many units. */
export async function onSale(
  stack: DemoStack,
  product: { readonly sku: string; readonly name: string; readonly price: number },
  units: number,
): Promise<void> {
  const { price, ...rest } = product
  await stack.api.createProduct({ body: { ...rest, price: { amount: price, currency: 'GBP' } } })
  await receive(stack, product.sku, await firstWarehouse(stack), units)
}

/** Puts units of a sku, which the catalogue has, into a warehouse. */
export async function receive(
  { api, clock }: DemoStack,
  sku: string,
  warehouseId: string,
  units: number,
): Promise<void> {
  const body = { warehouseId, delta: units, reason: 'received' }
  const retry = { clock, forMs: 30_000, passing: ['product_not_found'] }
  const idempotencyKey = `demo-${sku}-${warehouseId}`
  await persist(() => api.adjustStock({ params: { sku }, idempotencyKey, body }), retry)
}

/** A warehouse that ships after all others. */
export async function lastWarehouse({ api }: DemoStack, name: string): Promise<string> {
  return (await api.createWarehouse({ body: { name, priority: 1_000 } })).id
}

declare const registered: unique symbol
/** The user id of somebody who has registered: orders are for no others. */
export type CustomerId = string & { readonly [registered]: true }

/** Registers customers of these names, who are known everywhere then: their user ids, in the same order. */
export async function customersOf(
  stack: DemoStack,
  ...names: readonly [string, ...string[]]
): Promise<readonly [CustomerId, ...CustomerId[]]> {
  const accounts = await accountsOf(stack, names, { atOnce: 16, progress: silent })
  await stack.control.settle()
  const [first, ...others] = names
  const idOf = (name: string) => (accounts.get(name) ?? '') as CustomerId
  return [idOf(first), ...others.map(idOf)]
}

/** An order for one sku, paid by approval unless it names another method. */
export const orderOf = (
  sku: string,
  quantity: number,
  customerId: CustomerId,
  payment: OrderInput['payment'] = { method: 'manual' },
) => ({ lines: [{ sku, quantity }], payment, customerId })

/** The counts of a sku over all warehouses, as inventory has them now. */
export async function stockOf({ api }: DemoStack, sku: string): Promise<Levels> {
  return levelsOf((await api.getLevels({ params: { sku } })).items)
}

/** The payment of an order whose stock was held. */
export async function paymentOf({ api }: DemoStack, id: string): Promise<Payment | undefined> {
  return (await api.listPayments({ params: { id } })).items[0]
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
