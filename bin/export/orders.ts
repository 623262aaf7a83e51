import type { Api } from '../../schemas/client.ts'
import type { OrderSummary } from '../../schemas/order.ts'
import type { Payment } from '../../schemas/payment.ts'
import { type Asked, hoursBehind, hoursOf, timesOf } from './asked.ts'
import { type List, type Page, type Place, pageSize } from './list.ts'

/** How many payments are asked for at once. */
const atOnce = 4

/** The orders that were placed in these days, the newest first. The time of placing never changes: no order leaves the list, or comes twice. */
async function* ordersOf(api: Api, asked: Asked, place: Place | undefined): AsyncGenerator<Page<OrderSummary>> {
  const { start, end } = timesOf(asked)
  const times = { from: new Date(start).toISOString(), to: new Date(end).toISOString() }
  let cursor = place?.['cursor']
  let passed = 0
  do {
    const query = { ...times, limit: pageSize, ...(cursor !== undefined && { cursor }) }
    const page = await api.listOrders({ query })
    cursor = page.cursor
    const last = page.items.at(-1)
    if (last) passed = hoursBehind(asked, Date.parse(last.placedAt))
    yield { rows: page.items, next: cursor === undefined ? undefined : { cursor }, passed }
  } while (cursor !== undefined)
}

/** The payments of those orders, in their order; an order whose stock was never held has none. */
async function* paymentsOf(api: Api, asked: Asked, place: Place | undefined): AsyncGenerator<Page<Payment>> {
  for await (const { rows: orders, ...page } of ordersOf(api, asked, place)) {
    const rows: Payment[] = []
    for (let begun = 0; begun < orders.length; begun += atOnce) {
      const answers = orders.slice(begun, begun + atOnce).map(({ id }) => api.listPayments({ params: { id } }))
      rows.push(...(await Promise.all(answers)).flatMap(({ items }) => items))
    }
    yield { rows, ...page }
  }
}

const total = (_api: Api, asked: Asked): Promise<number> => Promise.resolve(hoursOf(asked))

export const orders: List<OrderSummary> = { needs: ['orders:read'], counts: 'hours', total, pages: ordersOf }
export const payments: List<Payment> = {
  needs: ['orders:read', 'payments:read'],
  counts: 'hours',
  total,
  pages: paymentsOf,
}
