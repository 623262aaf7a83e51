import type * as z from 'zod'
import type { OrderStatus, OrderSummary, routes } from '../../../schemas/orders.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { partitionsOf } from '../../runtime/sharded.ts'
import { compareBytes } from '../../runtime/store.rules.ts'
import { type Item, type Page, type Store } from '../../runtime/store.ts'
import { status } from '../core/status.ts'
import { readOrder } from '../store/order-item.ts'
import { dayOf } from '../store/order-keys.ts'
import type { OrderDeps } from '../deps.ts'
import { summaryOf } from './order-body.ts'

const dayMs = 86_400_000
/** What one request reads at most; the cursor goes on from there. */
const maxQueries = 31
/** After this no further query is begun: a function of the API has 10 s, and a query of a table that is slow may take several of them. */
const maxQueryingMs = 4_000

/** The range of placing times to walk down: from `from`, up to but without `position` (both as the indexes sort them). */
interface Walk {
  readonly customerId: string | undefined
  readonly status: OrderStatus | undefined
  readonly from: string
  readonly position: string
  readonly limit: number
}

/**
 * Lists orders by the time of placing, the newest first: one customer's by the index `customer`, all by the days of the index `day`. Work
 * per request is bounded, so a page may hold fewer than `limit` items, or none, and still have a cursor.
 */
export function listOrders({ store, clock }: OrderDeps): Handler<typeof routes.listOrders> {
  return async (request) => {
    const now = clock.now()
    const { items, cursor } = await walk(store, walkOf(request, now), () => clock.now() - now < maxQueryingMs)
    return { body: { items, ...(cursor !== undefined && { cursor }) } }
  }
}

function walkOf({ query, caller, refuse }: Request<typeof routes.listOrders>, now: number): Walk {
  const customerId = caller.privileged ? query.customerId : caller.id
  if (!caller.privileged && query.customerId !== undefined && query.customerId !== caller.id)
    throw refuse('customer_not_allowed', 'Only operators list the orders of others.')
  const to = query.to === undefined ? undefined : Date.parse(query.to)
  // Nothing was placed later than now, give or take the differences of clocks.
  const end = Math.min(to ?? now + dayMs, now + dayMs)
  const earliest = customerId === undefined ? (to ?? now) - 30 * dayMs : 0
  const from = query.from === undefined ? earliest : Date.parse(query.from)
  if (to !== undefined && from > to)
    throw refuse('validation_failed', 'The request has invalid fields.', {
      errors: [{ path: 'from', message: 'later than to' }],
    })
  return {
    customerId,
    status: query.status,
    from: sortableTime(Math.max(Math.min(from, end), 0)),
    position: query.cursor === undefined ? sortableTime(Math.max(end, 0)) : positionOf(query.cursor, place),
    limit: query.limit,
  }
}

async function walk(store: Store, { customerId, status: wanted, from, position, limit }: Walk, hasTime: () => boolean) {
  const items: z.input<typeof OrderSummary>[] = []
  let to = position
  for (let queries = 0; queries < maxQueries && items.length < limit && to > from && hasTime(); queries += 1) {
    const partition = customerId === undefined ? dayBefore(to) : { name: customerId, start: from }
    const start = partition.start > from ? partition.start : from
    const range = { from: start, to, limit: wanted === undefined ? limit - items.length : 100 }
    const page = await (customerId === undefined
      ? pageOfDay(store, partition.name, range)
      : store.query({ index: 'customer', partition: partition.name, descending: true, ...range }))
    // Orders so new that their index is ahead of them: the next page reads them, and passes none over.
    if (page.items.length === 0 && page.cursor !== undefined) break
    const fitting = page.items.filter((item) => wanted === undefined || status(readOrder(item).state.facts) === wanted)
    const taken = fitting.slice(0, limit - items.length)
    items.push(...taken.map((item) => summaryOf(readOrder(item).state)))
    const last =
      taken.length < fitting.length ? taken.at(-1) : page.cursor === undefined ? undefined : page.items.at(-1)
    to = last ? placeIn(last) : start
  }
  return { items, cursor: to > from ? cursorOf(to) : undefined }
}

/** The newest orders of a day in the range, at most about `limit`: from all partitions of the day, and from the only one of the last release. */
async function pageOfDay(
  store: Store,
  day: string,
  { limit, ...range }: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<Page> {
  const partitions = [day, ...partitionsOf(day)]
  // More than an even share: one reading is mostly enough.
  const share = Math.ceil((1.8 * limit) / partitions.length) + 1
  const pages = await Promise.all(
    partitions.map((partition) => store.query({ index: 'day', partition, descending: true, limit: share, ...range })),
  )
  const unread = pages.filter(({ cursor }) => cursor !== undefined)
  // Behind the last order of a partition that goes on, its next one may stand.
  const ends = unread.map(({ items }) => placeOfLast(items))
  const end = ends.reduce((latest, each) => (each > latest ? each : latest), '')
  const items = pages
    .flatMap((page) => page.items)
    .filter((item) => placeIn(item) >= end)
    .toSorted((a, b) => compareBytes(placeIn(b), placeIn(a)))
  const cursor = unread[0]?.cursor
  return { items, ...(cursor !== undefined && { cursor }) }
}

/** The place of the last order of a page; behind all others where its orders cannot be read yet. */
const placeOfLast = (items: readonly Item[]): string => {
  const last = items.at(-1)
  return last ? placeIn(last) : '~'
}

const placeIn = (item: Item): string => String(item['daySk'])

/** The day that holds the last moment before `position`, and where it begins. */
function dayBefore(position: string): { name: string; start: string } {
  const [time, id] = position.split('#')
  const name = dayOf(Number(time) - (id === undefined ? 1 : 0))
  return { name, start: sortableTime(Date.parse(name)) }
}

/** The place of an order, or the beginning of a day. */
const place = /^\d{13}(#[A-Za-z0-9_-]{1,64})?$/
