import { maxUnits } from '../../../schemas/shared.ts'
import { incoming, onHand } from './level.ts'
import {
  type Adjusted,
  type AdjustmentRefusal,
  ImpossibleLevel,
  type Stock,
  adjust,
  countsOf,
  withLevel,
} from './stock.ts'

/** Units of a sku that are on their way to a warehouse. */
export interface Expected {
  /** RFC 3339. */
  readonly at: string
  readonly warehouseId: string
  readonly units: number
}

/**
 * The stock with so many more units under way to a warehouse, from suppliers (`expected`) or from another one (`inTransit`). Never fewer than
 * none: a supply and its stock are two reads, and where another writer comes between them, it is the write that fails.
 */
export function withUnderWay(stock: Stock, warehouseId: string, from: 'expected' | 'inTransit', delta: number): Stock {
  const { [from]: before = 0, ...counts } = countsOf(stock, warehouseId)
  const units = Math.max(before + delta, 0)
  return {
    ...stock,
    levels: withLevel(stock.levels, warehouseId, { ...counts, ...(units > 0 && { [from]: units }) }),
  }
}

/** Whether a warehouse can hold so many more units beside those that are on their way to it. */
export function fits(stock: Stock, warehouseId: string, more: number): boolean {
  const counts = countsOf(stock, warehouseId)
  return more <= 0 || onHand(counts) + incoming(counts) + more <= maxUnits
}

export type Unfit = Extract<AdjustmentRefusal, { code: 'unique_exceeded' | 'too_many_units' }>

/** Takes units on hand that were on their way to a warehouse, or from it. */
export function takeIn(stock: Stock, warehouseId: string, units: number, at: string): Adjusted | Unfit {
  const adjusted = adjust(stock, warehouseId, { delta: units }, at)
  if ('code' in adjusted && adjusted.code !== 'unique_exceeded' && adjusted.code !== 'too_many_units')
    throw new ImpossibleLevel(`${units} units of ${stock.sku} cannot come to ${warehouseId}: ${adjusted.code}.`)
  return adjusted
}
