import * as catalog from '../../schemas/catalog.ts'
import type { DataOf } from '../../schemas/contract.ts'
import * as orders from '../../schemas/orders.ts'
import * as shipping from '../../schemas/shipping.ts'
import { timeOf } from '../runtime/clock.ts'
import type { Consumer, Failure, Received } from '../runtime/events.ts'
import { type StockItem, putStock, stockKey } from './inventory.store.ts'
import type { ReservationRequest } from './reservation.ts'
import { type InventoryParts, serve } from './serve.ts'
import { told } from './stock.ts'

type ProductEvent = Received<typeof catalog.events.productCreated | typeof catalog.events.productUpdated>

const productEvents: ReadonlySet<string> = new Set([
  catalog.events.productCreated.name,
  catalog.events.productUpdated.name,
])

/** Products one by one, then all that orders and parcels want in groups, in order of arrival. */
export function consume(parts: InventoryParts): Consumer {
  return async (batch) => {
    const products = batch.filter(({ contract }) => productEvents.has(contract.name)) as ProductEvent[]
    const wishes = batch.filter(({ contract }) => !productEvents.has(contract.name))
    const failures: Failure[] = []
    for (const event of products) {
      try {
        await learn(parts, event)
      } catch (error) {
        failures.push({ messageId: event.messageId, error })
      }
    }
    const served = wishes.length > 0 ? await serve(parts, wishes.map(requestOf)) : []
    for (const [index, result] of served.entries()) {
      const messageId = wishes[index]?.messageId
      if ('error' in result && messageId !== undefined) failures.push({ messageId, error: result.error })
    }
    return failures
  }
}

/** Lets the stock item of a sku know what the catalogue says of its product; the newer version wins. */
async function learn({ store, clock }: InventoryParts, event: ProductEvent): Promise<void> {
  const key = stockKey(event.data.sku)
  const exists = event.contract.name === catalog.events.productCreated.name ? 'created' : 'updated'
  let before = (await store.get(key, { consistent: true })) as StockItem | undefined
  for (;;) {
    const after = told(before, event.data, exists)
    if (after === undefined) return
    const outcome = await store.write(putStock(before, after, { cause: event.id, at: timeOf(clock.now()) }))
    if (outcome.ok) return
    before = outcome.failed[0]?.found as StockItem | undefined
  }
}

function requestOf({ contract, id: cause, data }: Received): ReservationRequest {
  const { orderId } = data as { orderId: string }
  const asked = { id: orderId, orderId, cause }
  switch (contract.name) {
    case orders.events.orderPlaced.name: {
      const { lines, holdSeconds } = data as DataOf<typeof orders.events.orderPlaced>
      return { ...asked, move: 'hold', lines, holdSeconds }
    }
    case orders.events.orderConfirmed.name:
      return { ...asked, move: 'commit' }
    case shipping.events.shipmentDispatched.name: {
      const { warehouseId } = data as DataOf<typeof shipping.events.shipmentDispatched>
      return { ...asked, move: 'ship', warehouseId }
    }
    case shipping.events.shipmentReturned.name: {
      const { returnId, lines } = data as DataOf<typeof shipping.events.shipmentReturned>
      return { ...asked, move: 'return', returnId, lines }
    }
    case shipping.events.shipmentCancelled.name: {
      const { leftWarehouseIds } = data as DataOf<typeof shipping.events.shipmentCancelled>
      return { ...asked, move: 'release', left: leftWarehouseIds }
    }
    default:
      return { ...asked, move: 'close' }
  }
}
