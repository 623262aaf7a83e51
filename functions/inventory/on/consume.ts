import * as catalog from '../../../schemas/catalog.ts'
import type { DataOf } from '../../../schemas/contract.ts'
import * as orders from '../../../schemas/orders.ts'
import * as shipping from '../../../schemas/shipping.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Consumer, Failure, Received } from '../../runtime/events.ts'
import { digest } from '../../runtime/ids.ts'
import {
  type Because,
  type Put,
  type StockItem,
  putMovement,
  putStock,
  readStock,
  stockKey,
} from '../store/inventory-items.ts'
import type { ReservationRequest } from '../core/reservation.ts'
import type { InventoryDeps } from '../deps.ts'
import { serve } from '../store/reserve-batch.ts'
import { cleared, levelOf, surplusOf, told } from '../core/stock.ts'

type ProductEvent = Received<typeof catalog.events.productCreated | typeof catalog.events.productUpdated>

const productEvents: ReadonlySet<string> = new Set([
  catalog.events.productCreated.name,
  catalog.events.productUpdated.name,
])

/** Products one by one, then all that orders and parcels want in groups, in order of arrival. */
export function consume(deps: InventoryDeps): Consumer {
  return async (batch) => {
    const products = batch.filter(({ contract }) => productEvents.has(contract.name)) as ProductEvent[]
    const wishes = batch.filter(({ contract }) => !productEvents.has(contract.name))
    const failures: Failure[] = []
    for (const event of products) {
      try {
        await learn(deps, event)
      } catch (error) {
        failures.push({ messageId: event.messageId, error }) // mutant: product-failure
      }
    }
    const asked: { readonly messageId: string; readonly request: ReservationRequest }[] = []
    for (const event of wishes) {
      const { messageId, contract } = event
      const request = requestOf(event)
      if (request) asked.push({ messageId, request })
      else failures.push({ messageId, error: new Error(`${contract.name} is not an event that inventory consumes`) })
    }
    const requests = asked.map(({ request }) => request)
    const served = requests.length > 0 ? await serve(deps, requests) : []
    for (const [index, result] of served.entries()) {
      const messageId = asked[index]?.messageId
      if ('error' in result && messageId !== undefined) failures.push({ messageId, error: result.error })
    }
    return failures
  }
}

/** Levels that are cleared in one transaction, each with its entry in the ledger. */
const clearedAtOnce = 45

/**
 * Lets the stock item of a sku know what the catalogue says of its product; the newer version wins. Units that a sku cannot have once it
 * is unique are cleared first, while it is still retired and nobody can reserve them.
 */
async function learn({ store, clock }: InventoryDeps, event: ProductEvent): Promise<void> {
  const key = stockKey(event.data.sku)
  const exists = event.contract.name === catalog.events.productCreated.name ? 'created' : 'updated'
  let before = (await store.get(key, { consistent: true })) as StockItem | undefined
  for (;;) {
    const because = { cause: event.id, at: timeOf(clock.now()) }
    const stock = before && readStock(before)
    const surplus = surplusOf(stock, event.data).slice(0, clearedAtOnce)
    const [first, ...movements] = surplus.length > 0 ? clearing(before, surplus, because) : []
    const after = first === undefined ? told(stock, event.data, exists) : undefined
    const put = first ?? (after && putStock(before, after, because))
    if (put === undefined) return
    const outcome = await store.write(put, ...movements) // mutant: cleared-ledger
    if (outcome.ok && first === undefined) return
    before = (outcome.ok ? put.put : outcome.failed[0]?.found) as StockItem | undefined
  }
}

/** The writes that take all units out of these warehouses: the stock first, then an entry in the ledger for each. */
function clearing(before: StockItem | undefined, warehouseIds: readonly string[], because: Because): readonly Put[] {
  if (before === undefined) return []
  let stock = readStock(before)
  const movements = warehouseIds.map((warehouseId) => {
    const { stock: after, delta } = cleared(stock, warehouseId, because.at)
    stock = after
    const reason = 'created again as a unique product'
    const movement = { sku: before.sku, delta, reason, by: 'inventory', level: levelOf(after, warehouseId) }
    return putMovement(digest(because.cause, warehouseId), movement, because)
  })
  return [putStock(before, stock, because), ...movements]
}

function requestOf({ contract, id: cause, data }: Received): ReservationRequest | undefined {
  const { orderId } = data as { orderId: string }
  const asked = { id: orderId, orderId, cause }
  switch (contract.name) {
    case orders.events.orderPlaced.name: {
      const { lines, holdSeconds } = data as DataOf<typeof orders.events.orderPlaced>
      return { ...asked, move: 'hold', lines, holdSeconds }
    }
    case orders.events.orderConfirmed.name:
      return { ...asked, move: 'commit' } // mutant: commit-request
    case shipping.events.shipmentDispatched.name: {
      const { warehouseId } = data as DataOf<typeof shipping.events.shipmentDispatched>
      return { ...asked, move: 'ship', warehouseId }
    }
    case shipping.events.shipmentReturned.name: {
      const { returnId, lines } = data as DataOf<typeof shipping.events.shipmentReturned>
      return { ...asked, move: 'return', returnId, lines }
    }
    case shipping.events.shipmentWithdrawn.name: {
      const { warehouseId } = data as DataOf<typeof shipping.events.shipmentWithdrawn>
      return { ...asked, move: 'withdraw', warehouseId } // mutant: withdraw-request
    }
    case shipping.events.shipmentCancelled.name: {
      const { leftWarehouseIds } = data as DataOf<typeof shipping.events.shipmentCancelled>
      return { ...asked, move: 'release', left: leftWarehouseIds }
    }
    case orders.events.orderCancelled.name:
    case orders.events.orderExpired.name:
    case orders.events.orderPaymentFailed.name:
      return { ...asked, move: 'close' }
    default:
      return undefined
  }
}
