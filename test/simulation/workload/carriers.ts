import type { Shipment } from '../../../schemas/shipment.ts'
import { adjust } from './clerks.ts'
import { cancelLine, moveHouse } from './second-thoughts.ts'
import { type Lines, type Workload, operator } from './workload.ts'

/** Warehouse clerks and carriers: parcels leave, travel, arrive or not, and come back in parts. */
export async function ship(workload: Workload): Promise<void> {
  const { chance } = workload.world
  const share = chance.pick([0.5, 0.9])
  for (let rounds = chance.between(workload.sends ? 4 : 2, 5); rounds > 0; rounds -= 1) {
    // Parcels are packed before anybody can send them.
    await workload.world.sleep(chance.pick([300, 3_000, 90_000]))
    await workload.pause(100_000)
    await Promise.all(
      workload.orders
        .filter(() => chance.maybe(share))
        .map(async ({ id }) => {
          for (const shipment of await shipmentsOf(workload, id)) await handle(workload, shipment)
        }),
    )
  }
}

/** Somebody takes parcels of an order away, just now. */
export async function send(workload: Workload, orderId: string): Promise<void> {
  for (const shipment of await shipmentsOf(workload, orderId))
    if (workload.world.chance.maybe(0.7)) await report(workload, shipment, 'dispatch')
}

async function shipmentsOf(workload: Workload, id: string): Promise<readonly Shipment[]> {
  const asked = { as: operator, route: 'GET /orders/{id}/shipments', params: { id } }
  const reply = await workload.ask('shipping', asked)
  return reply?.status === 200 ? (reply.body['items'] as Shipment[]) : []
}

/** What a clerk does next with a parcel, and now and then what should not be done. */
async function handle(workload: Workload, shipment: Shipment): Promise<void> {
  const { chance } = workload.world
  if (chance.maybe(0.15)) return
  const usual = (
    {
      created: 'dispatch',
      dispatched: 'deliver',
      in_transit: 'deliver',
      failed: 'deliver',
      delivered: 'return',
    } as const
  )[shipment.status as 'created']
  const does =
    shipment.status === 'created' && chance.maybe(0.08)
      ? 'fail'
      : chance.maybe(workload.usual) && usual
        ? usual
        : chance.pick(['dispatch', 'track', 'deliver', 'fail', 'return'] as const)
  if (shipment.status === 'created' && chance.maybe(0.25)) {
    const customer = workload.orders.find(({ id }) => id === shipment.orderId)?.customer ?? operator.sub
    const by = chance.maybe(0.5) ? operator.sub : customer
    const leaving = chance.maybe(workload.hurry) ? report(workload, shipment, 'dispatch') : undefined
    await cancelLine(workload, by, { orderId: shipment.orderId, sku: chance.pick(shipment.lines).sku }, leaving)
  }
  if (shipment.status === 'created' && workload.world.side.maybe(0.2))
    await moveHouse(workload, operator.sub, shipment.orderId, () => report(workload, shipment, 'dispatch'))
  // What is away may be there again before it comes back.
  if (does === 'return' && chance.maybe(0.3))
    await adjust(workload, shipment.lines[0]!.sku, { delta: 1 }, workload.warehouses[0]!)
  await report(workload, chance.maybe(0.02) ? { ...shipment, id: 'shp' } : shipment, does)
  // Nobody wants the rest alone.
  if (does === 'fail' && shipment.status === 'created' && chance.maybe(0.4))
    await workload.ask('orders', { as: operator, route: 'POST /orders/{id}/cancel', params: { id: shipment.orderId } })
  // A scanner sends what it has sent before, or the rest comes back.
  if (chance.maybe(0.3)) await report(workload, shipment, does)
}

async function report(
  workload: Workload,
  { id, orderId, lines }: Shipment,
  does: 'dispatch' | 'track' | 'deliver' | 'fail' | 'return',
): Promise<void> {
  const { chance, side } = workload.world
  const part = does === 'dispatch' && side.maybe(workload.parts) ? partOf(workload, lines) : undefined
  const body = {
    dispatch: { carrier: chance.pick(['Post', 'Van']), ...(part && { lines: part }) },
    track: { trackingNumber: 'T-1' },
    deliver: undefined,
    fail: { reason: 'nobody at home' },
    return: chance.maybe(workload.usual - 0.3) ? undefined : { lines: some(workload, lines) },
  }[does]
  const key = does === 'return' || chance.maybe(0.5) ? workload.newKey() : undefined
  const asked = { as: operator, route: `POST /shipments/{id}/${does}`, params: { id }, body, key }
  const reply = await workload.askOnceOrTwice('shipping', asked)
  if (reply?.status !== 200) return
  if (does === 'dispatch') {
    workload.acknowledged.push({ what: 'dispatched', orderId, shipmentId: id, ...(part && { lines: part }) })
    await goOn(workload, reply.body as unknown as Shipment)
  }
  if (does === 'deliver') workload.acknowledged.push({ what: 'delivered', orderId })
  if (does === 'return')
    workload.acknowledged.push({ what: 'returned', orderId, units: returnedOf(reply.body as unknown as Shipment) })
}

/** What becomes of the rest at once: it leaves too, whole or in parts, or never, or some of it is cancelled meanwhile. */
async function goOn(workload: Workload, { orderId, restId }: Shipment): Promise<void> {
  const { side } = workload.world
  if (restId === undefined || side.maybe(0.5)) return
  await workload.world.sleep(side.below(side.pick([10, 3_000, 90_000])))
  const rest = (await shipmentsOf(workload, orderId)).find(({ id }) => id === restId)
  if (rest?.status !== 'created') return
  const leaving = side.maybe(0.7) ? report(workload, rest, side.maybe(0.85) ? 'dispatch' : 'fail') : undefined
  if (side.maybe(0.4)) await cancelLine(workload, operator.sub, { orderId, sku: side.pick(rest.lines).sku }, leaving)
  else await leaving
  if (side.maybe(0.1))
    await workload.ask('orders', { as: operator, route: 'POST /orders/{id}/cancel', params: { id: orderId } })
}

/** Units that leave: some of them, all, or now and then what is not there. */
function partOf(workload: Workload, lines: Shipment['lines']): Lines {
  const { side } = workload.world
  const chosen = lines.filter(() => side.maybe(0.6))
  return (chosen.length > 0 ? chosen : lines.slice(0, 1)).map(({ sku, quantity }) => ({
    sku: side.maybe(0.02) ? 'sku-0' : sku,
    quantity: side.maybe(0.05) ? quantity + 1 : side.between(1, quantity),
  }))
}

const returnedOf = ({ lines }: Shipment): number => lines.reduce((sum, { returned }) => sum + returned, 0)

/** Some of the units, in some condition; rarely more than there are, or what was never in the parcel. */
function some(workload: Workload, lines: Shipment['lines']) {
  const { chance } = workload.world
  const chosen = lines.filter(() => chance.maybe(0.7))
  return (chosen.length > 0 ? chosen : lines).map(({ sku, quantity }) => ({
    sku: chance.maybe(0.02) ? 'sku-0' : sku,
    quantity: chance.maybe(0.15) ? quantity + 1 : chance.between(1, quantity),
    condition: chance.pick(['restock', 'damaged'] as const),
  }))
}
