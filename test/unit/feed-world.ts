import { FeedMemory } from '../../functions/notifications/store/feed-memory.ts'
import { feedConsumer } from '../../functions/notifications/on/feed.ts'
import { keepHead } from '../../functions/notifications/store/feed-head.ts'
import { readPage } from '../../functions/notifications/store/feed-page-item.ts'
import { feedHandlers } from '../../functions/notifications/http.ts'
import type { Received } from '../../functions/runtime/events.ts'
import { itemSize } from '../../functions/runtime/item-size.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Store, StoreUnavailable, type Write } from '../../functions/runtime/store.ts'
import type { FeedEvent } from '../../schemas/feed.ts'
import { feedRoutes } from '../../schemas/feed.ts'
import { publicEvents } from '../../schemas/topology.ts'
import { caller } from './call-route.ts'

export const dayMs = 86_400_000

/** Whether it puts a page of the log. */
export const putsPage = (write: Write): boolean => 'put' in write && write.put.pk.startsWith('feed#')

interface Page {
  readonly items: readonly FeedEvent[]
  readonly cursor: string
}

/** The feed in memory, with a clock that is set by hand, and any number of writers. */
export function feedWorld({ feedDays = 30 } = {}) {
  const plain = memoryStore()
  /** What a test puts in the way of calls. */
  const way: { before: (write: Write) => Promise<void>; units: number; reads: number } = {
    before: async () => {},
    units: 0,
    reads: 0,
  }
  const store: Store = {
    ...plain,
    getMany: (...asked) => {
      way.reads += asked[0].length
      return plain.getMany(...asked)
    },
    write: async (...writes) => {
      for (const each of writes) await way.before(each)
      for (const each of writes) if ('put' in each) way.units += Math.ceil(itemSize(each.put) / 1_024)
      return plain.write(...writes)
    },
  }
  let now = Date.parse('2026-11-28T12:00:00Z')
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds
    },
  }
  const deps = { store, clock, random: () => 0.5, feedDays }
  const call = caller(feedRoutes, feedHandlers(deps))
  let messages = 0

  /** An event as it comes out of the queue. */
  const event = (
    id: string,
    more: { name?: string; orderId?: string; time?: number; data?: object } = {},
  ): Received => {
    const contract = publicEvents.find(({ name }) => name === (more.name ?? 'order.placed'))
    if (contract === undefined) throw new Error(`There is no event ${more.name}.`)
    const data = { ...(more.orderId !== undefined && { orderId: more.orderId }), ...more.data }
    return {
      id,
      time: new Date(more.time ?? now).toISOString(),
      correlationId: more.orderId ?? 'thing-1',
      causationId: 'request-1',
      data,
      contract,
      messageId: `m${(messages += 1)}`,
    }
  }
  const writer = (memory = new FeedMemory()) => feedConsumer(deps, memory)
  /** Lets a writer take an event while it can put no page: the event is marked, and stands nowhere. */
  const markAlone = async (marked: Received, write = writer()): Promise<void> => {
    way.before = async (each) => {
      if (putsPage(each)) throw new StoreUnavailable('away')
    }
    await write([marked])
    way.before = async () => {}
  }
  const get = (query: Readonly<Record<string, string>> = {}, headers: Readonly<Record<string, string>> = {}) =>
    call('GET /events', { as: 'operator', query, headers })
  /** Follows the feed to its end, page by page. */
  const follow = async (query: Readonly<Record<string, string>> = {}) => {
    const items: FeedEvent[] = []
    let cursor = query['cursor']
    for (;;) {
      const { body } = await get({ ...query, ...(cursor !== undefined && { cursor }) })
      const page = body as Page
      items.push(...page.items)
      if (page.cursor === cursor) return { ids: items.map(({ id }) => id), items, cursor }
      cursor = page.cursor
    }
  }
  return {
    deps,
    way,
    plain,
    event,
    writer,
    markAlone,
    get,
    follow,
    keepHead: () => keepHead(deps),
    pass: (milliseconds: number) => (now += milliseconds),
    /** The pages of the log by their numbers. */
    pages: () =>
      plain
        .items()
        .filter(({ pk }) => pk.startsWith('feed#'))
        .map(readPage)
        .toSorted((a, b) => a.number - b.number),
    /** Deletes what has outlived its time, as DynamoDB does some time. */
    expire: async () => {
      for (const { pk, sk, ttl, version } of plain.items())
        if (ttl !== undefined && ttl * 1_000 < now) await plain.write({ delete: { pk, sk }, if: { version } })
    },
  }
}
