import { partitionOf, partitionsOf } from '../../runtime/sharded.ts'
import type { Item, Key, Query, Store } from '../../runtime/store.ts'
import { type Codec, plainCodec } from '../../runtime/update.ts'
import type { Counts } from '../core/counts.ts'

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

/** All rollups of a range: they are few, as each has the counts of many orders. */
export async function rollupsIn(
  store: Store,
  range: Pick<Query, 'partition' | 'from' | 'to'>,
): Promise<readonly Rollup[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await store.query({ ...range, limit: 100, cursor })
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items as Rollup[]
}
