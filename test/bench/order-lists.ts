import { manyOrders } from '../many-orders.ts'

/**
 * What a page of each filter of `GET /orders` reads: `npx node test/bench/order-lists.ts [orders] [limit]`. Rows are orders, with those that it
 * does not show.
 */
const [count = 100_000, limit = 50] = process.argv.slice(2).map(Number)
const { ask, filters } = await manyOrders(count)
console.log(`${count} orders, pages of ${limit}`)
console.log(['filter'.padEnd(40), 'shown', 'rows', 'queries', 'goes on'].join('\t'))
for (const [name, query] of filters) {
  const { items, rows, queries, cursor } = await ask({ ...query, limit })
  console.log([name.padEnd(40), items.length, rows, queries, cursor !== undefined].join('\t'))
}
