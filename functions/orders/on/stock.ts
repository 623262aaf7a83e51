import { type Envelope, detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import { timers as contracts } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { TimerMessage } from '../../runtime/timers.ts'
import { changeOrder } from '../store/change-order.ts'
import { type Order, type OrderEvent, expire, status } from '../core/order.ts'
import type { HoldDeps } from '../deps.ts'

/** An answer of inventory. Without an order it belongs to a reservation of its own. */
type Answered = Envelope<{ readonly orderId?: string | undefined }>

/** Lets the order know what inventory answers, and sets or clears the timer of its hold. Throws when there is no such order. */
export async function followStock(
  { store, clock, timers }: HoldDeps,
  { id: cause, data: { orderId } }: Answered,
  event: OrderEvent,
): Promise<void> {
  if (orderId === undefined) return
  const now = clock.now()
  const order = await changeOrder(store, orderId, () => event, { at: now, cause, by: 'inventory' })
  if (order.expiresAt === undefined) return
  // Also after a duplicate: the first delivery may have died between the write and the timer.
  if (event.name === 'stock.reserved' && status(order.facts) === 'reserved')
    await timers.set(orderId, order.expiresAt, holdEnded(order, order.expiresAt, cause))
  if (event.name !== 'stock.reserved' && now < order.expiresAt) await timers.clear(orderId)
}

function holdEnded({ id }: Order, expiresAt: number, cause: string): TimerMessage {
  const { holdEnded: contract } = contracts
  return {
    source: sourceOf(contract),
    'detail-type': detailTypeOf(contract),
    detail: {
      id: `${id}/order/${contract.name}`,
      time: timeOf(expiresAt),
      correlationId: id,
      causationId: cause,
      data: { orderId: id },
    },
  }
}

/** Expires the order if its hold has run out unpaid; a timer that is early, late or doubled does nothing. */
export async function endHold(
  { store, clock }: HoldDeps,
  timer: Envelope<{ readonly orderId: string }>,
): Promise<void> {
  const now = clock.now()
  const origin = { at: now, cause: timer.id, by: 'orders' }
  await changeOrder(store, timer.data.orderId, (order) => expire(order, now), origin)
}
