import type { ListedLevel, levelLists } from '../../../schemas/level-lists.ts'
import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { listSharded } from '../../runtime/sharded.ts'
import { lowBy, lowIn } from '../core/low-levels.ts'
import { type Stock, levelOf } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { type StockItem, readStock, stockKey } from '../store/stock-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'
import { skusIn } from '../store/warehouse-levels.ts'

/** How often one request reads on where the levels of other warehouses are left out. */
const maxReadings = 5

type Query = Request<typeof levelLists.listLevels>['query']
interface Levels {
  readonly items: readonly ListedLevel[]
  readonly cursor?: string | undefined
}

/** Levels of many skus: those that are low, those of a warehouse, or both. */
export function listLevels(deps: InventoryDeps): Handler<typeof levelLists.listLevels> {
  return async ({ query, refuse }) => {
    const { low, warehouseId } = query
    if (low === undefined && warehouseId === undefined)
      throw refuse('validation_failed', 'The request has invalid fields.', {
        errors: [{ path: 'warehouseId', message: 'this, or low=true' }],
      })
    const active = activeOf(await warehousesByPriority(deps.store, { consistent: false }))
    const { items, cursor } = await (low === undefined && warehouseId !== undefined
      ? levelsIn(deps, warehouseId, query, active)
      : lowLevels(deps, query, active))
    return { body: { items: [...items], ...(cursor !== undefined && { cursor }) } }
  }
}

const listed = (stock: Stock, warehouseId: string, active: readonly string[]): ListedLevel => {
  const low = lowBy(stock, warehouseId, active)
  return { sku: stock.sku, ...levelOf(stock, warehouseId), ...(low.length > 0 && { low: [...low] }) }
}

/** The levels of a warehouse, by sku; those of deleted products only where they are asked for. */
async function levelsIn(
  { store }: InventoryDeps,
  warehouseId: string,
  { limit, cursor, deleted }: Query,
  active: readonly string[],
): Promise<Levels> {
  const page = await skusIn(store, warehouseId, { limit, cursor })
  const stocks = ((await store.getMany(page.skus.map(stockKey))) as readonly StockItem[]).map(readStock)
  const standing = stocks.filter(
    ({ retired, levels }) => (deleted !== undefined || !retired) && levels.has(warehouseId),
  )
  return { items: standing.map((stock) => listed(stock, warehouseId, active)), cursor: page.cursor }
}

/** A sku in the list of what is low, and the warehouse of it behind which a page goes on. */
const place = /^\d{13}#[A-Za-z0-9._-]{1,64}(\/[A-Za-z0-9_-]{1,64})?$/

/** The levels that are low, of one warehouse or of all: the sku that is low for longest first, then by warehouse. */
async function lowLevels(
  { store }: InventoryDeps,
  { limit, cursor, warehouseId }: Query,
  active: readonly string[],
): Promise<Levels> {
  const found: { readonly level: ListedLevel; readonly next: string }[] = []
  const add = (item: StockItem, passed = ''): void => {
    const stock = readStock(item)
    const wanted = lowIn(stock, active).filter((id) => id > passed && id === (warehouseId ?? id))
    for (const [index, id] of wanted.entries()) {
      const isLast = index + 1 === wanted.length
      found.push({ level: listed(stock, id, active), next: `${item.listSk}${isLast ? '' : `/${id}`}` })
    }
  }
  const [sku, passed] = cursor === undefined ? [] : positionOf(cursor, place).split('/')
  if (sku !== undefined && passed !== undefined) {
    const item = (await store.get(stockKey(sku.slice(sku.indexOf('#') + 1)))) as StockItem | undefined
    if (item?.listSk === sku) add(item, passed)
  }
  let end = sku === undefined ? undefined : cursorOf(sku)
  for (let readings = 0; readings < maxReadings && found.length < limit; readings += 1) {
    const page = await listSharded(store, 'list', { list: 'low', limit, cursor: end })
    for (const item of page.items) add(item as StockItem)
    end = page.cursor
    if (end === undefined) break
  }
  const taken = found.slice(0, limit)
  const last = taken.at(-1)
  const isCut = taken.length < found.length && last !== undefined
  return { items: taken.map(({ level }) => level), cursor: isCut ? cursorOf(last.next) : end }
}
