import { status } from '../../../functions/orders/core/status.ts'
import { isOrder, readOrder } from '../../../functions/orders/store/order-item.ts'
import { type Workload, operator } from './workload.ts'
import { backorderOf } from './shopkeepers.ts'

/** Goods come in while orders wait for them and are cancelled, a warehouse opens again, and a product may be waited for no more. */
export async function receive(workload: Workload): Promise<void> {
  const { world, skus } = workload
  const chance = world.waitChance
  for (let left = chance.between(1, 5); left > 0; left -= 1) {
    await world.sleep(chance.below(chance.pick([30_000, 600_000, 3_600_000])))
    const sku = chance.pick(skus)
    const act = chance.pick([deliver, deliver, deliver, deliver, lose, reopen, change])
    await Promise.all([act(workload, sku), chance.maybe(0.5) ? decide(workload) : undefined])
  }
}

const deliver = (workload: Workload, sku: string): Promise<void> =>
  adjust(workload, sku, workload.world.waitChance.between(1, 6))

const lose = (workload: Workload, sku: string): Promise<void> => adjust(workload, sku, -1)

async function adjust(workload: Workload, sku: string, delta: number): Promise<void> {
  const warehouseId = workload.world.waitChance.pick(workload.warehouses)
  const body = { warehouseId, delta, reason: 'received' }
  const key = workload.newKey()
  const asked = { as: operator, route: 'POST /inventory/{sku}/adjustments', params: { sku }, body, key }
  const reply = await workload.askOnceOrTwice('inventory', asked)
  if (reply?.status === 201) workload.acknowledged.push({ what: 'adjusted', sku, key })
}

/** What comes in meanwhile is for nobody until the warehouse opens again. */
async function reopen(workload: Workload, sku: string): Promise<void> {
  const params = { id: workload.world.waitChance.pick(workload.warehouses) }
  for (const active of [false, true]) {
    await workload.ask('inventory', { as: operator, route: 'PATCH /warehouses/{id}', params, body: { active } })
    if (!active) await deliver(workload, sku)
  }
}

async function change(workload: Workload, sku: string): Promise<void> {
  const body = { backorder: workload.world.waitChance.pick([null, backorderOf(workload)]) }
  await workload.ask('catalog', { as: operator, route: 'PATCH /products/{sku}', params: { sku }, body })
}

/** Somebody cancels or approves an order that waits, at about the time at which its goods come. */
async function decide(workload: Workload): Promise<void> {
  const { world } = workload
  const chance = world.waitChance
  await world.sleep(chance.below(chance.pick([300, 3_000])))
  const items = world.deployed.orders.table.primary.items().filter(isOrder)
  const waiting = items.map((item) => readOrder(item).state).filter(({ facts }) => status(facts) === 'backordered')
  if (waiting.length === 0) return
  const { id } = chance.pick(waiting)
  const does = chance.pick(['cancel', 'cancel', 'approve'] as const)
  const asked = { as: operator, route: `POST /orders/{id}/${does}`, params: { id }, key: workload.newKey() }
  const reply = await workload.ask('orders', asked)
  if (reply?.status === 200)
    workload.acknowledged.push({
      what: does === 'cancel' ? 'cancelled' : 'approved',
      orderId: id,
      status: reply.body['status'],
    })
}
