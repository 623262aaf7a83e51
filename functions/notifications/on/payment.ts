import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import { guest } from '../../../schemas/guest.ts'
import type { events } from '../../../schemas/payments.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'

type Refunded = Envelope<DataOf<typeof events.paymentRefunded>>
type RefundFailed = Envelope<DataOf<typeof events.paymentRefundFailed>>

/** Lets the customer know how much has gone back so far. */
export const announceRefund =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data: { orderId, customerId, refunded } }: Refunded): Promise<void> => {
    if (customerId === guest) return
    const kind = 'money_refunded'
    await store.write(
      writeOf({ box: { userId: customerId }, at: Date.parse(time), source, orderId, kind, values: { refunded } }),
    )
  }

/** Lets those who see payments know that one waits for them. */
export const announceHold =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data: { orderId, failed } }: RefundFailed): Promise<void> => {
    const kind = 'payment_on_hold'
    const values = { orderId, reasons: failed.map(({ reason }) => reason) }
    await store.write(writeOf({ box: { scope: 'payments:read' }, at: Date.parse(time), source, orderId, kind, values }))
  }
