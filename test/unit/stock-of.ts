import type { Counts } from '../../functions/inventory/core/level.ts'
import type { Stock } from '../../functions/inventory/core/stock.ts'

/** The counts of a level, by warehouse; a number is what is available. */
export type Opened = Readonly<Record<string, number | Partial<Counts>>>

/** The stock of a sku with these levels. */
export function stockOf(sku: string, opened: Opened, more: Partial<Stock> = {}): Stock {
  const levels = new Map(
    Object.entries(opened).map(([warehouseId, counts]): [string, Counts] => {
      const given = typeof counts === 'number' ? { available: counts } : counts
      return [warehouseId, { available: 0, reserved: 0, allocated: 0, unavailable: 0, ...given }]
    }),
  )
  return { sku, unique: false, retired: false, productVersion: 1, levels, ...more }
}
