import { type Workload, operator } from './workload.ts'
import type { StockItem } from '../../../functions/inventory/store/stock-item.ts'
import type { Inbound } from '../../../schemas/supply.ts'
import { Violation } from '../invariants/violation.ts'
import type { Asked, Reply } from '../engine/request.ts'

/** What is on its way, as far as an answer has named it. */
export interface UnderWay {
  readonly id: string
  readonly sku: string
  readonly quantity: number
}

/** Inbounds and transfers that all suppliers know of: what they do to one of them, others do at the same time. */
export interface Supplies {
  readonly inbounds: UnderWay[]
  readonly transfers: UnderWay[]
}

/** Deliveries are announced, changed, cancelled and come: in part, broken, too large, too small, twice. Units travel between warehouses, and some get lost. */
export async function supply(workload: Workload, supplies: Supplies): Promise<void> {
  const { world } = workload
  const chance = world.supplyChance
  for (let left = chance.between(5, 14); left > 0; left -= 1) {
    await world.sleep(chance.below(chance.pick([300, 30_000, 600_000])))
    const group = chance.pick([
      [announce, send, send],
      supplies.inbounds.length > 0 ? [deliver, deliver, deliver, amend, cancel] : [announce],
      supplies.transfers.length > 0 ? [arrive, arrive, recall] : [send],
      supplies.transfers.length > 0 ? [arrive, arrive, recall] : [send],
    ])
    const act = () => chance.pick(group)(workload, supplies)
    await Promise.all([act(), chance.maybe(0.5) ? act() : undefined])
  }
}

const soon = ({ world: { supplyChance: chance, clock } }: Workload): string =>
  new Date(clock.now() + chance.between(-3_600_000, 86_400_000)).toISOString()

async function announce(workload: Workload, { inbounds }: Supplies): Promise<void> {
  const chance = workload.world.supplyChance
  const sku = chance.pick(workload.skus)
  const quantity = chance.between(1, 8)
  const body = { warehouseId: chance.pick(workload.warehouses), quantity, expectedAt: soon(workload) }
  const asked = { route: 'POST /inventory/{sku}/inbound', params: { sku }, body }
  const reply = await keyed(workload, asked)
  if (reply?.status === 201) inbounds.push({ id: String(reply.body['id']), sku, quantity })
}

async function deliver(workload: Workload, { inbounds }: Supplies): Promise<void> {
  const chance = workload.world.supplyChance
  const { id, sku, quantity } = chance.pick(inbounds.slice(-2))
  const body = chance.pick<{ readonly quantity: number; readonly refused?: number }>([
    { quantity },
    { quantity },
    { quantity: chance.between(1, quantity) },
    { quantity: chance.between(1, quantity) },
    { quantity: chance.below(quantity), ...refused(chance.between(1, 2)) },
    { quantity: quantity + chance.between(1, 2), ...because('more came') },
    { quantity: chance.below(quantity), ...final, ...because('less came') },
    { quantity: chance.below(quantity), ...final },
  ])
  const asked = { route: 'POST /inbound/{id}/receipts', params: { id }, body }
  const reply = await received(workload, asked, sku, body.quantity)
  const inbound = reply?.body['inbound'] as Inbound | undefined
  if (inbound && inbound.refused < (body.refused ?? 0))
    throw new Violation('what was acknowledged is true', `${id} had ${body.refused} refused: ${inbound.refused}`)
  forget(workload, inbounds, id, reply)
}

/** Mostly nobody asks again for what is over. */
function forget({ world }: Workload, known: UnderWay[], id: string, reply: Reply | undefined): void {
  const { status } = (reply?.body['inbound'] ?? reply?.body['transfer'] ?? {}) as { readonly status?: string }
  const at = known.findIndex((each) => each.id === id)
  const isOver = status !== undefined && status !== 'expected' && status !== 'in_transit'
  if (isOver && at >= 0 && world.supplyChance.maybe(0.7)) known.splice(at, 1)
}

const final = { final: true }
const refused = (units: number) => ({ refused: units })
const because = (reason: string) => ({ reason })

