import { Arrivals } from '../../runtime/arrivals.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { UpdateDeps } from '../../runtime/update.ts'
import type { Stock } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { type StockItem, readStock, stockKey } from '../store/stock-item.ts'

interface OfSku {
  readonly params: { readonly sku: string }
  readonly refuse: Refuse<'product_not_found'>
}
export type Found = StockItem | undefined

export const isLive = (item: Found): item is StockItem => item?.retired === false

/** The stock of a sku; a product, or a version of it, that is on its way here is waited for. */
export async function found(
  { store, clock }: InventoryDeps,
  { params: { sku }, refuse }: OfSku,
  arrivals = new Arrivals(clock),
  version = 0,
): Promise<{ readonly item: StockItem; readonly stock: Stock }> {
  const read = async () => (await store.get(stockKey(sku), { consistent: true })) as Found
  const isThere = (item: Found): boolean => isLive(item) && item.productVersion >= version
  const item = await arrivals.one(isThere, read) // mutant: stock-arrival
  if (!isLive(item)) throw productNotFound(refuse, sku)
  return { item, stock: readStock(item) }
}

/** The stock of a sku that something is under way of, also once its product is deleted: what is on its way still comes somewhere. */
export async function stockUnderWay(
  { store }: InventoryDeps,
  sku: string,
): Promise<{ readonly item: StockItem; readonly stock: Stock }> {
  const item = (await store.get(stockKey(sku), { consistent: true })) as Found
  if (item === undefined) throw new Error(`units of ${sku} are under way, and it has no stock item`)
  return { item, stock: readStock(item) }
}

/**
 * The stocks of these skus as everybody may see them, without those of no product. Waits for nothing: a second of a function for any text would be
 * there for everybody to take.
 */
export async function shown({ store }: InventoryDeps, skus: readonly string[]): Promise<ReadonlyMap<string, Stock>> {
  const stocks = new Map<string, Stock>()
  for (const consistent of [false, true]) {
    const missing = skus.filter((sku) => !stocks.has(sku))
    if (missing.length === 0) break
    for (const item of (await store.getMany(missing.map(stockKey), { consistent })) as readonly StockItem[])
      if (isLive(item)) stocks.set(item.sku, readStock(item))
  }
  return stocks
}

export const productNotFound = (refuse: Refuse<'product_not_found'>, sku: string) =>
  refuse('product_not_found', `There is no product ${sku}.`)

/** The stock of these skus, by sku: all that there is after the second in which a new product may arrive. */
export function liveStocks(
  { store, clock }: UpdateDeps,
  skus: readonly string[],
): Promise<ReadonlyMap<string, StockItem>> {
  return new Arrivals(clock).all(skus, async (missing) => {
    const items = (await store.getMany(missing.map(stockKey), { consistent: true })) as readonly Found[]
    return new Map(items.flatMap((item) => (isLive(item) ? [[item.sku, item]] : [])))
  })
}
