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

/** At rest: each adjustment that was answered has one movement with what it was sent with, and no movement has what was not sent. */
export async function checkAdjustmentLabels(
  world: World,
  sent: ReadonlyMap<string, boolean>,
  sku: string,
): Promise<void> {
  const documents: string[] = []
  let cursor: string | undefined
  do {
    const query = { limit: '10', ...(cursor !== undefined && { cursor }) }
    const asked = { as: operator, route: 'GET /inventory/{sku}/movements', params: { sku }, query }
    const reply = await world.request('inventory', asked)
    // A product that was never listed has no ledger.
    if (reply?.status === 404) break
    if (reply?.status !== 200) throw new Violation('people get answers', `${sku}: ${JSON.stringify(reply)}`)
    const items = reply.body['items'] as readonly Labels[]
    // Others move units too.
    documents.push(...items.flatMap(({ metadata = {} }) => Object.values(metadata)))
    cursor = reply.body['cursor'] as string | undefined
  } while (cursor !== undefined)
  const isWrong = ([document, isAnswered]: readonly [string, boolean]): boolean => {
    const count = documents.filter((each) => each === document).length
    return count > 1 || (isAnswered && count === 0)
  }
  const wrong = [...sent].filter(isWrong)
  const unknown = documents.filter((each) => !sent.has(each))
  if (wrong.length + unknown.length > 0)
    throw new Violation('a movement has what came with it', `${sku}: ${JSON.stringify([wrong, unknown])}`)
}
