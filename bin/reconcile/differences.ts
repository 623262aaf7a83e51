import type { Bucket } from '../../functions/inventory/core/level.ts'
import { buckets } from '../../functions/inventory/core/movement.ts'
import type { ReservationItem } from '../../functions/inventory/store/reservation-item.ts'
import { pending } from '../../functions/orders/core/pending.ts'
import type { Order } from '../../functions/orders/core/order.ts'
import { isClosed, status } from '../../functions/orders/core/status.ts'
import { capturedOf, refundedOf } from '../../functions/payments/core/money.ts'
import type { Payment } from '../../functions/payments/core/payment.ts'
import type { ReservationStatus } from '../../schemas/reservation.ts'

/** Units by bucket. */
export type Units = Readonly<Record<Bucket, number>>

/** Units on their way to a warehouse: from suppliers, and from other warehouses. */
export interface Coming {
  readonly expected: number
  readonly inTransit: number
}

/** What the items beside a stock item make of one of its levels. */
export interface Others {
  /** What reservations hold of it. */
  readonly held: Units
  /** What is left of inbounds and transfers to it. */
  readonly supplies: Coming
}

/** A level, and what its movements make of it. */
export interface KnownLevel {
  readonly level: Units
  /** What it counts as on its way here. */
  readonly coming: Coming
  readonly moved: Units
  /** What its item takes its movements to make; the next version records what the level has beside it as a movement. */
  readonly recorded: Units
}

/** What does not fit together. `of` names what it is about, the same each time. */
export interface Difference {
  readonly kind: 'level' | 'ledger' | 'held' | 'coming' | 'order' | 'money'
  readonly of: string
  readonly detail: string
}

export const noUnits: Units = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }
export const noneComing: Coming = { expected: 0, inTransit: 0 }
export const noOthers: Others = { held: noUnits, supplies: noneComing }

const text = (units: Units): string => buckets.map((bucket) => `${units[bucket]} ${bucket}`).join(', ')

/** What is wrong with a level by itself, against its movements, and against what reservations hold of it and supplies bring to it. */
export function ofLevel(
  of: string,
  { level, moved, coming }: KnownLevel,
  { held, supplies }: Others,
): readonly Difference[] {
  const isImpossible = buckets.some((bucket) => !Number.isInteger(level[bucket]) || level[bucket] < 0)
  const isMoved = buckets.every((bucket) => level[bucket] === moved[bucket])
  const isHeld = level.reserved === held.reserved && level.allocated === held.allocated
  const isComing = coming.expected === supplies.expected && coming.inTransit === supplies.inTransit
  const found = [
    isImpossible && (['level', `there are ${text(level)}`] as const),
    !isMoved && (['ledger', `there are ${text(level)}; movements make ${text(moved)}`] as const),
    !isHeld &&
      ([
        'held',
        `${level.reserved} are reserved and ${level.allocated} allocated; reservations hold ${held.reserved} and ${held.allocated}`,
      ] as const),
    !isComing &&
      ([
        'coming',
        `${coming.expected} are expected and ${coming.inTransit} in transit; supplies bring ${supplies.expected} and ${supplies.inTransit}`,
      ] as const),
  ]
  return found.flatMap((each) => (each ? [{ kind: each[0], of, detail: each[1] }] : []))
}

/** Statuses of the reservation of an order of which nothing is under way: closed, waiting for its stock, confirmed, and reserved. */
const fits: Readonly<Record<'closed' | 'waiting' | 'paid' | 'held', readonly ReservationStatus[]>> = {
  closed: ['released', 'refused', 'shipped'],
  waiting: ['waiting'],
  paid: ['committed', 'shipped', 'released'],
  held: ['held'],
}

/** What is wrong between an order at rest and its reservation. */
export function ofOrder(order: Order, reservation: ReservationItem | undefined): readonly Difference[] {
  const is = status(order.facts)
  const stands = isClosed(order.facts)
    ? 'closed'
    : is === 'backordered'
      ? 'waiting'
      : is === 'reserved'
        ? 'held'
        : order.facts.payment === 'paid'
          ? 'paid'
          : undefined
  if (pending(order).length > 0 || stands === undefined) return []
  const has = reservation?.status ?? 'none'
  if ((fits[stands] as readonly string[]).includes(has)) return []
  if (has === 'none' && order.facts.stock === 'refused') return []
  return [{ kind: 'order', of: order.id, detail: `the order is ${is}, its reservation ${has}` }]
}

/** What is wrong between an order at rest and its payment. */
export function ofMoney(order: Order, payment: Payment | undefined): readonly Difference[] {
  if (pending(order).length > 0 || order.method === 'manual') return []
  const kept = payment ? capturedOf(payment) - refundedOf(payment) : 0
  const of = order.id
  if (kept !== order.payment.kept)
    return [{ kind: 'money', of, detail: `payments keep ${kept}, the order knows of ${order.payment.kept}` }]
  if (payment && payment.amount.amount !== order.total.amount)
    return [
      {
        kind: 'money',
        of,
        detail: `the payment is of ${payment.amount.amount}, the order costs ${order.total.amount}`,
      },
    ]
  return []
}
