import { type Workload, operator } from './workload.ts'

/** Stocktakers count what lies in a warehouse while it is sold, enter it, correct it, and post it, some of them twice or in the middle of it. */
export async function takeStock(workload: Workload): Promise<void> {
  const { side } = workload.world
  for (let left = side.between(1, 3); left > 0; left -= 1) {
    await workload.world.sleep(side.below(side.pick([1_000, 30_000, 120_000])))
    const warehouseId = side.pick(workload.warehouses)
    const skus = workload.skus.filter(() => side.maybe(0.7))
    if (skus.length > 0) await count(workload, warehouseId, skus)
  }
}

async function count(workload: Workload, warehouseId: string, skus: readonly string[]): Promise<void> {
  const { side } = workload.world
  const body = { warehouseId, skus }
  const made = await workload.askOnceOrTwice('inventory', {
    as: operator,
    route: 'POST /counts',
    body,
    key: keyOf(workload),
  })
  if (made?.status !== 201) return
  const id = String(made.body['id'])
  const enter = (sku: string) => {
    const asked = { as: operator, route: 'PUT /counts/{id}/lines/{sku}', params: { id, sku } }
    return workload.ask('inventory', { ...asked, body: { counted: side.below(7) } })
  }
  const post = (key = keyOf(workload)) =>
    workload.ask('inventory', { as: operator, route: 'POST /counts/{id}/post', params: { id }, key })
  for (const sku of skus) {
    if (side.maybe(0.2)) continue
    await workload.world.sleep(side.below(side.pick([100, 20_000])))
    await enter(sku)
  }
  if (side.maybe(0.1)) {
    await workload.ask('inventory', { as: operator, route: 'DELETE /counts/{id}', params: { id } })
    return
  }
  const key = keyOf(workload)
  await Promise.all([
    post(key),
    ...(side.maybe(0.4) ? [post(side.maybe(0.5) ? key : keyOf(workload)), enter(side.pick(skus))] : []),
  ])
  // Lines that were refused may be had later.
  for (let again = side.below(3); again > 0; again -= 1) {
    await workload.world.sleep(side.below(60_000))
    await post()
  }
}

const keyOf = ({ world: { side } }: Workload): string => `count-${side.below(1_000_000_000)}`
