import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item } from './store.ts'

export type Attributes = Record<string, AttributeValue>

/**
 * An item as DynamoDB keeps it: as it is, but with its `outbox` as one text, the names with blanks between them. The filter of a stream
 * then tests a text, which is documented; whether it looks into a list is not. An outbox without names is none. Names are only ever own
 * fields here: the SDK's own marshalling takes an object with a field `constructor` for an instance of a class.
 * Throws `TypeError` for what DynamoDB does not hold as it is: dates, NaN, functions, ill-formed text; and for the name `__proto__`, over which
 * the SDK stumbles when it reads an answer.
 */
export function attributesOf({ outbox = [], ...item }: Item): Attributes {
  const names = outbox.length > 0 ? { outbox: outbox.join(' ') } : {}
  return mapOf({ ...item, ...names })
}

/** The item behind the attributes. */
export function itemOf(attributes: Attributes): Item {
  const { outbox, ...item } = fieldsOf(attributes)
  return { ...item, ...(typeof outbox === 'string' && { outbox: outbox.split(' ') }) } as unknown as Item
}

/** The fields of an object; those that are undefined are left out. */
const mapOf = (fields: object): Attributes =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field === undefined ? [] : [[nameOf(name), valueOf(field)]])),
  )

function valueOf(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: wellFormed(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value === null) return { NULL: true }
  // DynamoDB knows no negative zero.
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return { N: String(value + 0) }
  if (Array.isArray(value)) return { L: value.filter((each) => each !== undefined).map(valueOf) }
  if (typeof value === 'object' && isPlain(value)) return { M: mapOf(value) }
  throw new TypeError(`DynamoDB does not hold a ${typeof value} like ${Object.prototype.toString.call(value)}.`)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function nameOf(name: string): string {
  if (name === '__proto__') throw new TypeError('The SDK does not read a field __proto__.')
  return wellFormed(name)
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('DynamoDB does not hold text with half a character.')
  return text
}

const fieldsOf = (attributes: Attributes): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, fieldOf(value)]))

function fieldOf({ S, N, BOOL, NULL, L, M }: AttributeValue): unknown {
  if (S !== undefined) return S
  if (N !== undefined) return Number(N)
  if (BOOL !== undefined) return BOOL
  if (L !== undefined) return L.map(fieldOf)
  if (M !== undefined) return fieldsOf(M)
  if (NULL === true) return null
  throw new TypeError('An attribute of a kind that no item has here.')
}
