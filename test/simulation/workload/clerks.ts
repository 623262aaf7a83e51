import { list } from './shopkeepers.ts'
import { type People, operator } from './workload.ts'

/** The shop as it is before anybody comes in. */
export async function open(
  people: People,
  stocked: ReadonlyMap<string, number>,
  unique: ReadonlySet<string>,
): Promise<void> {
  const { chance } = people.world
  for (const id of people.warehouses) {
    const body = { name: `${id.charAt(0).toUpperCase()}${id.slice(1)}`, priority: chance.between(1, 3) }
    await people.ask('inventory', { as: operator, route: 'POST /warehouses', body, key: id })
  }
  for (const sku of stocked.keys()) await list(people, sku, unique.has(sku))
  await people.world.sleep(60_000)
  for (const [sku, units] of stocked) {
    if (units === 0) continue
    // What is ordered together may lie apart.
    if (people.isScattered) {
      for (const id of people.warehouses) await adjust(people, sku, { delta: 1 }, id)
      continue
    }
    const home = chance.pick(people.warehouses)
    const other = chance.pick(people.warehouses)
    const aside = other === home ? 0 : chance.pick([0, units - 1, chance.below(units)])
    await adjust(people, sku, { delta: units - aside }, home)
    if (aside > 0) await adjust(people, sku, { delta: aside }, other)
  }
}

/** A clerk counts, finds and loses units. */
export async function count(people: People): Promise<void> {
  const { chance } = people.world
  for (let left = people.times(0, 4); left > 0; left -= 1) {
    await people.pause(60_000)
    const change = chance.pick([
      { set: chance.below(6) },
      { set: chance.below(6), expected: chance.below(6) },
      { delta: chance.pick([-3, -2, -1, 1, 2, 3]) },
      { delta: chance.pick([-3, -2, -1, 1, 2, 3]) },
      { delta: 4, expected: chance.below(3) },
      { delta: chance.maybe(0.8) ? 1 : 1_000_000_000 },
    ])
    await adjust(people, chance.pick(people.skus), change, chance.pick(people.warehouses))
  }
}

/** Units go from one warehouse to another. */
export async function transfer(people: People): Promise<void> {
  const { chance } = people.world
  for (let left = people.times(1, 2); left > 0; left -= 1) {
    await people.pause(60_000)
    const [one, other] = people.warehouses
    const [fromWarehouseId, toWarehouseId] = chance.pick([
      [one, other],
      [other, one],
    ])
    const body = { fromWarehouseId, toWarehouseId, quantity: chance.between(1, 3) }
    const params = { sku: chance.pick(people.skus) }
    const asked = { as: operator, route: 'POST /inventory/{sku}/transfers', params, body, key: people.newKey() }
    await people.askOnceOrTwice('inventory', asked)
  }
}

/** A warehouse closes for a while. */
export async function close(people: People): Promise<void> {
  const { chance } = people.world
  if (!chance.maybe(0.3)) return
  const params = { id: chance.pick(people.warehouses) }
  for (const active of [false, true]) {
    await people.pause(90_000)
    await people.ask('inventory', { as: operator, route: 'PATCH /warehouses/{id}', params, body: { active } })
  }
}

/** Units are found, lost or counted. */
export async function adjust(people: People, sku: string, change: object, warehouseId: string): Promise<void> {
  const key = people.newKey()
  const body = { ...change, warehouseId, reason: 'counted' }
  const asked = { as: operator, route: 'POST /inventory/{sku}/adjustments', params: { sku }, body, key }
  const reply = await people.askOnceOrTwice('inventory', asked)
  if (reply?.status !== 201) return
  people.told.push({ what: 'adjusted', sku, key })
  await people.misuseKey('inventory', asked, { ...body, reason: 'found' })
}
