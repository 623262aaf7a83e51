import { partitionOf, partitionsOf } from '../../runtime/sharded.ts'
import { type Item, type Key, type Query, type Store, maxPage } from '../../runtime/store.ts'
import { type Codec, plainCodec } from '../../runtime/update.ts'
import { type Counts, sumOf } from '../core/counts.ts'

/**
 * Counts that one shard of the stream has added up: of a day and a currency, or of a product on a day. Nobody but the reader of that shard
 * writes it, and it knows the last record that it has counted.
 */
export interface Rollup extends Item {
  readonly counts: Counts
  /** The sequence number of the last record of the shard that is in it. */
  readonly last: string
}

/** `2026-11-28 GBP` as the parts of a key. */
const partsOf = (of: string): readonly [day: string, currency: string] => {
  const [day = '', currency = ''] = of.split(' ')
  return [day, currency]
}

/** The place of the figures of a day and a currency: a partition for each month. */
export function dayKey(of: string, shard: string): Key {
  const [day, currency] = partsOf(of)
  return { pk: monthOf(day), sk: `${day}#${currency}#${shard}` } // mutant: rollup-shard
}

/** The partition that has the figures of a day. */
export const monthOf = (day: string): string => `days ${day.slice(0, 7)}`

/** The place of a product among those sold on a day: eight partitions for each day. */
export function productKey(of: string, sku: string, shard: string): Key {
  const [day, currency] = partsOf(of)
  return { pk: partitionOf(soldIn(day), sku), sk: `${sku}#${currency}#${shard}` }
}

const soldIn = (day: string): string => `sold ${day}`

/** The partitions of what was sold on a day. */
export const partitionsOfDay = (day: string): readonly string[] => partitionsOf(soldIn(day))

/** The first two parts of the sort key of a rollup: what it is of, and the currency. */
export function readSort({ sk }: Item): readonly [of: string, currency: string] {
  const [of = '', currency = ''] = sk.split('#')
  return [of, currency]
}

/** A rollup by its key. */
export const rollupItem = (key: Key): Codec<Rollup> => plainCodec('the rollup', () => key)

/** All rollups of a range, page by page: each has what DynamoDB reads with a few calls, of a megabyte each. */
export async function* pagesIn(
  store: Store,
  range: Pick<Query, 'partition' | 'from' | 'to'>,
): AsyncGenerator<readonly Rollup[]> {
  let cursor: string | undefined
  do {
    const page = await store.query({ ...range, limit: maxPage, cursor })
    yield page.items as Rollup[]
    cursor = page.cursor
  } while (cursor !== undefined)
}

/** The figures of these days, which follow each other, from all shards. */
export async function rollupsOf(store: Store, days: readonly string[]): Promise<readonly Rollup[]> {
  const [first = '', last = first] = [days[0], days.at(-1)]
  const months = [...new Set(days.map(monthOf))]
  const ranges = months.map((partition) => ({ partition, from: first, to: `${last}~` }))
  const found: Rollup[] = []
  await Promise.all(
    ranges.map(async (range) => {
      for await (const page of pagesIn(store, range)) found.push(...page)
    }),
  )
  return found
}

/** The sums by key, in the order of the keys; without those of which nothing is left. */
export function sumsBy(
  rollups: readonly Rollup[],
  keyOf: (rollup: Rollup) => string,
): (readonly [key: string, counts: Counts])[] {
  const groups = Map.groupBy(rollups, keyOf)
  return [...groups]
    .map(([key, members]) => [key, sumOf(members.map(({ counts }) => counts))] as const)
    .filter(([, counts]) => Object.keys(counts).length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}
