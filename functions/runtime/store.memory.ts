import { inspect, isDeepStrictEqual } from 'node:util'
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
}

/** DynamoDB refuses larger items. */
const maxItemBytes = 409_600

/**
 * A table in memory, for tests and the simulation. It answers as DynamoDB does and refuses what DynamoDB refuses; nothing expires.
 * `onChange` is called for each item that a write has changed, once all of its writes are applied and in their order.
 */
export function memoryStore({ onChange = () => {} }: { readonly onChange?: OnChange } = {}): MemoryStore {
  const table = new Map<string, Item>()

  const read = (key: Key): Item | undefined => {
    checkKey(key)
    const item = table.get(nameOf(key))
    return item && copied(item)
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
    const found = [...table.values()]
      .filter((item) => item[place.partition] === query.partition && item[place.sort] !== undefined)
      .filter((item) => sideOf(query, textOf(item, place.sort)) === 'in')
      .filter((item) => last === undefined || order(item, last) > 0)
      .toSorted(order)
    const page = found.slice(0, query.limit)
    const end = page.at(-1)
    return {
      items: page.map(copied),
      ...(end !== undefined && found.length > query.limit && { cursor: cursorAt(end, place) }),
    }
  }

  function write(writes: readonly Write[]): Outcome {
    checkWrites(writes)
    const wanted = writes.map((write) => ('put' in write ? checkedItem(copied(write.put)) : undefined))
    const failed = writes.flatMap((write, index): Failed[] => {
      const found = read(keyOf(write))
      return holds(write.if, found) ? [] : [{ write: index, found }]
    })
    if (writes.length === 1 && failed.length === 1 && wanted[0] && isDeepStrictEqual(wanted[0], failed[0]?.found))
      return { ok: true }
    if (failed.length > 0) return { ok: false, failed }
    const changes = writes.flatMap((write, index) => ('check' in write ? [] : [apply(keyOf(write), wanted[index])]))
    for (const { before, after } of changes)
      if (!isDeepStrictEqual(before, after)) onChange(before && copied(before), after && copied(after))
    return { ok: true }
  }

  function apply(key: Key, after: Item | undefined) {
    const before = table.get(nameOf(key))
    if (after) table.set(nameOf(key), after)
    else table.delete(nameOf(key))
    return { before, after }
  }

  return {
    get: async (key) => read(key),
    getMany: async (keys) => {
      const distinct = new Map(keys.map((key) => [nameOf(key), key]))
      return [...distinct.values()].flatMap((key) => read(key) ?? [])
    },
    query: async (asked) => query(asked),
    write: async (...writes) => write(writes),
    items: () => [...table.values()].map(copied),
  }
}

function holds(condition: Condition, found: Item | undefined): boolean {
  if (condition === 'any') return true
  return condition === 'absent' ? found === undefined : found?.version === condition.version
}

const textOf = (item: Item | Position, name: string): string => String(item[name])

/** Throws `RangeError` for what no item can be: larger than 400 KB, or with an index key that is not a text with something in it. */
function checkedItem(item: Item): Item {
  for (const [name, value] of Object.entries(item))
    if (/.[PS]k$/.test(name) && (typeof value !== 'string' || value === ''))
      throw new RangeError(`${name} of ${nameOf(item)} is no key of an index.`)
  const bytes = bytesOf(item) - containerBytes
  if (bytes > maxItemBytes) throw new RangeError(`${nameOf(item)} has ${bytes} bytes; DynamoDB takes ${maxItemBytes}.`)
  return item
}

const containerBytes = 3

/** The size of a value as DynamoDB counts it. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1
  if (typeof value !== 'object' || value === null) return 1
  const parts = Array.isArray(value)
    ? value.map((each) => bytesOf(each) + 1)
    : Object.entries(value).map(([name, each]) => Buffer.byteLength(name) + bytesOf(each) + 1)
  return parts.reduce((sum, part) => sum + part, containerBytes)
}

/** A deep copy without what is undefined. Throws `TypeError` for what DynamoDB does not hold as it is: dates, NaN, functions. */
function copied<Value>(value: Value): Value {
  return copyOf(value) as Value
}

function copyOf(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  // DynamoDB knows no negative zero.
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value + 0
  if (Array.isArray(value)) return value.filter((each) => each !== undefined).map(copyOf)
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [[name, copyOf(each)]])),
    )
  throw new TypeError(`DynamoDB does not hold ${inspect(value)}.`)
}
