/** DynamoDB charges a write by each started 1,024 bytes of the item. */
export const writeUnitBytes = 1_024
/** DynamoDB refuses larger items. */
export const maxItemBytes = 409_600

/** A list or a map has these bytes before anything is in it, and 1 for each element. */
const containerBytes = 3

/**
 * The bytes of an item: attribute names and values, as "DynamoDB item sizes and formats" of its documentation counts them. Never too few:
 * of a number DynamoDB may trim zeroes that count here.
 */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0)
}

function valueSize(value: unknown): number {
  if (value === undefined) return 0
  if (typeof value === 'string') return Buffer.byteLength(value)
  // Two digits in a byte, one more, and one for a sign.
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).length / 2) + 1 + (value < 0 ? 1 : 0)
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + 1 + valueSize(each), containerBytes)
  if (typeof value === 'object' && value !== null)
    return containerBytes + Object.keys(value).length + itemSize({ ...value })
  return 1
}
