import { type Workload, operator } from './workload.ts'

/** A shopkeeper takes products off, changes them, and lists them again. */
export async function change(workload: Workload): Promise<void> {
  const { chance } = workload.world
  for (let left = workload.day === 'nothing' ? chance.between(1, 4) : workload.times(0, 3); left > 0; left -= 1) {
    await workload.pause(90_000)
    const sku = chance.pick(workload.skus)
    const params = { sku }
    if (chance.maybe(0.5)) {
      await patch(workload, sku, { name: `${sku} ${left}`, active: chance.maybe(0.8), ...details(workload) })
      continue
    }
    await workload.ask('inventory', { as: operator, route: 'DELETE /products/{sku}', params })
    await workload.pause(20_000)
    const listed = await list(workload, sku, chance.maybe(0.3))
    if (listed && chance.maybe(0.6)) await patch(workload, sku, { name: `${sku} again` })
  }
}

/** Puts a product on the list; whether it was not there before. */
export async function list(workload: Workload, sku: string, unique: boolean): Promise<boolean> {
  const { chance } = workload.world
  const price = { amount: workload.price, currency: 'GBP' }
  const more = chance.maybe(0.1) && { description: 'As new', weightGrams: 120, attributes: { colour: 'red' } }
  const waits = workload.waits && { backorder: backorderOf(workload) }
  const body = { sku, name: sku, price, unique, lowStockAt: 1, ...more, ...waits }
  const asked = { as: operator, route: 'POST /products', body, key: workload.newKey() }
  return (await workload.ask('catalog', asked))?.status === 201
}

/** Whether orders may wait for a product, and for how many units. */
export function backorderOf({ world }: Workload): object {
  const { waitChance: chance, clock } = world
  const cap = chance.pick([undefined, undefined, undefined, 0, 2, 4])
  const promised = chance.maybe(0.3) && { shipBy: new Date(clock.now() + chance.below(86_400_000)).toISOString() }
  return { allowed: chance.maybe(0.9), ...(cap !== undefined && { cap }), ...promised }
}

/** Somebody sorts products into categories, and those into each other. */
export async function arrange(workload: Workload): Promise<void> {
  const { chance } = workload.world
  const known: string[] = []
  for (let left = workload.day === 'business' ? 7 : chance.pick([0, 0, 5]); left > 0; left -= 1) {
    await workload.pause(60_000)
    const id = chance.pick([...known, ...known, 'cat_0'])
    const other = chance.pick([...known, ...known, 'cat_0'])
    const params = { id }
    const does = chance.pick(['create', 'create', 'fill', 'fill', 'move', 'move', 'delete'] as const)
    if (does === 'create') {
      const body = { name: `Category ${left}`, ...(chance.maybe(0.4) && { parentId: other }) }
      const asked = { as: operator, route: 'POST /categories', body, key: workload.newKey() }
      const reply = await workload.askOnceOrTwice('catalog', asked)
      if (reply?.status === 201) known.push(String(reply.body['id']))
    } else if (does === 'fill') {
      await patch(workload, chance.pick(workload.skus), { categoryId: chance.pick([id, id, null]) })
    } else if (does === 'move') {
      const body = chance.pick([{ parentId: other }, { parentId: null }, { name: 'Other' }])
      await workload.ask('catalog', { as: operator, route: 'PATCH /categories/{id}', params, body })
    } else await workload.ask('catalog', { as: operator, route: 'DELETE /categories/{id}', params })
  }
}

async function patch(workload: Workload, sku: string, body: object): Promise<void> {
  await workload.ask('catalog', { as: operator, route: 'PATCH /products/{sku}', params: { sku }, body })
}

const many = (mark: string): object =>
  Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${mark} ${index}`, index]))

/** Changes that few products see. */
function details(workload: Workload): object {
  return workload.world.chance.pick<object>([
    {},
    {},
    {},
    {},
    { price: { amount: 1_000_000_000_000, currency: 'GBP' } },
    { price: { amount: 300, currency: 'EUR' } },
    { description: null, attributes: { colour: null } },
    { attributes: { size: 3 } },
    { attributes: null },
    { attributes: workload.world.chance.maybe(0.5) ? many('a') : many('b') },
  ])
}
