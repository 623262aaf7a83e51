import type { Shortage } from '../../../schemas/reservation.ts'
import type { Reason } from '../../../schemas/order-reason.ts'
import type { events } from '../../../schemas/orders.ts'
import type { Facts, OrderStatus } from '../../../schemas/order-status.ts'
import type { FailureCode, PaymentMethod, PaymentStatus } from '../../../schemas/payment.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { Address, Money } from '../../../schemas/shared.ts'

/** Times are milliseconds since 1970. */
export interface Order {
  readonly id: string
  readonly customerId: string
  readonly placedAt: number
  readonly holdSeconds: number
  /** How long it may wait for what is short, from its placing on; without it, not at all. */
  readonly waitSeconds?: number
  /** It pays as soon as it waits; without it, once its stock is held. */
  readonly payAt?: 'placing'
  readonly lineCount: number
  readonly total: Money
  readonly method: PaymentMethod
  /** Of the card that pays as soon as stock is held. */
  readonly token?: string
  /** Whether there may be an address: it may lie beside the header. */
  readonly hasAddress?: true
  /** The last change of its address: 0 before it is confirmed, then the number that shipping gave the change. */
  readonly addressed?: AddressChange
  readonly facts: Facts
  readonly payment: PaymentSnapshot
  /** The value of what came back or will not be sent, in minor units, by the id of the return, shipment or cancellation; see `cancelled-lines.ts`. */
  readonly returns: ReadonlyMap<string, number>
  /** When the hold runs out; known once stock is held. */
  readonly expiresAt?: number
  /** When what it waits for is expected or promised. */
  readonly estimatedAt?: number
  /** So many estimates came before it; without it none. */
  readonly estimate?: number
  /** Why it closed. */
  readonly reason?: Reason
  /** Whether and how its person is forgotten. */
  readonly forgetting?: Forgetting
  /** Its number holds the time of placing; those of an older release do not. */
  readonly numbersTime?: true
  /** There are labels beside it, or were. */
  readonly hasLabels?: true
  /** When it last changed in any way, where it stands in the lists that go by status and by change. */
  readonly changedAt?: number
  /** One entry for each status that it had, the first is `placed`. */
  readonly history: readonly Entry[]
}

/** What becomes of an order whose person is erased. Times are milliseconds since 1970. */
export interface Forgetting {
  /** When the person was erased. */
  readonly since: number
  /** How long the law asks for its addresses. */
  readonly addressUntil: number
  /** What is gone already: what somebody wrote, the card and the guest first, then the addresses, too. */
  readonly gone: Gone
}

export const goneSteps = ['nothing', 'words', 'all'] as const
export type Gone = (typeof goneSteps)[number]

/** What the order knows of its payment beyond the fact, as of the payment's `version`. Amounts are minor units. */
export interface PaymentSnapshot {
  /** 0 before the first event of payments. */
  readonly version: number
  readonly captured: boolean
  /** What came and did not go back, for whatever reason. */
  readonly kept: number
  readonly refundedForReturns: number
}

export interface Entry extends Origin {
  readonly status: OrderStatus
}

/** What was ordered, at the prices of that moment; only the address that it is shipped to may change. */
export interface Contents {
  readonly lines: readonly Line[]
  readonly shippingAddress?: Address | undefined
  readonly billingAddress?: Address | undefined
  readonly notes?: string | undefined
  /** The warehouses that it may ship from, where it names some. */
  readonly shipFrom?: readonly string[] | undefined
  /** The hold without an order that it takes over. */
  readonly reservationId?: string | undefined
}

export interface Line {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  /** Of one unit, in minor units of the order's currency. */
  readonly price: number
}

/** What happens to an order: answers of other services, and decisions about it. */
export type OrderEvent =
  | { readonly name: 'stock.reserved'; readonly expiresAt: number }
  | { readonly name: 'stock.backordered'; readonly estimatedAt: number | undefined; readonly estimate: number }
  | {
      readonly name: 'stock.refused'
      readonly shortages: readonly Shortage[]
      /** Why, where nothing is short. */
      readonly refusal?: 'too_scattered' | 'hold_gone' | undefined
    }
  | { readonly name: 'stock.committed' }
  | { readonly name: 'stock.released' }
  | PaymentChanged
  | { readonly name: 'shipped'; readonly fulfilment: Facts['fulfilment'] }
  | {
      readonly name: 'returned'
      readonly fulfilment: Facts['fulfilment']
      readonly returnId: string
      /** What the customer paid for these goods, in minor units. */
      readonly value: number
    }
  | {
      readonly name: 'withdrawn'
      readonly fulfilment: Facts['fulfilment']
      readonly shipmentId: string
      /** What the customer paid for these goods, in minor units. */
      readonly value: number
      /** No parcel of the order has left or will. */
      readonly nothingSent: boolean
      /** Where its lines were cancelled: the last of them. */
      readonly cancelled?: Units | undefined
      /** And who cancelled it. */
      readonly by?: 'customer' | 'operator'
      readonly message?: string | undefined
    }
  | {
      readonly name: 'line_cancelled'
      readonly fulfilment: Facts['fulfilment']
      readonly id: string
      readonly cancelled: Units
      /** What the customer paid for these goods, in minor units. */
      readonly value: number
    }
  | { readonly name: 'readdressed'; readonly change: AddressChange }
  | { readonly name: 'approved' }
  | { readonly name: 'cancelled'; readonly by: 'customer' | 'operator'; readonly message?: string | undefined }
  /** What somebody wrote who had it cancelled. */
  | { readonly name: 'explained'; readonly message: string }
  | { readonly name: 'expired' }
  /** What it waits for has not come in time. */
  | { readonly name: 'unfilled' }
  /** Its person is erased. */
  | { readonly name: 'left'; readonly since: number; readonly addressUntil: number }

/** Another address: the id names the request for it, the number its place among others. */
export interface AddressChange {
  readonly id: string
  readonly number: number
  readonly address: Address
}

/** A sku of the order, and how many units of it. */
export type Units = readonly [sku: string, units: number]

/** How a payment stands; the higher version is the newer one and holds all that the older one held. */
export interface PaymentChanged {
  readonly name: 'payment'
  readonly version: number
  readonly status: PaymentStatus
  readonly failure?: FailureCode | undefined
  readonly kept: number
  readonly refundedForReturns: number
}

/** The names of the events that orders emit. */
export type OrderEventName = (typeof events)[keyof typeof events]['name']

/** The facts of every order at its beginning. */
export const initialFacts: Facts = { stock: 'requested', payment: 'none', closing: 'none', fulfilment: 'none' }

export const initialPayment: PaymentSnapshot = { version: 0, captured: false, kept: 0, refundedForReturns: 0 }

/** Whether money comes by itself once stock is held, without another request of the customer or an operator. */
export const paysItself = ({ method, token }: Pick<Order, 'method' | 'token'>): boolean =>
  method === 'wallet' || token !== undefined

/** When a wait for stock ends at the latest; undefined where the order does not wait for any. */
export const waitsUntil = ({ placedAt, waitSeconds }: Pick<Order, 'placedAt' | 'waitSeconds'>): number | undefined =>
  waitSeconds === undefined ? undefined : Math.floor(placedAt / 1_000 + waitSeconds) * 1_000

/** The price of everything that came back or will not be sent, in minor units; never more than the order. */
export function refundDue({ returns, total }: Order): number {
  let sum = 0
  for (const value of returns.values()) sum += value
  return Math.min(sum, total.amount)
}
