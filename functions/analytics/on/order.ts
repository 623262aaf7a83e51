import type { DataOf, Envelope, EventContract } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/orders.ts'
import type { HandlersOf } from '../../runtime/events.ts'
import type { Closing } from '../core/counted-order.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { type SoldLine, countOrder } from '../store/order-item.ts'

type Placed = DataOf<typeof events.orderPlaced>
type OrderEvent = Envelope<DataOf<typeof events.orderConfirmed | typeof events.orderCancelled>>
type Consumed = (typeof events)[
  | 'orderPlaced'
  | 'orderConfirmed'
  | 'orderRejected'
  | 'orderPaymentFailed'
  | 'orderCancelled'
  | 'orderExpired'
  | 'orderShipped'
  | 'orderCompleted']

/** Counts what becomes of orders, each fact at the time of its event. */
export function onOrder(deps: AnalyticsDeps): HandlersOf<Consumed & EventContract> {
  const happened = (name: 'confirmed' | 'shipped' | 'completed') => (event: OrderEvent) =>
    countOrder(deps, event, { name, at: Date.parse(event.time), total: event.data.total })
  const closed = (as: Closing) => (event: OrderEvent) =>
    countOrder(deps, event, { name: 'closed', as, at: Date.parse(event.time), total: event.data.total })
  return {
    'order.placed': (event) => {
      const { placedAt, total } = event.data
      const lines = linesOf(event.data)
      const units = lines.reduce((sum, [, quantity]) => sum + quantity, 0)
      return countOrder(deps, event, { name: 'placed', at: Date.parse(placedAt), total, units }, lines)
    },
    'order.confirmed': happened('confirmed'),
    'order.shipped': happened('shipped'),
    'order.completed': happened('completed'),
    'order.rejected': closed('rejected'),
    'order.payment_failed': closed('paymentFailed'),
    'order.cancelled': closed('cancelled'),
    'order.expired': closed('expired'),
  }
}

/** The lines with their prices. The last release publishes none: then they are known where there is one line. */
function linesOf({ lines, prices, total }: Placed): readonly SoldLine[] {
  const [only, ...others] = lines
  if (prices === undefined && only && others.length === 0) return [[...only, total.amount / only[1]]]
  return lines.map(([sku, units], index) => {
    const price = prices?.[index]
    return price === undefined ? [sku, units] : [sku, units, price]
  })
}
