import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import { guest } from '../../../schemas/guest.ts'
import type { events } from '../../../schemas/shipping.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'

type Dispatched = Envelope<DataOf<typeof events.shipmentDispatched | typeof events.shipmentPartDispatched>>

/** Lets the customer know that a parcel has left, with whom and under which number. */
export const announceParcel =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data }: Dispatched): Promise<void> => {
    const { orderId, customerId = guest, carrier, trackingNumber } = data
    if (customerId === guest) return
    const values = {
      ...(carrier !== undefined && { carrier }),
      ...(trackingNumber !== undefined && { trackingNumber }),
    }
    const kind = 'parcel_shipped'
    await store.write(writeOf({ box: { userId: customerId }, at: Date.parse(time), source, orderId, kind, values }))
  }
