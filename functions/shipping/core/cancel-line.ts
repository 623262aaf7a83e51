import { type Canceller, type Parcel, evolveParcel, hasLeft } from './parcel.ts'
import type { DroppedLine, Shipments } from './shipments.ts'

/** Units of one sku that are taken out of a parcel. */
export interface Reduction {
  readonly part: number
  readonly sku: string
  readonly quantity: number
  /** Whether nothing of the parcel is left. */
  readonly empties: boolean
}

export type LineRefusal = 'line_cancelled' | 'line_dispatched' | 'line_exceeded' | 'too_many_cancellations'

/** More cancellations of one order than this would make the items grow that remember each of them: order, payment and reservation. */
export const maxReductions = 100

const unitsOf = ({ lines }: Parcel, sku: string): number => lines.find(([of]) => of === sku)?.[1] ?? 0

/**
 * Which parcels lose how many units, the last parcel first; by default all units that have not left. A parcel that has left loses none: the
 * write of the shipments decides between the two. Parcels that are emptied are never too many: each is emptied once.
 */
export function reductionsOf(
  { parcels }: Shipments,
  sku: string,
  quantity: number | undefined,
): readonly Reduction[] | LineRefusal {
  const ofSku = parcels.flatMap((parcel, index) => {
    const units = unitsOf(parcel, sku)
    return units > 0 ? [{ parcel, units, part: index + 1 }] : []
  })
  const sum = (those: typeof ofSku): number => those.reduce((all, { units }) => all + units, 0)
  const there = ofSku.filter(({ parcel }) => parcel.status === 'created') // mutant: line-dispatched
  const gone = sum(ofSku.filter(({ parcel }) => hasLeft(parcel)))
  const wanted = quantity ?? sum(there)
  if (sum(there) + gone === 0) return 'line_cancelled'
  if (wanted > sum(there) + gone) return 'line_exceeded'
  if (wanted > sum(there) || wanted === 0) return 'line_dispatched'
  let left = wanted
  const reductions = there.toReversed().flatMap(({ parcel, units, part }): Reduction[] => {
    const taken = Math.min(units, left)
    left -= taken
    return taken > 0 ? [{ part, sku, quantity: taken, empties: parcel.lines.length === 1 && taken === units }] : []
  })
  // A parcel that leaves in part keeps its count, and what stays of it begins at none: the sum is that of the order.
  const before = parcels.reduce((all, parcel) => all + (parcel.reductions ?? 0), 0)
  return before >= maxReductions && reductions.some(({ empties }) => !empties) ? 'too_many_cancellations' : reductions
}

/** The shipments without these units; a parcel of which nothing is left will never leave. */
export function reduced(before: Shipments, reductions: readonly Reduction[], by: Canceller, at: string): Shipments {
  const { cameBack: _, cameBackOf: __, dropped: ___, ...rest } = before
  const dropped: DroppedLine[] = []
  let { parcels } = rest
  for (const { part, sku, quantity, empties } of reductions) {
    const parcel = parcels[part - 1]
    if (parcel === undefined) throw new Error(`${before.orderId} has no part ${part}.`)
    if (!empties) dropped.push([sku, parcel.warehouseId, quantity, part])
    parcels = parcels.with(part - 1, empties ? emptied(parcel, by, at) : without(parcel, sku, quantity, at))
  }
  return { ...rest, parcels, ...(dropped.length > 0 && { dropped }) }
}

const emptied = (parcel: Parcel, by: Canceller, at: string): Parcel => ({
  ...evolveParcel(parcel, { name: 'failed' }, at),
  emptied: true,
  emptiedBy: by,
})

function without(parcel: Parcel, sku: string, quantity: number, at: string): Parcel {
  const lines = parcel.lines.flatMap((line): (typeof line)[] => {
    const [of, units, returned] = line
    if (of !== sku) return [line]
    return units > quantity ? [[of, units - quantity, returned]] : []
  })
  return { ...parcel, lines, reductions: (parcel.reductions ?? 0) + 1, updatedAt: at }
}
