import { balance, readLevels } from './books.ts'
import { type Figures, figuresOf } from './figures.ts'
import { importProducts } from './import-products.ts'
import { type Usage, usageBetween } from './local-control.ts'
import { type StockPlan, firstWarehouse, openStock, openingUnits } from './open-stock.ts'
import { concluded, trade } from './place.ts'
import type { Progress } from './progress.ts'
import type { Stack } from './stack.ts'
import type { TradingDay } from './trading-day.ts'

export interface ReplayOptions {
  readonly stock: StockPlan
  /** How many requests are under way at once. */
  readonly atOnce: number
  /** Makes the idempotency keys of this replay its own. */
  readonly runId: string
  readonly progress: Progress
}

/** Imports the products of the day, opens their stock, trades, and checks the books. Throws when the stack stops answering. */
export async function replay(stack: Stack, day: TradingDay, options: ReplayOptions): Promise<Figures> {
  const { stock, atOnce, progress } = options
  const products = await importProducts(stack, day.products, progress)
  await stack.control?.settle()
  const warehouseId = await firstWarehouse(stack)
  const refused = new Set(products.refused.map(({ sku }) => sku))
  const units = [...openingUnits(day, stock)].filter(([sku]) => !refused.has(sku))
  const opening = await openStock(stack, new Map(units), { ...options, warehouseId })
  await stack.control?.settle()
  const before = await stack.control?.usage()
  const trading = await trade(stack, day, { ...options, warehouseId })
  await stack.control?.settle()
  const usage = await spentSince(stack, before)
  const sales = await concluded(stack, trading.sales, options)
  const levels = await readLevels(stack, [...opening.before.keys()], { atOnce, progress })
  const books = balance(opening, { sales, changes: trading.changes }, levels)
  const { changes, seconds } = trading
  return figuresOf({ day, stock, products, sales, changes, seconds, books, usage })
}

async function spentSince({ control }: Stack, before: Usage | undefined): Promise<Usage | undefined> {
  if (control === undefined || before === undefined) return undefined
  return usageBetween(before, await control.usage())
}
