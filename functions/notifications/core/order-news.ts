import type { LiveFrame, LiveOrder } from '../../../schemas/live.ts'
import type { Facts, OrderStatus } from '../../../schemas/order-status.ts'
import type { Money } from '../../../schemas/shared.ts'
import { sequenceOf } from './sequence.ts'

/** An event of an order, as it is sent to those who follow it. */
export interface OrderNews {
  readonly id: string
  readonly type: string
  readonly time: string
  readonly orderId: string
  readonly sequence: number
  readonly customerId: string
  readonly order: LiveOrder
}

/** What every event of an order carries. */
interface OfOrder {
  readonly orderId: string
  readonly customerId: string
  readonly number: string
  readonly status: OrderStatus
  readonly facts: Facts
  readonly total: Money
  readonly totalLeft?: Money | undefined
  readonly lineCount?: number | undefined
}

export function newsOf(
  name: string,
  { id, time }: { readonly id: string; readonly time: string },
  data: OfOrder,
): OrderNews {
  const { orderId, customerId, number, status, facts, total, totalLeft = total, lineCount } = data
  return {
    id,
    type: name,
    time,
    orderId,
    sequence: sequenceOf(id),
    customerId,
    order: { id: orderId, number, status, facts, total: totalLeft, ...(lineCount !== undefined && { lineCount }) },
  }
}

/** What a connection gets of it. */
export const frameOf = ({ id, type, time, orderId, sequence, order }: OrderNews): LiveFrame => ({
  type: 'event',
  event: { id, type, time, orderId, sequence },
  order,
})

/** What of the order's representation goes to a connection first, and up to which event that reaches. */
export interface OrderState {
  readonly sequence: number
  readonly customerId: string
  readonly order: LiveOrder
}

/** The order without its lines: those that were cancelled in part stand in both lists. */
export function stateOf(body: OrderBody): OrderState {
  const { id, number, status, facts, total, customerId, sequence = 0, lines, cancelledLines = [] } = body
  const lineCount = new Set([...lines, ...cancelledLines].map(({ sku }) => sku)).size
  return { sequence, customerId, order: { id, number, status, facts, total, lineCount } }
}

/** The order as its route answers it. */
interface OrderBody extends Omit<LiveOrder, 'lineCount'> {
  readonly customerId: string
  readonly sequence?: number
  readonly lines: readonly { readonly sku: string }[]
  readonly cancelledLines?: readonly { readonly sku: string }[]
}
