import type { HeldLine } from './held-lines.ts'

/** More lines than this name their warehouses by number, so that an order at its bounds fits one event and one item. */
const maxNamedLines = 500

/** Held lines as events and items carry them. */
export interface PackedLines {
  /** With `warehouses`, the second element of a line is a place in that list, counted from 0. */
  readonly lines: readonly HeldLine[]
  readonly warehouses?: readonly string[] | undefined
}

/** A line of an event that begins with a sku and a warehouse. */
type PlacedLine = readonly [sku: string, warehouseId: string, ...more: unknown[]]

/** More lines than this, of all lists of an event together, name their warehouses by place. As many fit an event with the longest names. */
const maxListedLines = 1_500

/** The lists of lines of one event as they are, or above 1,500 lines in all with the ids of their warehouses listed once. */
export function packLists<Lists extends Readonly<Record<string, readonly PlacedLine[]>>>(
  lists: Lists,
): Lists & { readonly warehouses?: readonly string[] } {
  const all = Object.values(lists).flat()
  if (all.length <= maxListedLines) return lists
  const warehouses = [...new Set(all.map(([, warehouseId]) => warehouseId))]
  const places = new Map(warehouses.map((id, place) => [id, `/${place}`]))
  const packed = Object.entries(lists).map(([name, lines]) => [
    name,
    lines.map(([sku, warehouseId, ...more]) => [sku, places.get(warehouseId), ...more]),
  ])
  return { ...(Object.fromEntries(packed) as Lists), warehouses }
}

/** A list of lines with the ids of their warehouses. Throws `RangeError` for a line whose warehouse is not in the list. */
export function unpackList<Line extends PlacedLine>(
  lines: readonly Line[],
  warehouses: readonly string[] | undefined,
): readonly Line[] {
  if (warehouses === undefined) return lines
  return lines.map(([sku, place, ...more]) => {
    const warehouseId = warehouses[Number(place.slice(1))]
    if (warehouseId === undefined) throw new RangeError(`${sku} is of warehouse ${place} of ${warehouses.length}.`)
    return [sku, warehouseId, ...more] as unknown as Line
  })
}

/** The lines as they are, or above 500 of them with the ids of their warehouses listed once. */
export function packLines(lines: readonly HeldLine[]): PackedLines {
  if (lines.length <= maxNamedLines) return { lines }
  const places = new Map<string, number>()
  for (const [, warehouseId] of lines) if (!places.has(warehouseId)) places.set(warehouseId, places.size)
  return {
    lines: lines.map(([sku, warehouseId, units]) => [sku, String(places.get(warehouseId)), units]),
    warehouses: [...places.keys()],
  }
}

/** The lines with the ids of their warehouses. Throws `RangeError` for a line whose warehouse is not in the list. */
export function unpackLines({ lines, warehouses }: PackedLines): readonly HeldLine[] {
  if (warehouses === undefined) return lines
  return lines.map(([sku, place, units]) => {
    const warehouseId = warehouses[Number(place)]
    if (warehouseId === undefined) throw new RangeError(`${sku} is held in warehouse ${place} of ${warehouses.length}.`)
    return [sku, warehouseId, units]
  })
}
