import type { Asked, Reply } from '../engine/request.ts'
import type { Simulated } from '../engine/services.ts'
import type { World } from '../engine/world.ts'
import { type Lines, operator } from '../workload/workload.ts'
import { isSame } from './is-same.ts'
import type { Ledger } from './ledger.ts'
import { checkLines } from './orders.ts'
import { Violation } from './violation.ts'

/** Lists show each order once, whatever the size of their pages; an order shows what it is. */
export async function checkPages(world: World, ledger: Ledger): Promise<void> {
  const kept = world.deployed.catalog.table.primary.items().filter((item) => item['deleted'] === undefined)
  const products = kept.filter(({ sk }) => sk === 'product').map(({ pk }) => pk.replace('product_', ''))
  const categories = kept.filter(({ sk }) => sk === 'category').map(({ pk }) => pk)
  const ask = async (service: Simulated, route: string, more: Partial<Asked>): Promise<Reply['body']> => {
    const reply = await world.request(service, { as: operator, route, ...more })
    if (reply?.status !== 200) throw new Violation('people get answers', `${route}: ${JSON.stringify(reply)}`)
    return reply.body
  }
  const checkList = async (service: Simulated, route: string, name: string, all: readonly string[]) => {
    const listed: string[] = []
    let cursor: string | undefined
    do {
      const limit = String(all.length > 20 ? 100 : world.chance.between(1, 3))
      const page = await ask(service, route, { query: { limit, ...(cursor !== undefined && { cursor }) } })
      listed.push(...(page['items'] as Record<string, string>[]).map((item) => item[name]!))
      cursor = page['cursor'] as string | undefined
    } while (cursor !== undefined)
    if (!isSame(listed.toSorted(), all.toSorted()))
      throw new Violation('lists are complete', `${route}: ${listed.join(' ')} of ${all.join(' ')}`)
  }
  await checkList('orders', 'GET /orders', 'id', [...ledger.orders.keys()])
  await checkList('catalog', 'GET /products', 'sku', products)
  await checkList('catalog', 'GET /categories', 'id', categories)
  for (const { state: order } of ledger.orders.values()) {
    const shown = await ask('orders', 'GET /orders/{id}', { params: { id: order.id } })
    const lines = (shown['lines'] as Lines).map(({ sku, quantity }) => ({ sku, quantity }))
    checkLines(ledger, order.id, lines)
  }
}
