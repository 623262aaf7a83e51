import type { Level, UnavailableKind } from '../../../schemas/level.ts'
import type { MovementKind } from '../../../schemas/movement.ts'

/** Where a unit on hand can be. */
export type Bucket = 'available' | 'reserved' | 'allocated' | 'unavailable'

/** By how many units each bucket changes; those that do not are left out. */
export type Delta = Readonly<Partial<Record<Bucket, number>>>

/** Why a level changes. */
export interface Cause {
  readonly kind: MovementKind
  /** The id of the reservation, or of the movement that an operator has made. */
  readonly reference?: string
}

/** A change of a level that is still to be written. */
export interface PendingMove extends Cause {
  readonly delta: Delta
}

/** A change of a level, in the version of the stock item that it was written with. */
export interface Move extends PendingMove {
  readonly version: number
  /** RFC 3339. */
  readonly at: string
}

/** What is known of a sku in one warehouse. */
export type Counts = Readonly<Record<Bucket, number>> & {
  /** Of the unavailable units; all others are damaged. */
  readonly quality?: number
  readonly safety?: number
  /** Available units that are not sold. */
  readonly keepBack?: number
  readonly lowStockAt?: number
  /** Units that suppliers are to bring. */
  readonly expected?: number
  /** Units that have left another warehouse for this one. */
  readonly inTransit?: number
  readonly updatedAt?: string
  /** Its last movements, the newest last; older ones are written aside. */
  readonly moves?: readonly Move[]
  /** What is to be written with it. */
  readonly pending?: readonly PendingMove[]
}

export const none: Counts = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }

/** Units on hand, for sale or not. */
export const onHand = ({ available, reserved, allocated, unavailable }: Counts): number =>
  available + reserved + allocated + unavailable

/** Units that can be sold: those that are available without those that are kept back. */
export const sellable = ({ available, keepBack = 0 }: Counts): number => Math.max(available - keepBack, 0) // mutant: kept-back

/** Units that are on their way here. */
export const incoming = ({ expected = 0, inTransit = 0 }: Counts): number => expected + inTransit

/** What is under way, where there is something. */
export const underWay = (units: { readonly incoming: number; readonly inTransit: number }) => ({
  ...(units.incoming > 0 && { incoming: units.incoming }),
  ...(units.inTransit > 0 && { inTransit: units.inTransit }),
})

/**
 * The unavailable units by kind. The last release counts damaged units alone: what it adds is damaged, and what it clears is gone of every
 * kind.
 */
export function byKind({ unavailable, quality = 0, safety = 0 }: Counts): Readonly<Record<UnavailableKind, number>> {
  const checked = Math.min(quality, unavailable)
  const safe = Math.min(safety, unavailable - checked)
  return { damaged: unavailable - checked - safe, quality: checked, safety: safe }
}

/** The counts with other unavailable units. A kind of which there are none is left out: most items never have one. */
export function withUnavailable(counts: Counts, { damaged, quality, safety }: ReturnType<typeof byKind>): Counts {
  const { quality: _, safety: __, ...rest } = counts
  return {
    ...rest,
    unavailable: damaged + quality + safety,
    ...(quality > 0 && { quality }),
    ...(safety > 0 && { safety }),
  }
}

/** The counts with what is set for them. */
export function withMarks(
  counts: Counts,
  { keepBack = 0, lowStockAt }: { readonly keepBack?: number | undefined; readonly lowStockAt?: number | undefined },
): Counts {
  const { keepBack: _, lowStockAt: __, ...rest } = counts
  return { ...rest, ...(keepBack > 0 && { keepBack }), ...(lowStockAt !== undefined && { lowStockAt }) }
}

/** The level as it is shown. */
export function shownLevel(warehouseId: string, counts: Counts): Level {
  const { available, reserved, allocated, unavailable, keepBack = 0, lowStockAt, updatedAt } = counts
  return {
    warehouseId,
    onHand: onHand(counts),
    available,
    reserved,
    allocated,
    unavailable,
    unavailableByKind: byKind(counts),
    keepBack,
    ...(lowStockAt !== undefined && { lowStockAt }),
    ...underWay({ incoming: incoming(counts), inTransit: counts.inTransit ?? 0 }),
    ...(updatedAt !== undefined && { updatedAt }),
  }
}

/** Whether no more than the mark of the warehouse can be sold there. */
export const isLow = (counts: Counts | undefined): boolean =>
  counts?.lowStockAt !== undefined && sellable(counts) <= counts.lowStockAt // mutant: low-in-warehouse

/** Whether the level has come to its mark or below, or left it upwards, by a change of its units, of its mark or of what is kept back. */
export function crossing(
  before: Counts | undefined,
  after: Counts | undefined,
): 'stock.low' | 'stock.replenished' | undefined {
  const was = isLow(before)
  const is = isLow(after)
  if (was === is) return undefined // mutant: crossed-once
  return is ? 'stock.low' : 'stock.replenished'
}
