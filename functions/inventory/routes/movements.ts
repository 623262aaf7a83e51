import type { Movement as Shown, movementRoutes } from '../../../schemas/movement.ts'
import type { Handlers } from '../../runtime/http.ts'
import { onHand } from '../core/level.ts'
import type { InventoryDeps } from '../deps.ts'
import { type Entry, listEntries, movementKeyOf } from '../store/ledger.ts'
import type { Movement } from '../store/movement-item.ts'
import { type StockItem, stockKey } from '../store/stock-item.ts'
import { productNotFound } from './known-stock.ts'

/** The ledger of a sku. */
export const movements = ({ store }: InventoryDeps): Handlers<typeof movementRoutes> => ({
  listMovements: async ({ params: { sku }, query, refuse }) => {
    const item = (await store.get(stockKey(sku), { consistent: true })) as StockItem | undefined
    if (item === undefined) throw productNotFound(refuse, sku)
    const { entries, cursor } = await listEntries(store, item, query)
    const keys = entries.flatMap((entry) => movementKeyOf(sku, entry) ?? [])
    const made = new Map(
      (await store.getMany(keys, { consistent: true })).map((found) => [found.sk, found as unknown as Movement]),
    )
    const items = entries.map((entry) => shown(entry, made.get(movementKeyOf(sku, entry)?.sk ?? '')))
    return { body: { items, ...(cursor !== undefined && { cursor }) } }
  },
})

function shown(entry: Entry, made: Movement | undefined): Shown {
  const { version, place, at, warehouseId, kind, delta, after, reference: cause } = entry
  const { by = 'inventory', reason, reference = made ? undefined : cause } = made ?? {}
  return {
    id: `mov_${version}_${place}`,
    at,
    warehouseId,
    kind,
    delta,
    by,
    ...(reason !== undefined && { reason }),
    ...(reference !== undefined && { reference }),
    after: { onHand: onHand(after), ...after },
  }
}
