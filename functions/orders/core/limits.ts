import type { Limit, Limits } from '../../../schemas/limits.ts'
import type { Line, Order } from './order.ts'
import { payable } from './evolve.ts'
import { phase, status } from './status.ts'

/** What an operator has set for one customer; what is missing is the stage's. */
export type OwnLimits = Partial<Limits>

/** The limits of a customer: what an operator has set stands in place of what the stage has. */
export const inForce = (stage: Limits, set: OwnLimits): Limits => ({ ...stage, ...set })

/** Whether the customer has placed the order, and no operator for them. */
const isOwn = ({ customerId, history }: Order): boolean => history[0]?.by === customerId // mutant: own-hold

/** Whether the order is its customer's own and keeps stock from others, or is about to, without being paid. */
export const isOpenHold = (order: Order): boolean =>
  isOwn(order) && phase[status(order.facts)] === 'open' && payable.has(order.facts.payment) // mutant: open-hold

const dayMs = 86_400_000
/** After so many orders have expired within a day, their customer may hold one at a time for a day. */
const tooManyExpired = 3

/**
 * How long ago an order that decides may have been placed, in milliseconds: it may have waited for its stock before that was held, the third
 * expiry is a day ago at most, the first two days.
 */
export const lookBackMs = ({
  holdSeconds,
  waitSeconds,
}: {
  readonly holdSeconds: number
  readonly waitSeconds: number
}): number => (waitSeconds + holdSeconds) * 1_000 + 2 * dayMs

/**
 * Until when the customer may hold one order at a time, in milliseconds since 1970; undefined when they may hold as many as their limit.
 * Orders that are paid by hand wait for an operator: their expiry is not the fault of the customer.
 */
export function oneAtATimeUntil(orders: readonly Order[], now: number): number | undefined {
  const expired = orders
    .filter((order) => isOwn(order) && order.method !== 'manual' && status(order.facts) === 'expired')
    .map(({ placedAt, history }) => history.at(-1)?.at ?? placedAt)
    .toSorted((a, b) => a - b)
  const thirds = expired.filter((at, index) => {
    const first = expired[index - tooManyExpired + 1]
    return first !== undefined && at - first <= dayMs
  })
  const last = thirds.at(-1)
  return last !== undefined && now < last + dayMs ? last + dayMs : undefined // mutant: expired-thrice
}

/** How many orders the customer may hold, and until when that is one at a time. Who may hold without a limit may go on. */
export function holdLimit(
  { openHolds }: Limits,
  orders: readonly Order[],
  now: number,
): { readonly most: Limit; readonly until?: number } {
  const until = openHolds === 'unlimited' ? undefined : oneAtATimeUntil(orders, now)
  if (until === undefined || openHolds === 'unlimited' || openHolds < 1) return { most: openHolds }
  return { most: 1, until }
}

/** Whether so many would be over the limit. Zero allows none. */
export const isOver = (count: number, limit: Limit): boolean => limit !== 'unlimited' && count > limit

/** A sku of which an order would make a customer hold too many units. */
export interface Hoard {
  readonly sku: string
  /** In open orders. */
  readonly held: number
  readonly most: number
}

/** The skus of which the lines would be too much, beside what these open orders hold; each line is the only one of its sku. */
export function hoards(
  wanted: readonly Line[],
  held: readonly (readonly Line[])[],
  { unitsPerSku }: Limits,
): readonly Hoard[] {
  if (unitsPerSku === 'unlimited') return []
  const units = new Map<string, number>()
  for (const { sku, quantity } of held.flat()) units.set(sku, (units.get(sku) ?? 0) + quantity)
  return wanted
    .map(({ sku, quantity }) => ({ sku, quantity, held: units.get(sku) ?? 0 }))
    .filter(({ quantity, held }) => isOver(held + quantity, unitsPerSku))
    .map(({ sku, held }) => ({ sku, held, most: unitsPerSku }))
}
