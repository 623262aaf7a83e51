import { topology } from '../../schemas/topology.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import type { NotificationsDeps } from './deps.ts'
import { announce, announceEnd, announceWait, planWarning } from './on/order.ts'
import { announceHold, announceRefund } from './on/payment.ts'
import { announceParcel } from './on/shipment.ts'
import { announceLow, announceReplenished } from './on/stock.ts'
import { forgetInbox, learnContact } from './on/user.ts'

export const consumer = (deps: NotificationsDeps): Consumer =>
  oneByOne<(typeof topology.notifications.consumes)[number]>({
    'order.placed': announce(deps, 'order_placed'),
    'order.backordered': announceWait(deps),
    'order.reserved': planWarning(deps),
    'order.confirmed': announceEnd(deps, 'order_confirmed'),
    'order.rejected': announce(deps, 'order_rejected'),
    'order.payment_failed': announceEnd(deps, 'payment_failed'),
    'order.cancelled': announceEnd(deps, 'order_cancelled'),
    'order.expired': announceEnd(deps, 'order_expired'),
    'order.delivered': announce(deps, 'order_delivered'),
    'shipment.dispatched': announceParcel(deps),
    'shipment.part_dispatched': announceParcel(deps),
    'payment.refunded': announceRefund(deps),
    'payment.refund_failed': announceHold(deps),
    'stock.low': announceLow(deps),
    'stock.replenished': announceReplenished(deps),
    'user.contact': learnContact(deps),
    'user.erased': forgetInbox(deps),
  })

export const handler = events(topology.notifications.consumes, () => ({
  consumer: consumer(liveItems()),
  ...liveDelivery(),
}))
