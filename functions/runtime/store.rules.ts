import {
  InvalidCursor,
  type Item,
  type Key,
  type Query,
  type Write,
  maxIndexPage,
  maxPage,
  maxWrites,
} from './store.ts'
import { cursorOf } from './cursor.ts'
import { own } from '../../schemas/own.ts'

/** Names of the attributes that a query goes by. */
export interface Place {
  readonly partition: string
  readonly sort: string
}

/** Indexes that sort by the sort key of another one, which items have in any case. */
const sortedAs: Readonly<Record<string, string>> = { state: 'day' }

/** The table itself, or its index of that name. */
export const placeOf = (index: string | undefined): Place =>
  index === undefined
    ? { partition: 'pk', sort: 'sk' }
    : { partition: `${index}Pk`, sort: `${own(sortedAs, index) ?? index}Sk` }

export const keyOf = (write: Write): Key =>
  'put' in write ? write.put : 'delete' in write ? write.delete : write.check

/** Throws `RangeError` for a key that no item can have: DynamoDB takes 1 to 2,048 bytes of UTF-8 as `pk` and 1 to 1,024 as `sk`. */
export function checkKey(key: Key): void {
  if (!isKey(key)) throw new RangeError(`No item can have the key ${nameOf(key)}.`)
}

const isKey = ({ pk, sk }: Key): boolean => hasBytes(pk, 2_048) && hasBytes(sk, 1_024)

const hasBytes = (text: string, most: number): boolean =>
  text !== '' && text.isWellFormed() && (text.length * 3 <= most || Buffer.byteLength(text) <= most)

/** Throws `RangeError` for more writes than a transaction holds, for two of one item, and for keys that no item can have. */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length > maxWrites) throw new RangeError(`${writes.length} writes; a transaction holds ${maxWrites}.`)
  const seen = new Set<string>()
  for (const write of writes) {
    const key = keyOf(write)
    checkKey(key)
    const name = nameOf(key)
    if (seen.has(name)) throw new RangeError(`Two writes of the item ${name}.`)
    seen.add(name)
  }
}

/** Throws `RangeError` for a page size or a partition that cannot be, and for a consistent read of an index. */
export function checkQuery({ index, partition, limit, consistent }: Query): void {
  const most = index === undefined ? maxPage : maxIndexPage
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw new RangeError(`limit ${limit}; it must be 1 to ${most}.`)
  if (partition === '') throw new RangeError('An empty partition.')
  if (index !== undefined && consistent) throw new RangeError('An index cannot be read consistently.')
}

/** One text for each key. */
export const nameOf = ({ pk, sk }: Key): string => `${pk.length} ${pk} ${sk}`

/** Whether a sort key lies before, in or behind the range of the query, as it is read. */
export function sideOf(query: Query, sort: string): 'before' | 'in' | 'behind' {
  if (query.from !== undefined && compareBytes(sort, query.from) < 0) return query.descending ? 'behind' : 'before'
  if (query.to !== undefined && compareBytes(sort, query.to) >= 0) return query.descending ? 'before' : 'behind'
  return 'in'
}

/** Whether no sort key can be in the range of the query; DynamoDB refuses to be asked that. */
export const isEmpty = ({ from = '', to }: Query): boolean => to !== undefined && compareBytes(from, to) >= 0

/** The key of an item and its place in the index: what DynamoDB calls the last evaluated key, and all that a cursor holds. */
export type Position = Key & Readonly<Record<string, string>>

const namesOf = ({ partition, sort }: Place): readonly string[] => [...new Set(['pk', 'sk', partition, sort])]

/** The cursor from which the query goes on behind this item. */
export function cursorAt(item: Item, place: Place): string {
  return encode(Object.fromEntries(namesOf(place).map((name) => [name, item[name]])))
}

const encode = (position: Readonly<Record<string, unknown>>): string => cursorOf(JSON.stringify(position))

/** The position that a cursor stands for. Throws `InvalidCursor` for one that this query did not make. */
export function readCursor(cursor: string, query: Query): Position {
  const place = placeOf(query.index)
  const position = parse(cursor)
  const names = namesOf(place)
  const fits =
    encode(position) === cursor &&
    Object.keys(position).length === names.length &&
    names.every((name) => typeof own(position, name) === 'string') &&
    own(position, place.partition) === query.partition &&
    isKey(position as Position) &&
    isKey({ pk: query.partition, sk: own(position, place.sort) as string })
  if (!fits) throw new InvalidCursor('The cursor is not of this query.')
  return position as Position
}

function parse(cursor: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Orders as DynamoDB does, by UTF-8 bytes; JavaScript's own order differs for characters beyond U+FFFF. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

// Surrogates stand for what comes after U+FFFF.
const rank = (unit: number): number => (unit >= 0xd8_00 && unit <= 0xdf_ff ? unit + 0x1_00_00 : unit)
