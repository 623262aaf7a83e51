import type { ReservationStatus, Shortage } from '../../../schemas/reservation.ts'
import type { EstimateRequest } from './reservation-request.ts'
import type { Sources } from './sourcing.ts'
import { type Stock, reservable, unitsDue } from './stock.ts'
import type { Expected } from './under-way.ts'

/** When each sku that an order waits for is there, RFC 3339; empty where nobody knows. Skus of which there is enough are left out. */
export type Awaited = readonly (readonly [sku: string, time: string])[]

/** What a reservation that waits knows of when it can be held. */
export interface Estimated {
  /** When what is short is expected or promised for, RFC 3339. */
  readonly estimatedAt?: string
  /** So many estimates came before it; without it none. */
  readonly estimate?: number
  /** What makes it. */
  readonly awaited?: Awaited
}

/** When an order that begins to wait for these lines can be held. */
export function estimateOf(shortages: readonly Shortage[], sources: Sources, now: string): Estimated {
  const { stockOf, sites, expectedOf = () => [] } = sources
  const active = sites.map(({ id }) => id)
  return withTimes(
    shortages.flatMap(({ sku, requested }) => {
      const stock = stockOf(sku)
      const wanted = { units: requested, due: stock ? unitsDue(stock) : 0 }
      const time = stock ? timeOf(stock, wanted, { expected: expectedOf(sku), active, now }) : ''
      return time === undefined ? [] : [[sku, time] as const]
    }),
  )
}

/** What is known of a sku and of now. */
interface Outlook {
  /** The first to come first. */
  readonly expected: readonly Expected[]
  /** Ids of the active warehouses. */
  readonly active: readonly string[]
  /** RFC 3339. */
  readonly now: string
}

/**
 * When so many units of a sku can be held behind those that are due before: by when enough is expected, else when its product is promised, RFC 3339;
 * empty where neither is known, and undefined where they are there. What is late has no date, and what comes to an inactive warehouse is not for sale.
 */
export function timeOf(
  stock: Stock,
  { units, due }: { readonly units: number; readonly due: number },
  { expected, active, now }: Outlook,
): string | undefined {
  let missing = due + units - reservable(stock, active, 0)
  if (missing <= 0) return undefined
  for (const { at, warehouseId, units: coming } of expected) {
    if (at <= now || !active.includes(warehouseId)) continue
    missing -= coming
    if (missing <= 0) return at
  }
  return stock.backorder?.shipBy ?? ''
}

/**
 * The estimate with another time for one of the skus; undefined where that is no other time, and where all of it is there: the order is held next.
 */
export function nextEstimate(
  { awaited = [], estimatedAt: before, estimate = 0 }: Estimated,
  { sku, time }: EstimateRequest,
): Estimated | undefined {
  const others = awaited.filter(([of]) => of !== sku)
  const known = awaited.find(([of]) => of === sku)?.[1]
  if (known === time || (time === undefined && others.length === 0)) return undefined
  const now = withTimes(time === undefined ? others : [...others, [sku, time]])
  const number = now.estimatedAt === before ? estimate : estimate + 1 // mutant: estimate-number
  return { ...now, ...(number > 0 && { estimate: number }) }
}

type Waits = Estimated & { readonly status: ReservationStatus; readonly asked: { readonly hold?: string } }

/** Whether it goes on waiting, for the same time, and nobody wants its answer again. */
export const waitsOn = (before: Waits, after: Waits): boolean =>
  before.status === 'waiting' &&
  after.status === 'waiting' &&
  after.estimate === before.estimate &&
  after.asked.hold === before.asked.hold

/** All of it is there by the last of the times, where each of them is known. */
function withTimes(awaited: Awaited): Estimated {
  const times = awaited.map(([, time]) => time).toSorted()
  const last = times[0] === '' ? undefined : times.at(-1)
  return { ...(times.length > 0 && { awaited }), ...(last !== undefined && { estimatedAt: last }) }
}
