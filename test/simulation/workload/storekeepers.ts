import { type Workload, operator } from './workload.ts'

/** Storekeepers take units out of sale, bring them back, write them off, keep some back and set marks. */
export async function store(workload: Workload): Promise<void> {
  const { side } = workload.world
  const known: Aside[] = []
  for (let left = side.between(2, 8); left > 0; left -= 1) {
    await workload.world.sleep(side.below(side.pick([1_000, 30_000, 120_000])))
    if (side.maybe(0.4)) await mark(workload)
    else await setAside(workload, known)
  }
}

/** Units that were set aside. */
interface Aside {
  readonly sku: string
  readonly warehouseId: string
  readonly kind: string
}

/** What was set aside comes back or is written off, or more is set aside; some take what nobody has set aside. */
async function setAside(workload: Workload, known: Aside[]): Promise<void> {
  const { side } = workload.world
  const isOver = known.length > 0 && side.maybe(0.5)
  const { sku, warehouseId, kind } = isOver ? side.pick(known) : newAside(workload)
  const move = isOver ? side.pick(['out', 'writeOff']) : side.pick(['in', 'in', 'in', 'in', 'out', 'writeOff'])
  const body = { warehouseId, quantity: side.pick([1, 1, 2]), kind, move, reason: 'seen' }
  const asked = {
    as: operator,
    route: 'POST /inventory/{sku}/unavailable',
    params: { sku },
    body,
    key: `aside-${side.below(1_000_000_000)}`,
  }
  const reply = await workload.askOnceOrTwice('inventory', asked)
  if (reply?.status !== 201) return
  workload.acknowledged.push({ what: 'adjusted', sku, key: asked.key })
  if (move === 'in') known.push({ sku, warehouseId, kind })
  await workload.misuseKey('inventory', asked, { ...body, reason: 'unseen' })
}

const newAside = ({ world: { side }, skus, warehouses }: Workload): Aside => ({
  sku: side.pick(skus),
  warehouseId: side.pick(warehouses),
  kind: side.pick(['damaged', 'quality', 'safety']),
})

async function mark(workload: Workload): Promise<void> {
  const { side } = workload.world
  const sku = side.pick(workload.skus)
  const warehouseId = side.pick(workload.warehouses)
  const body = side.pick([
    { keepBack: side.between(0, 4) },
    { lowStockAt: side.between(0, 5) },
    { keepBack: side.between(0, 4), lowStockAt: side.between(0, 5) },
    {},
  ])
  const route = 'PUT /inventory/{sku}/levels/{warehouseId}'
  await workload.ask('inventory', { as: operator, route, params: { sku, warehouseId }, body })
}
