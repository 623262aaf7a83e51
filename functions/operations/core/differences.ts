import type { Bucket } from '../../inventory/core/level.ts'
import { buckets } from '../../inventory/core/movement.ts'
import { pending } from '../../orders/core/pending.ts'
import type { Order } from '../../orders/core/order.ts'
import { isClosed, status } from '../../orders/core/status.ts'
import { capturedOf, refundedOf } from '../../payments/core/money.ts'
import { type KnownCharge, knownCharges } from '../../payments/core/listed.ts'
import type { Payment } from '../../payments/core/payment.ts'
import type { OrderStatus } from '../../../schemas/order-status.ts'
import type { ReservationStatus } from '../../../schemas/reservation.ts'

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

export const kinds = ['level', 'ledger', 'held', 'coming', 'order', 'money', 'card'] as const

/** What does not fit together. `of` names what it is about, the same each time. */
export interface Difference {
  readonly kind: (typeof kinds)[number]
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

/** What is compared of an order: little, as all orders are kept at once. */
export interface ComparedOrder {
  readonly status: OrderStatus
  /** How its reservation must stand; undefined where that is not known, as answers are under way. */
  readonly stands: keyof typeof fits | undefined
  readonly isRefused: boolean
  /** What it knows of its payment, and costs, in the smallest unit; undefined where answers are under way, or where nothing is paid here. */
  readonly money: { readonly kept: number; readonly total: number } | undefined
}

/** What is compared of a payment, in the smallest unit. */
export interface ComparedPayment {
  readonly kept: number
  readonly amount: number
  /** Undefined while something is under way. */
  readonly charges: readonly KnownCharge[] | undefined
}

export function comparedOrder(order: Order): ComparedOrder {
  const is = status(order.facts)
  const rests = pending(order).length === 0
  return {
    status: is,
    stands: rests ? standsAs(order, is) : undefined,
    isRefused: order.facts.stock === 'refused',
    money: rests && order.method !== 'manual' ? { kept: order.payment.kept, total: order.total.amount } : undefined,
  }
}

function standsAs({ facts }: Order, is: OrderStatus): keyof typeof fits | undefined {
  if (isClosed(facts)) return 'closed'
  if (is === 'backordered') return 'waiting'
  if (is === 'reserved') return 'held'
  return facts.payment === 'paid' ? 'paid' : undefined
}

export const comparedPayment = (payment: Payment): ComparedPayment => ({
  kept: capturedOf(payment) - refundedOf(payment),
  amount: payment.amount.amount,
  charges: knownCharges(payment),
})

/** What is wrong between an order at rest and its reservation. */
export function ofOrder(
  of: string,
  { status: is, stands, isRefused }: ComparedOrder,
  reservation: ReservationStatus | undefined,
): readonly Difference[] {
  if (stands === undefined) return []
  const has = reservation ?? 'none'
  if ((fits[stands] as readonly string[]).includes(has)) return []
  if (has === 'none' && isRefused) return []
  return [{ kind: 'order', of, detail: `the order is ${is}, its reservation ${has}` }]
}

/** What is wrong between an order at rest and its payment. */
export function ofMoney(
  of: string,
  { money }: ComparedOrder,
  payment: ComparedPayment | undefined,
): readonly Difference[] {
  if (money === undefined) return []
  const kept = payment?.kept ?? 0
  if (kept !== money.kept)
    return [{ kind: 'money', of, detail: `payments keep ${kept}, the order knows of ${money.kept}` }]
  if (payment && payment.amount !== money.total)
    return [{ kind: 'money', of, detail: `the payment is of ${payment.amount}, the order costs ${money.total}` }]
  return []
}
