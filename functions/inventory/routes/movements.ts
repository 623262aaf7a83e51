import type { Movement as Shown, movementRoutes } from '../../../schemas/movement.ts'
import type { Handlers } from '../../runtime/http.ts'
import { carried } from '../../runtime/page-size.ts'
import { onHand } from '../core/level.ts'
import type { InventoryDeps } from '../deps.ts'
import { type Entry, cursorBehind, listEntries, movementKeyOf } from '../store/ledger.ts'
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
    // Metadata may be long: a page that no answer can carry is shorter.
    const page = carried(items)
    const last = page.length < items.length ? entries[page.length - 1] : undefined
    const next = last ? cursorBehind(last) : cursor
    return { body: { items: [...page], ...(next !== undefined && { cursor: next }) } }
  },
})

function shown(entry: Entry, made: Movement | undefined): Shown {
  const { version, place, at, warehouseId, kind, delta, after, reference: cause } = entry
  const { by = 'inventory', reason, reference = made ? undefined : cause, metadata } = made ?? {}
  return {
    id: `mov_${version}_${place}`,
    at,
    warehouseId,
    kind,
    delta,
    by,
    ...(reason !== undefined && { reason }),
    ...(reference !== undefined && { reference }),
    ...(metadata && { metadata }),
    after: { onHand: onHand(after), ...after },
  }
}