async function amend(workload: Workload, { inbounds }: Supplies): Promise<void> {
  const chance = workload.world.supplyChance
  const { id, quantity } = chance.pick(inbounds.slice(-2))
  const body = chance.pick([
    { quantity: chance.between(1, quantity + 2) },
    { expectedAt: soon(workload) },
    { quantity: chance.between(1, quantity), expectedAt: soon(workload), reference: 'PO-7' },
    { reference: null },
  ])
  await workload.ask('inventory', { as: operator, route: 'PATCH /inbound/{id}', params: { id }, body })
}

async function cancel(workload: Workload, { inbounds }: Supplies): Promise<void> {
  const { id } = workload.world.supplyChance.pick(inbounds.slice(-3))
  await workload.ask('inventory', { as: operator, route: 'DELETE /inbound/{id}', params: { id } })
}

async function send(workload: Workload, { transfers }: Supplies): Promise<void> {
  const chance = workload.world.supplyChance
  const { sku, warehouseId: fromWarehouseId } = chance.pick(stocked(workload))
  const toWarehouseId = chance.pick(workload.warehouses.filter((id) => id !== fromWarehouseId))
  const quantity = chance.between(1, 4)
  const reference = quantity === 2 && { reference: 'TR-7' }
  const body = { fromWarehouseId, toWarehouseId, quantity, expectedAt: soon(workload), ...reference }
  const asked = { route: 'POST /inventory/{sku}/transfers', params: { sku }, body }
  const reply = await received(workload, asked, sku, quantity)
  const transfer = reply?.status === 201 ? (reply.body['transfer'] as { readonly id: string }) : undefined
  if (transfer) transfers.push({ id: transfer.id, sku, quantity })
}

async function arrive(workload: Workload, { transfers }: Supplies): Promise<void> {
  const chance = workload.world.supplyChance
  const { id, sku, quantity } = chance.pick(transfers.slice(-2))
  const body = chance.pick<{ readonly quantity: number }>([
    { quantity },
    { quantity: chance.between(1, quantity) },
    { quantity: chance.below(quantity), ...lost(1) },
    { quantity: 0, ...lost(chance.between(1, quantity)) },
    { quantity: quantity + 1 },
  ])
  const asked = { route: 'POST /transfers/{id}/receipts', params: { id }, body }
  forget(workload, transfers, id, await received(workload, asked, sku, 1))
}

/** Where there is something to send, or any place where nothing is. */
function stocked({ world, skus, warehouses }: Workload) {
  const items = world.deployed.inventory.table.primary.items().filter(({ sk }) => sk === 'stock') as StockItem[]
  const places = items.flatMap(({ sku, levels }) =>
    Object.entries(levels).flatMap(([warehouseId, { available }]) => (available > 0 ? [{ sku, warehouseId }] : [])),
  )
  return places.length > 0 ? places : [{ sku: skus[0]!, warehouseId: warehouses[0]! }]
}

const lost = (units: number) => ({ missing: units, reason: 'lost on the way' })

async function recall(workload: Workload, { transfers }: Supplies): Promise<void> {
  const { id } = workload.world.supplyChance.pick(transfers.slice(-3))
  await workload.ask('inventory', { as: operator, route: 'DELETE /transfers/{id}', params: { id } })
}

type Sent = Required<Pick<Asked, 'route' | 'params' | 'body'>>

async function keyed(workload: Workload, sent: Sent, key = `supply-${workload.world.supplyChance.below(1e9)}`) {
  return workload.askOnceOrTwice('inventory', { as: operator, ...sent, key })
}

/** Asks for what moves so many units. */
async function received(workload: Workload, sent: Sent, sku: string, units: number) {
  const key = `supply-${workload.world.supplyChance.below(1e9)}`
  const reply = await keyed(workload, sent, key)
  if (reply?.status !== 201) return undefined
  if (units > 0) workload.acknowledged.push({ what: 'adjusted', sku, key })
  const body = { ...(sent.body as object), reason: 'another one' }
  if (!sent.route.startsWith('POST /inventory'))
    await workload.misuseKey('inventory', { as: operator, ...sent, key }, body)
  return reply
}
