import type * as z from 'zod'
import type { StuckOrder } from '../../../schemas/order.ts'
import type { routes } from '../../../schemas/orders.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Handler } from '../../runtime/http.ts'
import { partitionsOf } from '../../runtime/sharded.ts'
import { cursorAt, placeOf } from '../../runtime/store.rules.ts'
import { InvalidCursor, type Store } from '../../runtime/store.ts'
import { longestReminderDelayMs } from '../core/next-sweep.ts'
import { stuck } from '../core/stuck.ts'
import type { OrderDeps } from '../deps.ts'
import { isOrder, readOrder } from '../store/order-item.ts'
import { summaryOf } from './order-body.ts'

/** What one request reads at most: 10 pages of 100 orders that the sweeper will visit. It may answer with few or none, and a cursor. */
const maxQueries = 10
/** After this no further query is begun, in milliseconds: a function of the API has 10 s. */
const maxQueryingMs = 4_000

/** Where a list goes on: a partition of the index `due`, and the cursor in it. */
interface Walk {
  readonly shard: number
  readonly after?: string | undefined
}

/** The orders that do not go on though they should, by the partitions of the sweeper's index. Orders that move in it meanwhile may be missed, or come twice. */
export function listStuckOrders({ store, clock }: OrderDeps): Handler<typeof routes.listStuckOrders> {
  return async ({ query: { limit, cursor } }) => {
    const now = clock.now()
    const items: z.input<typeof StuckOrder>[] = []
    let walk: Walk | undefined = cursor === undefined ? { shard: 0 } : walkOf(cursor)
    for (let queries = 0; walk && queries < maxQueries && items.length < limit; queries += 1) {
      if (clock.now() >= now + maxQueryingMs) break
      const { found, next } = await stuckIn(store, walk, now, limit - items.length)
      items.push(...found)
      walk = next
    }
    return { body: { items, ...(walk && { cursor: cursorAfter(walk) }) } }
  }
}

/** The stuck orders of one page of the index, and where to go on. */
async function stuckIn(store: Store, { shard, after }: Walk, now: number, limit: number) {
  const shards = partitionsOf('due')
  // Every order with something pending is visited within the longest distance of reminders.
  const to = sortableTime(now + longestReminderDelayMs + 1)
  const page = await store.query({ index: 'due', partition: shards[shard] ?? '', to, limit: 100, cursor: after })
  // Users who are erased stand there as well, until all their orders have forgotten them.
  const orders = page.items.filter(isOrder) // mutant: stuck-orders
  const all = orders.flatMap((item) => {
    const order = readOrder(item).state
    const found = stuck(order, now)
    return found ? [{ item, body: { ...summaryOf(order), ...found, since: timeOf(found.since) } }] : []
  })
  const taken = all.slice(0, limit)
  const last = taken.length < all.length ? taken.at(-1) : undefined
  const position = last ? cursorAt(last.item, placeOf('due')) : page.cursor
  const next = position === undefined ? nextShard(shard, shards.length) : { shard, after: position }
  return { found: taken.map(({ body }) => ({ ...body, pending: [...body.pending] })), next }
}

const nextShard = (shard: number, count: number): Walk | undefined =>
  shard + 1 < count ? { shard: shard + 1 } : undefined

const cursorAfter = ({ shard, after = '' }: Walk): string => cursorOf(`${shard}.${after}`)

function walkOf(cursor: string): Walk {
  const [shard, after] = positionOf(cursor, /^\d\.[\w-]*$/).split('.')
  if (Number(shard) >= partitionsOf('due').length) throw new InvalidCursor('The cursor is not of this list.')
  return { shard: Number(shard), ...(after && { after }) }
}
