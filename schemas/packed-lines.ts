import type { HeldLine } from './held-lines.ts'

/** More lines than this name their warehouses by number, so that an order at its bounds fits one event and one item. */
const maxNamedLines = 500

/** Held lines as events and items carry them. */
export interface PackedLines {
  /** With `warehouses`, the second element of a line is a place in that list, counted from 0. */
  readonly lines: readonly HeldLine[]
  readonly warehouses?: readonly string[] | undefined
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
