import type { OrderInput } from '../../schemas/order-input.ts'
import type { OrderStatus } from '../../schemas/order-status.ts'

/** How the orders of a day are paid: from wallets that were filled before, by cards of the sandbox, by an operator's approval, or not. */
export const payPlans = ['wallet', 'card', 'manual', 'none'] as const
export type PayPlan = (typeof payPlans)[number]

/** What becomes of the orders of a day once their stock is held. Without payment nothing ships. */
export interface Course {
  readonly pay: PayPlan
  readonly ship: boolean
}

/** The payment of an order of the day. */
export const paymentOf: Readonly<Record<PayPlan, OrderInput['payment']>> = {
  wallet: { method: 'wallet' },
  card: { method: 'card', token: 'tok_accepted' },
  manual: { method: 'manual' },
  none: { method: 'manual' },
}

/** Where every order should end whose stock is held. */
export type Goal = 'reserved' | 'confirmed' | 'completed'

export function goalOf({ pay, ship }: Course): Goal {
  if (pay === 'none') return 'reserved'
  return ship ? 'completed' : 'confirmed'
}

/** The statuses from which an order still comes to the goal by itself. */
export const before: Readonly<Record<Goal, ReadonlySet<OrderStatus>>> = {
  reserved: new Set(['placed', 'backordered']),
  confirmed: new Set(['placed', 'backordered', 'reserved']),
  completed: new Set(['placed', 'backordered', 'reserved', 'confirmed', 'partially_shipped', 'shipped', 'delivered']),
}
