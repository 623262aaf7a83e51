import { type Workload, operator } from './workload.ts'
import type { Simulated } from '../engine/services.ts'
import type { Asked } from '../engine/request.ts'

/** Somebody looks around; whatever is shown, nobody is answered with an error. */
export async function browse(workload: Workload): Promise<void> {
  const { chance } = workload.world
  for (let left = workload.times(0, 3); left > 0; left -= 1) {
    await workload.pause(60_000)
    const [service, asked] = chance.pick(glances(workload))
    await workload.ask(service, asked)
  }
}

function glances({ world: { chance }, skus, orders, customerName }: Workload): readonly [Simulated, Asked][] {
  const as = chance.pick([{ sub: customerName(1) }, operator])
  const params = { sku: chance.pick(skus) }
  const order = { id: chance.pick(orders)?.id ?? 'ord_none' }
  const limit = String(chance.between(1, 3))
  return [
    ['catalog', { as, route: 'GET /products', query: { q: chance.pick(skus), limit } }],
    ['catalog', { as, route: 'GET /products', query: { category: 'cat_1', limit } }],
    ['catalog', { as, route: 'GET /products/{sku}', params }],
    ['catalog', { as, route: 'GET /categories', query: { limit } }],
    ['inventory', { as, route: 'GET /inventory/{sku}', params }],
    ['inventory', { as: operator, route: 'GET /inventory/{sku}/levels', params }],
    ['inventory', { as: operator, route: 'GET /warehouses', query: { limit } }],
    ['orders', { as, route: 'GET /orders', query: { status: 'reserved', limit } }],
    ['orders', { as, route: 'GET /orders/{id}', params: order }],
    ['orders', { as, route: 'GET /orders/{id}/history', params: order }],
  ]
}
