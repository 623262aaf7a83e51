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
  async ({ id: source, time, data: { orderId, customerId, number } }: OfOrder): Promise<void> => {
    if (customerId === guest) return
    const message = { box: { userId: customerId }, at: Date.parse(time), source, orderId, kind, values: { number } }
    await store.write(writeOf(message))
  }

/** Lets the customer know that an order waits, and until when it is expected to. */
export const announceWait =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data }: Backordered): Promise<void> => {
    const { orderId, customerId, number, estimatedAt } = data
    if (customerId === guest) return
    const values = { number, ...(estimatedAt !== undefined && { estimatedAt }) }
    const kind = 'order_backordered'
    await store.write(writeOf({ box: { userId: customerId }, at: Date.parse(time), source, orderId, kind, values }))
  }

/** Plans the warning that a hold ends. */
export const planWarning =
  ({ store }: NotificationsDeps) =>
  async ({ time, data: { orderId, customerId, number, expiresAt, payment } }: Reserved): Promise<void> => {
    const at = warningAt(payment.method, Date.parse(time), Date.parse(expiresAt))
    if (at === undefined || customerId === guest) return
    await store.write(planned(orderId, { customerId, number, expiresAt, at }))
  }

/** The order is held for its payment no longer: the customer knows how it went on, and is warned no more. */
export const announceEnd = (deps: NotificationsDeps, kind: Plain) => {
  const announced = announce(deps, kind)
  return async (event: OfOrder): Promise<void> => {
    await deps.store.write(over(event.data.orderId, deps.clock.now()))
    await announced(event)
  }
}
