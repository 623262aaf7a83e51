import { timeOf } from '../../runtime/clock.ts'
import type { InventoryDeps } from '../deps.ts'
import type { ReservationItem } from '../store/reservation-item.ts'
import { reserveBatch } from '../store/reserve-batch.ts'

/** Reservations per run; the next run goes on. */
const most = 1_000

/**
 * Ends the holds without an order whose time is over, and goes on with steps that were left half-way. Returns how many were due and how
 * many failed (they stay due).
 */
export async function expire(deps: InventoryDeps): Promise<{ due: number; failed: number }> {
  const to = timeOf(deps.clock.now())
  const counted = { due: 0, failed: 0 }
  let cursor: string | undefined
  do {
    const page = await deps.store.query({
      index: 'due',
      partition: 'due',
      to,
      limit: 100,
      cursor,
    })
    const due = page.items as ReservationItem[]
    const requests = due.map(({ id, dueSk }) => ({ move: 'expire' as const, id, cause: `due ${String(dueSk)}` }))
    const results = await reserveBatch(deps, requests)
    counted.due += due.length
    counted.failed += results.filter((result) => 'error' in result).length
    cursor = page.cursor
  } while (cursor !== undefined && counted.due < most)
  return counted
}
