import { timeOf } from '../runtime/clock.ts'
import { logger } from '../runtime/log.ts'
import type { Item, Store } from '../runtime/store.ts'
import { type Change, type Order, change, expire, owes } from './order.ts'
import { changing, dueShards, readOrder, sortableTime } from './order.store.ts'
import type { OrderParts } from './parts.ts'

/** What a run did: holds ended, debts said again, orders that somebody else changed meanwhile, orders that failed and stay due. */
export interface Swept {
  readonly expired: number
  readonly reminded: number
  readonly overtaken: number
  readonly failed: number
}

/** After this long a run leaves the rest to the next one, in milliseconds. */
const runMs = 20_000

/** Looks at every order that is due. An order that fails stays due and blocks no other. */
export async function sweepOrders(parts: OrderParts): Promise<Swept> {
  const counts = { expired: 0, reminded: 0, overtaken: 0, failed: 0 }
  const now = parts.clock.now()
  await Promise.all(
    dueShards.map(async (shard) => {
      for await (const item of dueIn(parts, shard, now)) counts[await sweepOne(parts.store, item, now)] += 1
    }),
  )
  return counts
}

async function* dueIn({ store, clock }: OrderParts, shard: string, now: number): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const page = await store.query({
      index: 'due',
      partition: shard,
      to: sortableTime(now + 1),
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    })
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined && clock.now() < now + runMs)
}

async function sweepOne(store: Store, item: Item, now: number): Promise<keyof Swept> {
  const origin = { at: now, cause: `sweep at ${timeOf(now)}`, by: 'orders' }
  try {
    const stored = readOrder(item)
    const event = expire(stored.order, now)
    const changed = (event && change(stored.order, event, origin)) ?? reminder(stored.order)
    const outcome = await store.write(...changing(stored, changed, origin))
    if (!outcome.ok) return 'overtaken'
    return event ? 'expired' : 'reminded'
  } catch (error) {
    logger.error('order not swept', { correlationId: item.pk, error: error as Error })
    return 'failed'
  }
}

/** The same events again, under a new version and so with new ids. */
const reminder = (order: Order): Change => ({ order, says: owes(order) })
