import type { Labels } from '../../../schemas/labels.ts'
import type { World } from '../engine/world.ts'
import type { LabelsWritten } from '../workload/labels-written.ts'
import { operator } from '../workload/workload.ts'
import { Violation } from './violation.ts'

/** Nothing that was answered is missing on a thing, and nothing stands there that nobody has put there. */
export function checkLabels(id: string, { reference, metadata = {} }: Labels, written: LabelsWritten): void {
  const known = written.orders.get(id) ?? new Map<string, unknown>()
  for (const key of new Set([...known.keys(), ...Object.keys(metadata)])) {
    const value = key === 'reference' ? reference : metadata[key]
    if (!written.mayStand(id, key, value))
      throw new Violation('labels are what was written last', `${id} ${key}: ${value}`)
  }
}

/** At rest: products show what was put onto them last, and no labels are without the product that they were put onto. */
export async function checkProductLabels(world: World, written: LabelsWritten): Promise<void> {
  for (const sku of written.orders.keys()) {
    const asked = { as: operator, route: 'GET /products/{sku}/labels', params: { sku } }
    const reply = await world.request('catalog', asked)
    if (reply?.status === 200) checkLabels(sku, reply.body, written)
    else if (reply?.status !== 404) throw new Violation('people get answers', `${sku}: ${JSON.stringify(reply)}`)
  }
  const items = world.deployed.catalog.table.primary.items()
  const lives = new Set(
    items.flatMap(({ pk, sk, createdVersion }) => (sk === 'product' ? [`${pk}@${String(createdVersion)}`] : [])),
  )
  for (const { pk, sk, createdVersion } of items)
    if (sk === 'labels' && !lives.has(`${pk}@${String(createdVersion)}`))
      throw new Violation('labels go with their product', pk)
}

/** At rest: payments show what was put onto them last. */
export async function checkPaymentLabels(world: World, written: LabelsWritten): Promise<void> {
  for (const id of written.orders.keys()) {
    const reply = await world.request('payments', { as: operator, route: 'GET /orders/{id}/payments', params: { id } })
    if (reply?.status !== 200) throw new Violation('people get answers', `${id}: ${JSON.stringify(reply)}`)
    const [payment = {}] = reply.body['items'] as readonly Labels[]
    checkLabels(id, payment, written)
  }
}
