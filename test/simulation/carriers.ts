import type { Shipment } from '../../schemas/shipping.ts'
import { type People, operator } from './people.ts'

/** Warehouse clerks and carriers: parcels leave, travel, arrive or not, and come back in parts. */
export async function ship(people: People): Promise<void> {
  const { chance } = people.world
  const rounds = chance.pick([0, 4, 16])
  for (let left = rounds; left > 0; left -= 1) {
    await people.pause(chance.pick([10_000, 100_000]))
    const order = chance.pick(people.orders)
    if (order === undefined) continue
    for (const shipment of await shipmentsOf(people, order.id)) await handle(people, shipment)
  }
}

async function shipmentsOf(people: People, id: string): Promise<readonly Shipment[]> {
  const asked = { as: operator, route: 'GET /orders/{id}/shipments', params: { id } }
  const reply = await people.ask('shipping', asked)
  return reply?.status === 200 ? (reply.body['items'] as Shipment[]) : []
}

/** What a clerk does next with a parcel, and now and then what should not be done. */
async function handle(people: People, shipment: Shipment): Promise<void> {
  const { chance } = people.world
  if (chance.maybe(0.3)) return
  const usual = ({ created: 'dispatch', dispatched: 'deliver', in_transit: 'deliver', failed: 'deliver' } as const)[
    shipment.status as 'created'
  ]
  const does =
    chance.maybe(0.6) && usual ? usual : chance.pick(['dispatch', 'track', 'deliver', 'fail', 'return'] as const)
  await tell(people, shipment, does)
}

async function tell(
  people: People,
  { id, orderId, lines }: Shipment,
  does: 'dispatch' | 'track' | 'deliver' | 'fail' | 'return',
): Promise<void> {
  const { chance } = people.world
  const body = {
    dispatch: { carrier: chance.pick(['Post', 'Van']) },
    track: { trackingNumber: 'T-1' },
    deliver: undefined,
    fail: { reason: 'nobody at home' },
    return: chance.maybe(0.4) ? undefined : { lines: some(people, lines) },
  }[does]
  const key = does === 'return' || chance.maybe(0.5) ? people.newKey() : undefined
  const asked = { as: operator, route: `POST /shipments/{id}/${does}`, params: { id }, body, key }
  const reply = await people.askOnceOrTwice('shipping', asked)
  if (reply?.status !== 200) return
  if (does === 'dispatch') people.told.push({ what: 'dispatched', orderId })
  if (does === 'deliver') people.told.push({ what: 'delivered', orderId })
  if (does === 'return')
    people.told.push({ what: 'returned', orderId, units: returnedOf(reply.body as unknown as Shipment) })
}

const returnedOf = ({ lines }: Shipment): number => lines.reduce((sum, { returned }) => sum + returned, 0)

/** Some of the units, in some condition; rarely more than there are. */
function some(people: People, lines: Shipment['lines']) {
  const { chance } = people.world
  const chosen = lines.filter(() => chance.maybe(0.7))
  return (chosen.length > 0 ? chosen : lines).map(({ sku, quantity }) => ({
    sku,
    quantity: chance.maybe(0.05) ? quantity + 1 : chance.between(1, quantity),
    condition: chance.pick(['restock', 'damaged'] as const),
  }))
}
