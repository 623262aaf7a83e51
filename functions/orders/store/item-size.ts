/** DynamoDB charges a write by each started 1,024 bytes of the item. */
export const writeUnitBytes = 1_024

/** The bytes of an item as DynamoDB counts them: attribute names and values, with 3 for each list or map and 1 for each thing in it. */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0)
}

function valueSize(value: unknown): number {
  if (value === undefined) return 0
  if (typeof value === 'string') return Buffer.byteLength(value)
  // Two digits in a byte, and one more.
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).length / 2) + 1 + (value < 0 ? 1 : 0)
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + 1 + valueSize(each), 3)
  if (typeof value === 'object' && value !== null) return 3 + Object.keys(value).length + itemSize({ ...value })
  return 1
}
