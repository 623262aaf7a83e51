import type * as z from 'zod'
import type { OrderSummary } from '../../../schemas/order.ts'
import { OrderStatus } from '../../../schemas/order-status.ts'
import type { routes } from '../../../schemas/orders.ts'
import { emailHash } from '../../runtime/email-hash.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { answeredBytes, isFull } from '../../runtime/page-size.ts'
import type { Item } from '../../runtime/store.ts'
import { timesOf, walkDown } from '../../runtime/walk-down.ts'
import type { ListDeps } from '../deps.ts'
import { status } from '../core/status.ts'
import { findAllLabels } from '../store/labels-item.ts'
import { isOrder, readOrder } from '../store/order-item.ts'
import { findByNumber } from '../store/order-number.ts'
import { listChanged } from './list-changed.ts'
import { checkFilters } from './list-filters.ts'
import { summaryOf } from './order-body.ts'
import { type Source, forAddress, ofCustomer, ofDays, placeIn, withReference, withStatus } from './order-sources.ts'

type ListRequest = Request<typeof routes.listOrders>
type Summary = z.input<typeof OrderSummary>

const monthMs = 30 * 86_400_000
/** What one request reads at most; the cursor goes on from there. */
const mostPages = 31
/** How many rows a page reads where it may leave some out, and how many a request leaves out before it answers with what it has. */
const mostLeftOut = 100

/**
 * Lists orders by the time of placing, the newest first, each filter from a list of its own: an order is not looked for among others. By change:
 * the oldest change first.
 */
export function listOrders(deps: ListDeps): Handler<typeof routes.listOrders> {
  return async (request) => {
    checkFilters(request)
    const { query, refuse } = request
    if (query.updatedSince !== undefined) return { body: await listChanged(deps, request, query.updatedSince) }
    const began = deps.clock.now()
    const { source, isByDay, ...filter } = sourceOf(deps, request)
    const times = timesOf(query, (end) => (isByDay ? end - monthMs : 0), began, refuse)
    if (query.number !== undefined) return { body: { items: await withNumber(deps, query.number, times) } }
    const seen = { bytes: 0, leftOut: 0 }
    const body = await walkDown(deps.clock, times, { limit: query.limit, mostPages, began }, async (to, wanted) => {
      if (isFull(seen.bytes) || seen.leftOut >= mostLeftOut) return undefined
      const page = await source({ from: times.from, to, limit: filter.statuses ? mayRead(seen, wanted) : wanted })
      // Orders so new that their index is ahead of them: the next page reads them, and passes none over.
      if (page === undefined) return undefined
      const { items, end } = await shown(deps, page.items, filter, { wanted, seen })
      seen.leftOut += page.items.length - items.length
      return { items, next: end ?? page.next }
    })
    return { body }
  }
}

/** So many rows that no more than `mostLeftOut` of a request are left out, whatever they are. */
const mayRead = ({ leftOut }: { readonly leftOut: number }, wanted: number): number =>
  Math.min(mostLeftOut, mostLeftOut - leftOut + wanted)

/** What the rows of a source must have. */
interface Wanted {
  readonly statuses?: ReadonlySet<OrderStatus> | undefined
  readonly reference?: string | undefined
}

/** The list that the filter of a request names, and what is to be left out of it. */
function sourceOf(
  { store, lists }: ListDeps,
  { query, caller }: ListRequest,
): Wanted & { readonly source: Source; readonly isByDay?: boolean } {
  const { reference, email } = query
  if (reference !== undefined) return { source: withReference(store, reference), reference }
  if (email !== undefined) return { source: forAddress(store, emailHash(email)) }
  const named = new Set(query.status)
  const statuses = named.size === 0 || named.size === OrderStatus.options.length ? undefined : named
  const customerId = caller.privileged ? query.customerId : caller.id
  const provenEmail = caller.privileged ? undefined : caller.provenEmail
  if (customerId !== undefined) return { source: ofCustomer(store, customerId, provenEmail), statuses }
  if (statuses === undefined || lists === 'off') return { source: ofDays(store), statuses, isByDay: true }
  return { source: withStatus(store, [...statuses]), isByDay: true }
}

/** The rows that are wanted, as far as one answer takes them, and the place of the last of them where it takes no more. */
async function shown(
  { store }: ListDeps,
  rows: readonly Item[],
  { statuses, reference }: Wanted,
  { wanted, seen }: { readonly wanted: number; readonly seen: { bytes: number } },
): Promise<{ readonly items: Summary[]; readonly end?: string | undefined }> {
  const fitting = rows
    .filter(isOrder)
    .map(readOrder)
    .filter(({ state }) => statuses?.has(status(state.facts)) ?? true)
  const taken = fitting.slice(0, wanted)
  const labels = await findAllLabels(store, taken)
  const items: Summary[] = []
  for (const [index, { state, item }] of taken.entries()) {
    const own = labels.get(state.id)
    // An entry of another request under the same key, or of a reference that the order had.
    if (reference !== undefined && own?.reference !== reference) continue
    const body = summaryOf(state, own)
    items.push(body)
    seen.bytes += answeredBytes(body)
    if (isFull(seen.bytes) && index + 1 < fitting.length) return { items, end: placeIn(item) }
  }
  const last = taken.length < fitting.length ? taken.at(-1) : undefined
  return { items, end: last && placeIn(last.item) }
}

async function withNumber(
  { store }: ListDeps,
  number: string,
  { from, position }: { readonly from: string; readonly position: string },
): Promise<Summary[]> {
  const found = await findByNumber(store, number)
  if (found === undefined || placeIn(found) < from || placeIn(found) >= position) return []
  const stored = readOrder(found)
  const labels = await findAllLabels(store, [stored])
  return [summaryOf(stored.state, labels.get(stored.state.id))]
}
