import { withUnavailable } from './level.ts'
import { type Backorder, type Stock, countsOf, totalOnHand, withLevel } from './stock.ts'

/** What stock has to know of its product. */
export interface ProductSnapshot {
  readonly sku: string
  readonly unique: boolean
  readonly lowStockAt?: number | undefined
  /** Events of the last release are without it. */
  readonly backorder?: (Backorder & { readonly allowed: boolean }) | undefined
  readonly version: number
  /** The version in which this life of the sku began; events of the first release are without it. */
  readonly createdVersion?: number | undefined
}

/**
 * The stock with what it has to know of its product; undefined when it knows that version or a newer one. A sku that is created again
 * inherits the units that are there; see `surplusOf` for the one exception.
 */
export function withProduct(
  stock: Stock | undefined,
  product: ProductSnapshot,
  exists: 'created' | 'updated',
): Stock | undefined {
  if (stock !== undefined && stock.productVersion >= product.version) return undefined // mutant: product-version
  const { lowStockAt: _, backorder: __, ...kept } = stock ?? { levels: new Map() }
  const { allowed = false, ...backorder } = product.backorder ?? {}
  return {
    ...kept,
    sku: product.sku,
    unique: product.unique,
    ...(product.lowStockAt !== undefined && { lowStockAt: product.lowStockAt }),
    ...(allowed && { backorder }),
    retired: stock !== undefined && stock.retired && exists === 'updated' && sameLife(stock, product),
    productVersion: product.version,
  }
}

/** An update may overtake the creation that it follows: then it is the first to bring a retired sku back. */
const sameLife = (stock: Stock, { createdVersion }: ProductSnapshot): boolean =>
  createdVersion === undefined || createdVersion <= stock.productVersion

/**
 * Where a sku has units that it cannot have once it is unique: all of them, when there are more than one, because none of them is known to
 * be the one. They have to be cleared before the sku becomes unique.
 */
export function surplusOf(stock: Stock | undefined, product: ProductSnapshot): readonly string[] {
  // mutant: unique-again
  if (stock === undefined || !product.unique || stock.productVersion >= product.version || totalOnHand(stock) <= 1)
    return []
  return [...stock.levels].flatMap(([warehouseId, { available, unavailable }]) =>
    available + unavailable > 0 ? [warehouseId] : [],
  )
}

/** The stock without the unpromised units of one warehouse, and by how many it changes. */
export function cleared(
  stock: Stock,
  warehouseId: string,
  at: string,
): { readonly stock: Stock; readonly delta: number } {
  const before = countsOf(stock, warehouseId)
  const { available, unavailable } = before
  const counts = withUnavailable({ ...before, available: 0, updatedAt: at }, { damaged: 0, quality: 0, safety: 0 })
  return {
    stock: { ...stock, levels: withLevel(stock.levels, warehouseId, counts) },
    delta: -(available + unavailable),
  }
}
