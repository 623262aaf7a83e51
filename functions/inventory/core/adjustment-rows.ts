import type { AdjustmentCode, AdjustmentRow } from '../../../schemas/bulk-adjustment.ts'
import { withMoves } from './movement.ts'
import { type Adjusted, type AdjustmentRefusal, type Stock, adjust } from './stock.ts'

/** A row under the name that its result is kept by; `hash` is another one for every other content. */
export interface KeyedRow {
  readonly row: AdjustmentRow
  readonly id: string
  readonly hash: string
}

export type RowRefusal = AdjustmentRefusal | { readonly code: Exclude<AdjustmentCode, AdjustmentRefusal['code']> }
export type RowDecision = Adjusted | RowRefusal

export const isRefused = (decision: RowDecision): decision is RowRefusal => 'code' in decision

/** The stock after all rows, and what becomes of each. */
export interface RowsDecided {
  readonly stock: Stock
  readonly decisions: readonly RowDecision[]
}

/** The id of the movement of a row; those of one write lie in the order of their rows. */
export const movementIdOf = ({ id }: KeyedRow, index: number): string => `${String(index).padStart(2, '0')}_${id}`

/** Adjusts the stock of one sku row by row, each after those before it; `together`, all rows or none. */
export function adjustInOrder(
  before: Stock,
  rows: readonly KeyedRow[],
  {
    warehouses,
    together,
    at,
  }: { readonly warehouses: ReadonlySet<string>; readonly together: boolean; readonly at: string },
): RowsDecided {
  let stock = before
  const decisions = rows.map((keyed, index): RowDecision => {
    const { warehouseId, delta, set, expected } = keyed.row
    if (!warehouses.has(warehouseId)) return { code: 'unknown_warehouse' }
    const decision = adjust(stock, warehouseId, { delta, set, expected }, at)
    if (isRefused(decision)) return decision
    const cause = { kind: 'adjust', reference: movementIdOf(keyed, index) } as const
    stock = withMoves(stock, decision.stock, cause) // mutant: rows-in-order
    return decision
  })
  // mutant: rows-together
  if (!together || !decisions.some(isRefused)) return { stock, decisions }
  return { stock: before, decisions: decisions.map((each) => (isRefused(each) ? each : { code: 'sku_refused' })) }
}

/** The rows without those whose key comes before them; a key names one intent, whatever its row is about. */
export function firstOfKeys(rows: readonly KeyedRow[]): ReadonlyMap<string, KeyedRow> {
  const first = new Map<string, KeyedRow>()
  for (const each of rows) if (!first.has(each.id)) first.set(each.id, each)
  return first
}
