import { cursorOf, positionOf } from './cursor.ts'
import { compareBytes, placeOf } from './store.rules.ts'
import { type Item, type Page, type Store } from './store.ts'

const shardCount = 8

/** The partitions of an index that is spread: no one of them takes all the writes. */
export const partitionsOf = (index: string): string[] =>
  Array.from({ length: shardCount }, (_, shard) => `${index}#${shard}`)

/** The partition of such an index that an id belongs to. */
export const partitionOf = (index: string, id: string): string =>
  `${index}#${id.charCodeAt(id.length - 1) % shardCount}`

/**
 * A page of all partitions of an index together, in the order of their sort keys, of which no two may be the same. However many there are,
 * it reads a page more than it returns at most. Throws `InvalidCursor` for a cursor that is not a sort key of such a list.
 */
export async function listSharded(
  store: Store,
  index: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page> {
  const { sort } = placeOf(index)
  const last = cursor === undefined ? '' : positionOf(cursor, sortKey)
  // No id has a character that sorts before this one.
  const from = cursor === undefined ? '' : `${last}!`
  const shards = partitionsOf(index).map((partition) => walk(store, { index, partition, from, limit: pageSize(limit) }))
  const heads = await Promise.all(shards.map((shard) => shard.next()))
  const items: Item[] = []
  for (;;) {
    const first = heads.reduce<number | undefined>((found, { value, done }, shard) => {
      const best = found === undefined ? undefined : heads[found]?.value
      return done || (best && compareBytes(String(value?.[sort]), String(best[sort])) >= 0) ? found : shard
    }, undefined)
    const item = first === undefined ? undefined : heads[first]?.value
    const shard = first === undefined ? undefined : shards[first]
    if (first === undefined || !item || !shard) return { items }
    if (items.length === limit) return { items, cursor: cursorOf(String(items.at(-1)?.[sort])) }
    items.push(item)
    heads[first] = await shard.next()
  }
}

const pageSize = (limit: number): number => Math.ceil((limit + 1) / shardCount)

interface Walk {
  readonly index: string
  readonly partition: string
  readonly from: string
  readonly limit: number
}

async function* walk(store: Store, query: Walk): AsyncGenerator<Item, undefined> {
  let cursor: string | undefined
  do {
    const page = await store.query({ ...query, cursor })
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined)
  return undefined
}

const sortKey = /^\d{13}#[A-Za-z0-9_-]{1,64}$/
