import { cursorOf, positionOf } from './cursor.ts'
import { compareBytes, placeOf } from './store.rules.ts'
import { type Item, type Page, type Query, type Store } from './store.ts'

const shardCount = 8

/** The partitions of an index that is spread: no one of them takes all the writes. */
export const partitionsOf = (index: string): string[] =>
  Array.from({ length: shardCount }, (_, shard) => `${index}#${shard}`)

/** The partition of such an index that an id belongs to. */
export const partitionOf = (index: string, id: string): string =>
  `${index}#${id.charCodeAt(id.length - 1) % shardCount}`

/** A list in an index: its name, and what is asked of it. */
export interface Listed {
  readonly limit: number
  readonly cursor?: string | undefined
  /** Where an index holds several lists: which one; by default it is one by itself. */
  readonly list?: string
  /** Several of them, as one. */
  readonly lists?: readonly string[]
  /** The highest sort key first. */
  readonly descending?: boolean
  /** Only sort keys below this. */
  readonly before?: string | undefined
  /** Only sort keys from this on. */
  readonly since?: string | undefined
}

/**
 * A page of all partitions of a list together, in the order of their sort keys, of which no two may be the same. However many there are,
 * it reads a page more than it returns at most. Throws `InvalidCursor` for a cursor that is not a sort key of such a list.
 */
export async function listSharded(
  store: Store,
  index: string,
  { limit, cursor, list = index, lists = [list], descending = false, before, since }: Listed,
): Promise<Page> {
  const { sort } = placeOf(index)
  const last = cursor === undefined ? undefined : positionOf(cursor, sortKey)
  // No id has a character that sorts before this one.
  const range = descending ? { from: since, to: last ?? before } : { from: last ? `${last}!` : since, to: before }
  const partitions = lists.flatMap(partitionsOf)
  const shards = partitions.map((partition) =>
    walk(store, { index, partition, descending, limit: pageSize(limit, partitions.length), ...given(range) }),
  )
  const heads = await Promise.all(shards.map((shard) => shard.next()))
  const items: Item[] = []
  for (;;) {
    const first = heads.reduce<number | undefined>((found, { value, done }, shard) => {
      const best = found === undefined ? undefined : heads[found]?.value
      const order = best ? compareBytes(String(value?.[sort]), String(best[sort])) : -1
      return done || (best && (descending ? -order : order) >= 0) ? found : shard
    }, undefined)
    const item = first === undefined ? undefined : heads[first]?.value
    const shard = first === undefined ? undefined : shards[first]
    if (first === undefined || !item || !shard) return { items }
    if (items.length === limit) return { items, cursor: cursorOf(String(items.at(-1)?.[sort])) }
    items.push(item)
    heads[first] = await shard.next()
  }
}

/** The ends of a range that there are. */
const given = ({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }) => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
})

const pageSize = (limit: number, partitions: number): number => Math.ceil((limit + 1) / partitions)

type Walk = Omit<Query, 'cursor' | 'consistent'>

async function* walk(store: Store, query: Walk): AsyncGenerator<Item, undefined> {
  let cursor: string | undefined
  do {
    const page = await store.query({ ...query, cursor })
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined)
  return undefined
}

/** A time and an id or a sku. */
const sortKey = /^\d{13}#[A-Za-z0-9._-]{1,64}$/

/** The range of sort keys to read from, and about how many. */
interface Range {
  readonly from: string
  readonly to: string
  readonly limit: number
}

/** Some items of several partitions together, in order, and whether there are more in the range. */
export interface Merged {
  readonly items: readonly Item[]
  readonly goesOn: boolean
}

/**
 * The items with the highest sort keys in the range, the highest first, of these partitions together: about `limit` of them, by one reading of
 * each partition. No items, and more, where all that is read of an index has left it.
 */
export const newestOf = (store: Store, partitions: readonly string[], range: Range, index?: string): Promise<Merged> =>
  merged(store, partitions, range, { descending: true, index })

/** The same from the lowest sort key on. */
export const firstOf = (store: Store, partitions: readonly string[], range: Range): Promise<Merged> =>
  merged(store, partitions, range, { descending: false })

async function merged(
  store: Store,
  partitions: readonly string[],
  { limit, ...range }: Range,
  { descending, index }: { readonly descending: boolean; readonly index?: string | undefined },
): Promise<Merged> {
  const { sort } = placeOf(index)
  const placeIn = (item: Item): string => String(item[sort])
  const order = (a: string, b: string): number => (descending ? compareBytes(b, a) : compareBytes(a, b))
  // More than an even share: one reading is mostly enough.
  const share = Math.min(Math.ceil((1.8 * limit) / partitions.length) + 1, 100)
  const query = { descending, limit: share, ...range, ...(index !== undefined && { index }) }
  const pages = await Promise.all(partitions.map((partition) => store.query({ ...query, partition })))
  const unread = pages.filter(({ cursor }) => cursor !== undefined)
  // Behind the last item of a partition that goes on, its next one may stand: anywhere where its items cannot be read yet.
  const ends = unread.map(({ items }) => items.at(-1)).map((last) => last && placeIn(last))
  const isBefore = (place: string): boolean => ends.every((end) => end !== undefined && order(place, end) <= 0)
  const items = pages
    .flatMap((page) => page.items)
    .filter((item) => isBefore(placeIn(item)))
    .toSorted((a, b) => order(placeIn(a), placeIn(b)))
  return { items, goesOn: unread.length > 0 }
}
