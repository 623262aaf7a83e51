import { isLow } from '../../../functions/inventory/core/level.ts'
import { shipmentIdOf } from '../../../functions/shipping/store/shipments-item.ts'
import type { Order } from '../../../schemas/order.ts'
import type { Asked, Reply } from '../engine/request.ts'
import type { Simulated } from '../engine/services.ts'
import type { World } from '../engine/world.ts'
import { operator } from '../workload/workload.ts'
import { isSame } from './is-same.ts'
import type { Ledger } from './ledger.ts'
import { checkLines } from './orders.ts'
import { Violation } from './violation.ts'

/**
 * Lists show each order once, whatever the size of their pages; an order shows what it is. `isMixed`: an older release wrote parcels and
 * reservations that are in no list.
 */
export async function checkPages(world: World, ledger: Ledger, isMixed: boolean): Promise<void> {
  const kept = world.deployed.catalog.table.primary.items().filter((item) => item['deleted'] === undefined)
  const products = kept.filter(({ sk }) => sk === 'product').map(({ pk }) => pk.replace('product_', ''))
  const categories = kept.filter(({ sk }) => sk === 'category').map(({ pk }) => pk)
  const ask = async (service: Simulated, route: string, more: Partial<Asked>): Promise<Reply['body']> => {
    const reply = await world.request(service, { as: operator, route, ...more })
    if (reply?.status !== 200) throw new Violation('people get answers', `${route}: ${JSON.stringify(reply)}`)
    return reply.body
  }
  const checkList = async (
    service: Simulated,
    route: string,
    name: string,
    all: readonly string[],
    filter: Readonly<Record<string, string>> = {},
    isMeant: (item: Readonly<Record<string, unknown>>) => boolean = () => true,
  ) => {
    const listed: string[] = []
    let cursor: string | undefined
    do {
      const limit = String(all.length > 20 ? 100 : world.chance.between(1, 3))
      const page = await ask(service, route, { query: { ...filter, limit, ...(cursor !== undefined && { cursor }) } })
      listed.push(...(page['items'] as Record<string, string>[]).filter(isMeant).map((item) => item[name]!))
      cursor = page['cursor'] as string | undefined
    } while (cursor !== undefined)
    if (!isSame(listed.toSorted(), all.toSorted()))
      throw new Violation(
        'lists are complete',
        `${route} ${Object.values(filter).join(' ')}: ${listed.join(' ')} of ${all.join(' ')}`,
      )
  }
  await checkList('orders', 'GET /orders', 'id', [...ledger.orders.keys()])
  await checkList('catalog', 'GET /products', 'sku', products)
  await checkList('catalog', 'GET /categories', 'id', categories)
  if (!isMixed) {
    for (const [warehouseId, parcels] of Map.groupBy(parcelsOf(ledger), (parcel) => parcel.warehouseId))
      for (const [status, of] of Map.groupBy(parcels, (parcel) => parcel.status))
        await checkList('shipping', 'GET /shipments', 'id', idsOf(of), { warehouseId, status })
    for (const [status, of] of Map.groupBy(listedReservations(ledger), (each) => each.status))
      await checkList('inventory', 'GET /reservations', 'id', idsOf(of), { status })
    for (const [warehouseId, levels] of Map.groupBy(levelsOf(ledger), (level) => level.warehouseId)) {
      const skusOf = (all: typeof levels) => all.map(({ sku }) => sku)
      const low = levels.filter(({ counts }) => isLow(counts))
      await checkList('inventory', 'GET /levels', 'sku', skusOf(levels), { warehouseId })
      // Whether a product is low depends on warehouses that may have opened or closed since.
      const isByMark = (item: Readonly<Record<string, unknown>>) => String(item['low']).includes('warehouse')
      await checkList('inventory', 'GET /levels', 'sku', skusOf(low), { low: 'true', warehouseId }, isByMark)
    }
  }
  for (const { state: order } of ledger.orders.values()) {
    const shown = await ask('orders', 'GET /orders/{id}', { params: { id: order.id } })
    const { lines, cancelledLines = [] } = shown as unknown as Order
    const ordered = [...lines, ...cancelledLines].map(({ sku, quantity }) => [sku, quantity] as const)
    checkLines(ledger, order.id, ordered)
  }
}

const parcelsOf = ({ shippings }: Ledger) =>
  [...shippings.values()].flatMap(({ orderId, parcels }) =>
    parcels.map(({ warehouseId, status }, index) => ({ id: shipmentIdOf(orderId, index + 1), warehouseId, status })),
  )
const listedReservations = ({ reservations }: Ledger) =>
  [...reservations.values()].filter(
    ({ status, orderId }) =>
      status === 'held' || status === 'waiting' || (status === 'committed' && orderId === undefined),
  )

const levelsOf = ({ stocks }: Ledger) =>
  [...stocks.values()]
    .filter(({ retired }) => !retired)
    .flatMap(({ sku, levels }) => Array.from(levels, ([warehouseId, counts]) => ({ sku, warehouseId, counts })))

const idsOf = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id)
