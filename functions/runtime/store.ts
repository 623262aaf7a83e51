/** The key of an item: its aggregate (`pk`) and the part of it (`sk`). */
export interface Key {
  readonly pk: string
  readonly sk: string
}

/**
 * What a table holds. `version` counts the writes of an item from 1. `outbox` names the events that this very version causes;
 * they ride in the item, the table's stream carries them, and the relay publishes them with `cause` as causation and `at` as time.
 */
export interface Item extends Key {
  readonly version: number
  readonly outbox?: readonly string[]
  readonly cause?: string
  readonly at?: string
  /** The trace header of the invocation that wrote this version, where it carries events and is sampled. */
  readonly trace?: string
  /** Seconds since 1970 after which DynamoDB may delete the item. */
  readonly ttl?: number
  readonly [attribute: string]: unknown
}

/** What must hold for a write: nothing is there, exactly this version is there, or anything. */
export type Condition = 'absent' | 'any' | { readonly version: number }

export type Write =
  | { readonly put: Item; readonly if: Condition }
  | { readonly delete: Key; readonly if: Exclude<Condition, 'absent'> }
  | { readonly check: Key; readonly if: Exclude<Condition, 'any'> }

/** Which write failed its condition, and what was found instead. */
export interface Failed {
  readonly write: number
  readonly found: Item | undefined
}

/** Either all writes are applied, or none, with every condition that failed. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly failed: readonly Failed[] }

export interface Query {
  /** An index by name; without it, the table itself (partition `pk`, sort key `sk`). */
  readonly index?: string
  readonly partition: string
  /** Only sort keys that are at least this; `to` is exclusive. */
  readonly from?: string
  readonly to?: string
  readonly descending?: boolean
  /** Items per page: 1 to `maxPage`, of an index `maxIndexPage`. The table reads a megabyte with each call. */
  readonly limit: number
  readonly cursor?: string | undefined
  /** Only without an index. */
  readonly consistent?: boolean
}

export interface Page {
  readonly items: readonly Item[]
  readonly cursor?: string | undefined
}

/** The most items of a page of the table itself. */
export const maxPage = 10_000
/** The most of a page of an index, whose items are read by their keys: as many as one call takes. */
export const maxIndexPage = 100

/** One transaction of DynamoDB holds this many writes. */
export const maxWrites = 100

/**
 * The write algebra: all that a service can ask of its table. Indexes hold keys only, so that a change of an item costs no index
 * write unless its place in the index moves; `query` reads the items behind the keys. The partition and sort key of index `x` are
 * the attributes `xPk` and `xSk`; an item without them is not in the index.
 *
 * Errors: `StoreUnavailable` when the answer is not known or the table is throttled for longer than the retries last;
 * `InvalidCursor` when a cursor was not made by the same query;
 * `RangeError` for what DynamoDB would refuse whatever the table holds: more writes, two of one item, an empty key.
 */
export interface Store {
  get(key: Key, options?: { readonly consistent?: boolean }): Promise<Item | undefined>
  /** The items there are, in the order of their keys; any number of keys, doubles are read once. */
  getMany(keys: readonly Key[], options?: { readonly consistent?: boolean }): Promise<readonly Item[]>
  query(query: Query): Promise<Page>
  /**
   * Applies up to 100 writes of different items, all or none: one as a plain conditional write, more as a transaction (at twice the
   * price), none without a call. A single put that finds exactly the item it wanted to put counts as applied: it is its own lost answer.
   */
  write(...writes: readonly Write[]): Promise<Outcome>
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor'
}

/** A next version of an item. Drops the events of the version before. */
export function next<Current extends Item>(
  item: Current,
  changes: Partial<Omit<Current, keyof Key | 'version'>> & Pick<Item, 'outbox' | 'cause' | 'at'>,
): Current {
  const { outbox: _, ...rest } = item
  return { ...rest, ...changes, version: item.version + 1 } as Current
}

/** A first version of an item. */
export function first<Content extends Key>(content: Content): Content & { version: 1 } {
  return { ...content, version: 1 }
}

/** The condition under which a changed item may replace the one it was made from. */
export function over(item: Item | undefined): Condition {
  return item === undefined ? 'absent' : { version: item.version }
}
