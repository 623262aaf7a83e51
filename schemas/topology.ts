import * as analytics from './analytics.ts'
import * as audit from './audit.ts'
import * as catalog from './catalog.ts'
import type { EventContract, Routes, Service } from './contract.ts'
import * as inventory from './inventory.ts'
import * as notifications from './notifications.ts'
import * as orders from './orders.ts'
import * as payments from './payments.ts'
import * as shipping from './shipping.ts'
import * as users from './users.ts'

/** The routes that a service serves, the events that it publishes and those that it consumes. */
export interface ServiceContract {
  readonly routes: Routes
  readonly events: Readonly<Record<string, EventContract>>
  /** Events of the bus that reach its queue. */
  readonly consumes: readonly EventContract[]
  /** Messages that its own schedules put into its queue. */
  readonly timers: readonly EventContract[]
}

/**
 * Who consumes what: the map of the system. The rules of the template, the local stack, the simulation and the pictures in
 * the documents are made from it.
 */
export const topology = {
  catalog: {
    routes: catalog.routes,
    events: catalog.events,
    consumes: [inventory.events.stockItemRetired],
    timers: [],
  },
  inventory: {
    routes: inventory.routes,
    events: inventory.events,
    consumes: [
      orders.events.orderPlaced,
      orders.events.orderConfirmed,
      orders.events.orderCancelled,
      orders.events.orderExpired,
      orders.events.orderPaymentFailed,
      shipping.events.shipmentDispatched,
      shipping.events.shipmentReturned,
      shipping.events.shipmentCancelled,
      shipping.events.shipmentPartDispatched,
      shipping.events.shipmentPartReturned,
      shipping.events.shipmentPartWithdrawn,
      shipping.events.shipmentRestCancelled,
      shipping.events.shipmentWithdrawn,
      shipping.events.shipmentReduced,
      catalog.events.productCreated,
      catalog.events.productUpdated,
      inventory.events.stockAwaited,
      inventory.events.stockExpected,
    ],
    timers: [],
  },
  orders: {
    routes: orders.routes,
    events: orders.events,
    consumes: [
      inventory.events.stockReserved,
      inventory.events.stockBackordered,
      inventory.events.stockRefused,
      inventory.events.stockCommitted,
      inventory.events.stockReleased,
      payments.events.paymentRequested,
      payments.events.paymentAuthorized,
      payments.events.paymentCompleted,
      payments.events.paymentDeclined,
      payments.events.paymentFailed,
      payments.events.paymentVoided,
      payments.events.paymentRefunded,
      payments.events.paymentRefundFailed,
      shipping.events.shipmentCreated,
      shipping.events.shipmentDispatched,
      shipping.events.shipmentDelivered,
      shipping.events.shipmentReturned,
      shipping.events.shipmentWithdrawn,
      shipping.events.shipmentReduced,
      shipping.events.shipmentPartDispatched,
      shipping.events.shipmentPartReturned,
      shipping.events.shipmentPartWithdrawn,
      shipping.events.shipmentAddress,
      shipping.events.shipmentOrderCancelled,
      catalog.events.productCreated,
      catalog.events.productUpdated,
      catalog.events.productDeleted,
      users.events.userRegistered,
      users.events.userUpdated,
      users.events.userErased,
    ],
    timers: [orders.timers.holdEnded],
  },
  payments: {
    routes: payments.routes,
    events: payments.events,
    consumes: [
      orders.events.orderReserved,
      orders.events.orderBackordered,
      orders.events.paymentCardToken,
      orders.events.orderConfirmed,
      orders.events.orderCancelled,
      orders.events.orderExpired,
      orders.events.orderPaymentFailed,
      orders.events.orderReturned,
      orders.events.orderForgotten,
      users.events.userRegistered,
      users.events.userUpdated,
      users.events.userErased,
    ],
    timers: [],
  },
  shipping: {
    routes: shipping.routes,
    events: shipping.events,
    consumes: [
      orders.events.orderConfirmed,
      orders.events.orderAddress,
      orders.events.orderCancelled,
      orders.events.orderPaymentFailed,
      orders.events.orderForgotten,
      inventory.events.stockCommitted,
    ],
    timers: [],
  },
  users: { routes: users.routes, events: users.events, consumes: [], timers: [] },
  audit: {
    routes: audit.routes,
    events: {},
    consumes: [
      catalog.events.actionRecorded,
      inventory.events.actionRecorded,
      orders.events.actionRecorded,
      payments.events.actionRecorded,
      shipping.events.actionRecorded,
      users.events.actionRecorded,
      notifications.events.actionRecorded,
    ],
    timers: [],
  },
  notifications: {
    routes: notifications.routes,
    events: notifications.events,
    consumes: [
      orders.events.orderPlaced,
      orders.events.orderBackordered,
      orders.events.orderReserved,
      orders.events.orderConfirmed,
      orders.events.orderRejected,
      orders.events.orderPaymentFailed,
      orders.events.orderCancelled,
      orders.events.orderExpired,
      orders.events.orderDelivered,
      shipping.events.shipmentDispatched,
      shipping.events.shipmentPartDispatched,
      payments.events.paymentRefunded,
      payments.events.paymentRefundFailed,
      inventory.events.stockLow,
      inventory.events.stockReplenished,
      users.events.userContact,
      users.events.userErased,
    ],
    timers: [],
  },
  analytics: {
    routes: analytics.routes,
    events: {},
    consumes: [
      orders.events.orderPlaced,
      orders.events.orderConfirmed,
      orders.events.orderRejected,
      orders.events.orderPaymentFailed,
      orders.events.orderCancelled,
      orders.events.orderExpired,
      orders.events.orderShipped,
      orders.events.orderCompleted,
      payments.events.paymentFailed,
      payments.events.paymentVoided,
      payments.events.paymentRefunded,
      payments.events.paymentRefundFailed,
      catalog.events.productCreated,
      catalog.events.productUpdated,
    ],
    timers: [],
  },
} as const satisfies Record<Service, ServiceContract>

/** Every event of the bus, by service. */
export const allEvents: readonly EventContract[] = Object.values(topology).flatMap((service: ServiceContract) =>
  Object.values(service.events),
)

/** What everybody outside may know of: all but private events, and those of users. */
export const publicEvents: readonly EventContract[] = allEvents.filter(
  ({ isPrivate, source }) => !isPrivate && source !== 'users',
)
