import { list } from './shopkeepers.ts'
import { type Workload, operator } from './workload.ts'

/** The shop as it is before anybody comes in. */
export async function open(
  workload: Workload,
  stocked: ReadonlyMap<string, number>,
  unique: ReadonlySet<string>,
): Promise<void> {
  const { chance } = workload.world
  // Of many warehouses the last one has more than the others: an order that would come from too many may come from it and few others.
  const richest = workload.isScattered ? workload.warehouses.at(-1) : undefined
  for (const id of workload.warehouses) {
    const priority = chance.between(1, 3)
    const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`
    const regions = chance.pick([undefined, ['GB'], ['US-CA', 'FR']])
    const body = { name, priority: id === richest ? 3 : priority, ...(regions && { regions }) }
    await workload.ask('inventory', { as: operator, route: 'POST /warehouses', body, key: id })
  }
  for (const sku of stocked.keys()) await list(workload, sku, unique.has(sku))
  await workload.world.sleep(60_000)
  for (const [sku, units] of stocked) {
    if (units === 0) continue
    // What is ordered together may lie apart.
    if (workload.isScattered) {
      for (const id of workload.warehouses) await adjust(workload, sku, { delta: id === richest ? 2 : 1 }, id)
      continue
    }
    const home = chance.pick(workload.warehouses)
    const other = chance.pick(workload.warehouses)
    const aside = other === home ? 0 : chance.pick([0, units - 1, chance.below(units)])
    await adjust(workload, sku, { delta: units - aside }, home)
    if (aside > 0) await adjust(workload, sku, { delta: aside }, other)
  }
}

/** A clerk counts, finds and loses units. */
export async function count(workload: Workload): Promise<void> {
  const { chance } = workload.world
  for (let left = workload.times(0, 4); left > 0; left -= 1) {
    await workload.pause(60_000)
    const change = chance.pick([
      { set: chance.below(6) },
      { set: chance.below(6), expected: chance.below(6) },
      { delta: chance.pick([-3, -2, -1, 1, 2, 3]) },
      { delta: chance.pick([-3, -2, -1, 1, 2, 3]) },
      { delta: 4, expected: chance.below(3) },
      { delta: chance.maybe(0.8) ? 1 : 1_000_000_000 },
    ])
    await adjust(workload, chance.pick(workload.skus), change, chance.pick(workload.warehouses))
  }
}

/** Units go from one warehouse to another. */
export async function transfer(workload: Workload): Promise<void> {
  const { chance } = workload.world
  for (let left = workload.times(1, 2); left > 0; left -= 1) {
    await workload.pause(60_000)
    const [one, other] = workload.warehouses
    const [fromWarehouseId, toWarehouseId] = chance.pick([
      [one, other],
      [other, one],
    ])
    const body = { fromWarehouseId, toWarehouseId, quantity: chance.between(1, 3) }
    const params = { sku: chance.pick(workload.skus) }
    const asked = { as: operator, route: 'POST /inventory/{sku}/transfers', params, body, key: workload.newKey() }
    await workload.askOnceOrTwice('inventory', asked)
  }
}

/** A warehouse closes for a while. */
export async function close(workload: Workload): Promise<void> {
  const { chance } = workload.world
  if (!chance.maybe(0.3)) return
  const params = { id: chance.pick(workload.warehouses) }
  for (const active of [false, true]) {
    await workload.pause(90_000)
    await workload.ask('inventory', { as: operator, route: 'PATCH /warehouses/{id}', params, body: { active } })
  }
}

/** Units are found, lost or counted. */
export async function adjust(workload: Workload, sku: string, change: object, warehouseId: string): Promise<void> {
  const key = workload.newKey()
  const body = { ...change, warehouseId, reason: 'counted' }
  const asked = { as: operator, route: 'POST /inventory/{sku}/adjustments', params: { sku }, body, key }
  const reply = await workload.askOnceOrTwice('inventory', asked)
  if (reply?.status !== 201) return
  workload.acknowledged.push({ what: 'adjusted', sku, key })
  await workload.misuseKey('inventory', asked, { ...body, reason: 'found' })
}
