import { hasLeft } from '../../../functions/shipping/core/parcel.ts'
import { leftInAll, sharesWarehouse } from '../../../functions/shipping/core/split.ts'
import { type ShipmentsItem, shipmentIdOf } from '../../../functions/shipping/store/shipments-item.ts'
import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import { isSame } from './is-same.ts'
import { Violation } from './violation.ts'

type Place = readonly [sku: string, warehouseId: string, units: number, ...unknown[]]

/** Units by sku and warehouse. */
export function sumOf(lines: readonly Place[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const [sku, warehouseId, units] of lines) {
    const place = `${sku} ${warehouseId}`
    sums.set(place, (sums.get(place) ?? 0) + units)
  }
  return sums
}

const unitsOf = ({ parcels }: ShipmentsItem): readonly Place[] =>
  parcels.flatMap(({ warehouseId, lines }) => lines.map(([sku, units]) => [sku, warehouseId, units] as const))

/** With each change of the parcels of an order: what left, what stays and what is cancelled is what was packed. */
export function checkParts(before: ShipmentsItem | undefined, after: ShipmentsItem): void {
  if (before === undefined || before.parcels.length === 0) return
  const [was, is] = [sumOf(unitsOf(before)), sumOf([...unitsOf(after), ...(after.dropped ?? [])])]
  if (!isSame([...was].map(String).toSorted(), [...is].map(String).toSorted()))
    throw new Violation(
      'no unit gets lost between parcels',
      `${after.orderId} had ${[...was].join()}, has ${[...is].join()}`,
    )
  for (const [index, parcel] of before.parcels.entries()) {
    const now = after.parcels[index]
    const same = now && isSame(parcel.lines.map(withoutReturns), now.lines.map(withoutReturns))
    if (hasLeft(parcel) && !same)
      throw new Violation('what has left is as it left', `${after.orderId}, part ${index + 1}`)
  }
}

const withoutReturns = ([sku, units]: readonly [string, number, number]) => [sku, units]

/** At rest: what has left a warehouse in several parcels has left it for inventory, once, and what will not leave is free. */
export function checkSent({ orderId, parcels }: ShipmentsItem, reservation: ReservationItem | undefined): void {
  const { lines = [], sent = [], freed, status, reduced = [] } = reservation ?? {}
  const counted = sumOf(lines.map(([sku, warehouseId], index) => [sku, warehouseId, sent[index] ?? 0] as const))
  const left = sumOf(leftInAll(parcels))
  const gone = [...counted].filter(([, units]) => units > 0)
  if (!isSame(gone.map(String).toSorted(), [...left].map(String).toSorted()))
    throw new Violation('what leaves leaves once', `${orderId}: ${[...left].join(' ')} left, ${gone.join(' ')} counted`)
  for (const [index, parcel] of parcels.entries()) {
    const id = shipmentIdOf(orderId, index + 1)
    const isFree = freed || status === 'released' || reduced.includes(id)
    if (parcel.withdrawn && sharesWarehouse(parcels, parcel) && !isFree)
      throw new Violation('what cannot leave is free again', `${orderId}: ${id} still keeps it`)
  }
}
