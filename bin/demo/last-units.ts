import { inOrder } from '../replay/in-order.ts'
import { type DemoStack, customersOf, onSale, orderOf, standing, stockOf } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-CONCERT'
const units = 50
const buyers = 200

/** 200 buyers want one of 50 units, 64 of them at any moment. */
export async function lastUnits(stack: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title(`${buyers} buyers, ${units} units`)
  await onSale(stack, { sku, name: 'Concert ticket', price: 4_500 }, units)
  narrator.answered('stock', await stockOf(stack, sku))
  const numbers = Array.from({ length: buyers }, (_, index) => index + 1)
  const [first, ...others] = await customersOf(stack, 'buyer-1', ...numbers.slice(1).map((number) => `buyer-${number}`))
  const people = [first, ...others]
  narrator.asked(`POST /orders, ${buyers} times, 64 at once`, orderOf(sku, 1, first))
  const ids: string[] = []
  await inOrder(numbers, 64, async (number) => {
    const body = orderOf(sku, 1, people[number - 1] ?? first)
    ids.push((await stack.api.placeOrder({ body, idempotencyKey: `demo-concert-${number}` })).id)
  })
  const orders = await standing(stack, ids)
  const counts = Object.fromEntries(
    [...Map.groupBy(orders, ({ status }) => status)].map(([status, same]) => [status, same.length]),
  )
  const stock = await stockOf(stack, sku)
  narrator.answered('orders', counts)
  narrator.answered('stock', stock)
  narrator.answered('the reason of a rejected one', orders.find(({ status }) => status === 'rejected')?.reason)
  narrator.promise(`exactly ${units} are reserved`, counts['reserved'] === units)
  narrator.promise(
    `the other ${buyers - units} are rejected, none is left waiting`,
    counts['rejected'] === buyers - units,
  )
  narrator.promise(
    'no unit was sold twice',
    stock.reserved === units && stock.available === 0 && stock.onHand === units,
  )
}
