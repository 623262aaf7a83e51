import type * as z from 'zod'
import type { OrderSummary } from '../../../schemas/order.ts'
import type { routes } from '../../../schemas/orders.ts'
import { sortableTime } from '../../runtime/clock.ts'
import type { Request } from '../../runtime/http.ts'
import { cursorOf } from '../../runtime/cursor.ts'
import { answeredBytes, isFull } from '../../runtime/page-size.ts'
import { listSharded } from '../../runtime/sharded.ts'
import { timesOf } from '../../runtime/walk-down.ts'
import type { ListDeps } from '../deps.ts'
import { findAllLabels } from '../store/labels-item.ts'
import { isOrder, readOrder } from '../store/order-item.ts'
import { changes } from '../store/order-lists.ts'
import { summaryOf } from './order-body.ts'
import { placeIn } from './order-sources.ts'

/**
 * The orders that changed at a time or later, the oldest change first. One that changes while its pages are read comes again, at the end. Those
 * that were not placed between `from` and `to` are left out of the page that is read: it may be short, or empty, and goes on by its cursor.
 */
export async function listChanged(
  { store, clock, lists }: ListDeps,
  { query: { cursor, limit, ...query }, refuse }: Request<typeof routes.listOrders>,
  updatedSince: string,
) {
  if (lists !== 'all') throw refuse('updates_not_listed', 'The stage lists no orders by their changes.')
  const { from, position } = timesOf(query, () => 0, clock.now(), refuse)
  const since = sortableTime(Math.max(Date.parse(updatedSince), 0))
  const page = await listSharded(store, 'changed', { list: changes, limit, cursor, since })
  const read = page.items.filter(isOrder).map(readOrder)
  const wanted = read.filter(({ item }) => placeIn(item) >= from && placeIn(item) < position)
  const labels = await findAllLabels(store, wanted)
  const items: z.input<typeof OrderSummary>[] = []
  let bytes = 0
  for (const [index, { state, item }] of wanted.entries()) {
    const body = summaryOf(state, labels.get(state.id))
    items.push(body)
    bytes += answeredBytes(body)
    if (isFull(bytes) && index + 1 < wanted.length) return { items, cursor: cursorOf(String(item.changedSk)) }
  }
  return { items, ...(page.cursor !== undefined && { cursor: page.cursor }) }
}
