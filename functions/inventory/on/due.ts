import { timeOf } from '../../runtime/clock.ts'
import { runMs } from '../../runtime/due.ts'
import { partitionsOf } from '../../runtime/sharded.ts'
import type { InventoryDeps } from '../deps.ts'
import type { ReservationItem } from '../store/reservation-item.ts'
import { reserveBatch } from '../store/reserve-batch.ts'

/** Reservations that are read of a partition, and decided, at once. */
const batchSize = 100

/** The partitions of the index, with the only one of the release before it was spread. */
const partitions = ['due', ...partitionsOf('due')]

/**
 * Ends the holds without an order whose time is over, and goes on with steps that were left half-way, for as long as a run has. Returns how
 * many were due and how many failed (they stay due).
 */
export async function expire(deps: InventoryDeps): Promise<{ due: number; failed: number }> {
  const { store, clock } = deps
  const begun = clock.now()
  const counted = { due: 0, failed: 0 }
  let unread = new Map<string, string | undefined>(partitions.map((partition) => [partition, undefined]))
  while (unread.size > 0) {
    const pages = await Promise.all(
      Array.from(unread, async ([partition, cursor]) => ({
        partition,
        ...(await store.query({ index: 'due', partition, to: timeOf(begun), limit: batchSize, cursor })),
      })),
    )
    const due = pages.flatMap(({ items }) => items as ReservationItem[])
    for (let from = 0; from < due.length; from += batchSize) {
      if (clock.now() >= begun + runMs) return counted
      const requests = due
        .slice(from, from + batchSize)
        .map(({ id, dueSk }) => ({ move: 'expire' as const, id, cause: `due ${String(dueSk)}` }))
      const results = await reserveBatch(deps, requests)
      counted.due += requests.length
      counted.failed += results.filter((result) => 'error' in result).length
    }
    unread = new Map(
      pages.flatMap(({ partition, cursor }) => (cursor === undefined ? [] : [[partition, cursor] as const])),
    )
  }
  return counted
}
