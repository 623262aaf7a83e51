import { type HeldLine, maxHeldLines } from '../../../schemas/held-lines.ts'
import { type LeavingUnits, type Parcel, type ParcelLine, hasLeft } from './parcel.ts'

/** An order has so many parcels at most: one write may have to enter all of them into the lists of their warehouses. */
export const maxParcels = 50
/** All parcels of an order have so many lines at most: they are one item. A split of an order at its bounds adds some. */
export const maxParcelLines = maxHeldLines + 500

const unitsOf = (lines: readonly LeavingUnits[]): ReadonlyMap<string, number> =>
  new Map(lines.map(({ sku, quantity }) => [sku, quantity]))

/** The lines of the parcel that stay when those units leave. */
export function staying(parcel: Parcel, leaving: readonly LeavingUnits[]): readonly ParcelLine[] {
  const units = unitsOf(leaving)
  return parcel.lines.flatMap(([sku, quantity, returned]): ParcelLine[] => {
    const left = quantity - (units.get(sku) ?? 0)
    return left > 0 ? [[sku, left, returned]] : []
  })
}

/** The lines of the parcel that leave. */
export function leavingLines(parcel: Parcel, leaving: readonly LeavingUnits[]): readonly ParcelLine[] {
  const units = unitsOf(leaving)
  return parcel.lines.flatMap(([sku, , returned]): ParcelLine[] => {
    const count = units.get(sku)
    return count === undefined ? [] : [[sku, count, returned]]
  })
}

/** Whether there is no place for one parcel more, which takes `more` lines that stay with others in the one that leaves. */
export function areTooMany(parcels: readonly Parcel[], parcel: Parcel, leaving: readonly LeavingUnits[]): boolean {
  const stay = staying(parcel, leaving)
  if (stay.length === 0) return false
  const others = parcels.reduce((sum, each) => sum + (each === parcel ? 0 : each.lines.length), 0)
  return parcels.length >= maxParcels || others + leaving.length + stay.length > maxParcelLines
}

/** Whether its warehouse sends the order in several parcels, of which the first has left in part. */
export const sharesWarehouse = (parcels: readonly Parcel[], { warehouseId }: Pick<Parcel, 'warehouseId'>): boolean =>
  parcels.filter((other) => other.warehouseId === warehouseId).length > 1

/**
 * How many units of the skus have left for the order from warehouses that send it in several parcels; by default of all skus and of all
 * such warehouses. It only grows.
 */
export function leftInAll(
  parcels: readonly Parcel[],
  of?: { readonly warehouseId: string; readonly skus: ReadonlySet<string> },
): readonly HeldLine[] {
  const sums = new Map<string, HeldLine>()
  for (const parcel of parcels) {
    const { warehouseId, lines } = parcel
    if (!hasLeft(parcel) || !sharesWarehouse(parcels, parcel) || (of && of.warehouseId !== warehouseId)) continue
    for (const [sku, quantity] of lines) {
      if (of && !of.skus.has(sku)) continue
      const place = `${sku} ${warehouseId}`
      sums.set(place, [sku, warehouseId, (sums.get(place)?.[2] ?? 0) + quantity]) // mutant: left-in-all
    }
  }
  return [...sums.values()]
}
