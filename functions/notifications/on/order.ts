import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import { guest } from '../../../schemas/guest.ts'
import type { NotificationKind } from '../../../schemas/notification.ts'
import type { events } from '../../../schemas/orders.ts'
import type { ValuesOf } from '../core/texts/values.ts'
import { warningAt } from '../core/warning.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'
import { over, planned } from '../store/warning-item.ts'

type OfOrder = Envelope<DataOf<typeof events.orderShipped>>
type Backordered = Envelope<DataOf<typeof events.orderBackordered>>
type Reserved = Envelope<DataOf<typeof events.orderReserved>>

/** The kinds that say no more than which order it is. */
type Plain = {
  [Kind in NotificationKind]: { number: string } extends ValuesOf[Kind] ? Kind : never
}[NotificationKind]

/** Lets the customer know of a step of an order. A guest has no inbox. */
export const announce =
  ({ store }: NotificationsDeps, kind: Plain) =>
  async ({ time, data: { orderId, customerId, number, since = time } }: OfOrder): Promise<void> => {
    if (customerId === guest) return
    const message = { ...stepOf(orderId, customerId, since), kind, values: { number } }
    await store.write(writeOf(message))
  }

/** A step of an order is one message, also when its event is emitted again and has another id: an order takes each step once. */
const stepOf = (orderId: string, userId: string, since: string) => ({
  box: { userId },
  at: Date.parse(since),
  source: orderId,
  orderId,
})

/** Lets the customer know that an order waits, and until when it is expected to. */
export const announceWait =
  ({ store }: NotificationsDeps) =>
  async ({ time, data }: Backordered): Promise<void> => {
    const { orderId, customerId, number, estimatedAt, since = time } = data
    if (customerId === guest) return
    const values = { number, ...(estimatedAt !== undefined && { estimatedAt }) }
    await store.write(writeOf({ ...stepOf(orderId, customerId, since), kind: 'order_backordered', values }))
  }

/** Plans the warning that a hold ends. */
export const planWarning =
  ({ store }: NotificationsDeps) =>
  async ({
    time,
    data: { orderId, customerId, number, expiresAt, payment, since = time },
  }: Reserved): Promise<void> => {
    const at = warningAt(payment.method, Date.parse(since), Date.parse(expiresAt))
    if (at === undefined || customerId === guest) return
    await store.write(planned(orderId, { customerId, number, expiresAt, at }))
  }

/** The order is held for its payment no longer: the customer knows how it went on, and is warned no more. */
export const announceEnd = (deps: NotificationsDeps, kind: Plain) => {
  const announced = announce(deps, kind)
  return async (event: OfOrder): Promise<void> => {
    await deps.store.write(over(event.data.orderId, deps.clock.now())) // mutant: warning-over
    await announced(event)
  }
}
