import { type Item, type Store, first } from '../../runtime/store.ts'
import type { Levels } from '../core/stock.ts'
import { countsText, moveText } from './move-text.ts'

/** Movements that have left a stock item, and the levels that they made. */
export interface LedgerPage extends Item {
  readonly levels: Readonly<Record<string, { readonly moves: readonly string[]; readonly after: string }>>
}

/** The sort key of the movements up to a version of the stock item. */
export const pageSortKey = (version: number): string => `moves_${String(version).padStart(15, '0')}`

/**
 * Writes all movements of a version of a stock item aside, which the next version no longer has. They are the same whoever writes them, and
 * however often: what comes of the next version does not matter.
 */
export async function putPage(store: Store, { pk, version }: Item, levels: Levels): Promise<void> {
  const moved = [...levels].flatMap(([id, { moves = [], ...counts }]) =>
    moves.length === 0 ? [] : [[id, { moves: moves.map(moveText), after: countsText(counts) }] as const],
  )
  await store.write({ put: first({ pk, sk: pageSortKey(version), levels: Object.fromEntries(moved) }), if: 'any' })
}
