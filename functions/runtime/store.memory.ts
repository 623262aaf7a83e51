import { inspect, isDeepStrictEqual } from 'node:util'
import { itemSize, maxItemBytes } from './item-size.ts'
import type { Condition, Failed, Item, Key, Outcome, Page, Query, Store, Write } from './store.ts'
import {
  type Position,
  checkKey,
  checkQuery,
  checkWrites,
  compareBytes,
  cursorAt,
  keyOf,
  nameOf,
  placeOf,
  readCursor,
  sideOf,
} from './store.rules.ts'

/** What the stream of a table carries: an item before and after a write; undefined where there is none. */
export type OnChange = (before: Item | undefined, after: Item | undefined) => void

export interface MemoryStore extends Store {
  /** Every item there is, in no order. */
  items(): readonly Item[]
  /** Takes over a change of another such table as it is. */
  follow(before: Item | undefined, after: Item | undefined): void
}

/**
 * A table in memory, for tests and the simulation. It answers as DynamoDB does and refuses what DynamoDB refuses; nothing expires.
 * Items are copied when they are written, and what is read is frozen. `onChange` is called for each item that a write has changed, once
 * all of its writes are applied and in their order.
 */
export function memoryStore({ onChange = () => {} }: { readonly onChange?: OnChange } = {}): MemoryStore {
  const table = new Table()

  const read = (key: Key): Item | undefined => {
    checkKey(key)
    return table.get(key)
  }

  function query(query: Query): Page {
    checkQuery(query)
    const place = placeOf(query.index)
    const order = (a: Item | Position, b: Item | Position): number =>
      (query.descending ? -1 : 1) *
      (compareBytes(textOf(a, place.sort), textOf(b, place.sort)) ||
        compareBytes(a.pk, b.pk) ||
        compareBytes(a.sk, b.sk))
    const last = query.cursor === undefined ? undefined : readCursor(query.cursor, query)
    const found = table
      .partition(place.partition, query.partition)
      .filter((item) => item[place.sort] !== undefined && sideOf(query, textOf(item, place.sort)) === 'in')
      .filter((item) => last === undefined || order(item, last) > 0)
      .toSorted(order)
    const page = found.slice(0, query.limit)
    const end = page.at(-1)
    return { items: page, ...(end !== undefined && found.length > query.limit && { cursor: cursorAt(end, place) }) }
  }

  function write(writes: readonly Write[]): Outcome {
    checkWrites(writes)
    const wanted = writes.map((write) => ('put' in write ? checkedItem(frozen(write.put)) : undefined))
    const failed = writes.flatMap((write, index): Failed[] => {
      const found = table.get(keyOf(write))
      return holds(write.if, found) ? [] : [{ write: index, found }]
    })
    if (writes.length === 1 && failed.length === 1 && wanted[0] && isSame(wanted[0], failed[0]?.found))
      return { ok: true }
    if (failed.length > 0) return { ok: false, failed }
    const changes = writes.flatMap((write, index) => {
      if ('check' in write) return []
      const after = wanted[index]
      return { before: table.set(keyOf(write), after), after }
    })
    for (const { before, after } of changes) if (!isSame(before, after)) onChange(before, after)
    return { ok: true }
  }

  return {
    get: async (key) => read(key),
    getMany: async (keys) => {
      const distinct = new Map(keys.map((key) => [nameOf(key), key]))
      return [...distinct.values()].flatMap((key) => read(key) ?? [])
    },
    query: async (asked) => query(asked),
    write: async (...writes) => write(writes),
    items: () => table.items(),
    follow: (before, after) => {
      const key = after ?? before
      if (key) table.set(key, after)
    },
  }
}

/** Items by their keys, and by the partitions of the table and of its indexes. */
class Table {
  readonly #items = new Map<string, Item>()
  /** By attribute, then by its value. */
  readonly #partitions = new Map<string, Map<unknown, Map<string, Item>>>()

  get(key: Key): Item | undefined {
    return this.#items.get(nameOf(key))
  }

  items(): readonly Item[] {
    return [...this.#items.values()]
  }

  /** The items of which that attribute is `value`, in no order. */
  partition(attribute: string, value: unknown): readonly Item[] {
    return [...(this.#partitions.get(attribute)?.get(value)?.values() ?? [])]
  }

  /** Puts an item there, or nothing; returns what was there before. */
  set(key: Key, after: Item | undefined): Item | undefined {
    const name = nameOf(key)
    const before = this.#items.get(name)
    if (before)
      for (const attribute of partitionKeysOf(before))
        if (before[attribute] !== after?.[attribute]) this.#partition(attribute, before[attribute]).delete(name)
    if (after)
      for (const attribute of partitionKeysOf(after)) this.#partition(attribute, after[attribute]).set(name, after)
    if (after) this.#items.set(name, after)
    else this.#items.delete(name)
    return before
  }

  #partition(attribute: string, value: unknown): Map<string, Item> {
    const byValue = this.#partitions.get(attribute) ?? new Map<unknown, Map<string, Item>>()
    const partition = byValue.get(value) ?? new Map<string, Item>()
    this.#partitions.set(attribute, byValue.set(value, partition))
    return partition
  }
}

const partitionKeysOf = (item: Item): string[] =>
  Object.keys(item).filter((name) => name === 'pk' || name.endsWith('Pk'))

function holds(condition: Condition, found: Item | undefined): boolean {
  if (condition === 'any') return true
  return condition === 'absent' ? found === undefined : found?.version === condition.version
}

/** Most items differ by their versions. */
const isSame = (a: Item | undefined, b: Item | undefined): boolean =>
  a?.version === b?.version && isDeepStrictEqual(a, b)

const textOf = (item: Item | Position, name: string): string => String(item[name])

/** Throws `RangeError` for what no item can be: larger than 400 KB, or with an index key that is not a text with something in it. */
function checkedItem(item: Item): Item {
  for (const name of Object.keys(item)) {
    if (!isIndexKey(name)) continue
    const value = item[name]
    if (typeof value !== 'string' || value === '')
      throw new RangeError(`${name} of ${nameOf(item)} is no key of an index.`)
  }
  // A byte of DynamoDB is written with one character at least, and a character has three bytes at most.
  if (JSON.stringify(item).length * 3 <= maxItemBytes) return item
  const bytes = itemSize(item)
  if (bytes > maxItemBytes) throw new RangeError(`${nameOf(item)} has ${bytes} bytes; DynamoDB takes ${maxItemBytes}.`)
  return item
}

const isIndexKey = (name: string): boolean => name.length > 2 && (name.endsWith('Pk') || name.endsWith('Sk'))

/** A deep and frozen copy without what is undefined. Throws `TypeError` for what DynamoDB does not hold as it is: dates, NaN, functions, half a character. */
function frozen<Value>(value: Value): Value {
  return frozenOf(value) as Value
}

function frozenOf(value: unknown): unknown {
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'string' && value.isWellFormed()) return value
  // DynamoDB knows no negative zero.
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value + 0
  if (Array.isArray(value)) return Object.freeze(value.filter((each) => each !== undefined).map(frozenOf))
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return frozenObject({ ...value })
  throw new TypeError(`DynamoDB does not hold ${inspect(value)}.`)
}

function frozenObject(copy: Record<string, unknown>): object {
  for (const name of Object.keys(copy)) {
    if (name === '__proto__' || !name.isWellFormed())
      throw new TypeError(`DynamoDB does not hold a field ${inspect(name)}.`)
    const value = copy[name]
    if (value === undefined) delete copy[name]
    else copy[name] = frozenOf(value)
  }
  return Object.freeze(copy)
}
