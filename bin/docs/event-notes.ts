import type { EventContract, Service } from '../../schemas/contract.ts'
import type { topology } from '../../schemas/topology.ts'

/** A published system whose events have a counterpart here. */
interface SourceSystem {
  readonly name: string
  /** On GitHub. */
  readonly repository: string
  readonly kind: string
}

export const systems = {
  A: {
    name: 'SynasisHouse',
    repository: 'ymanshur/synasishouse',
    kind: 'an order and an inventory service over gRPC, with one message that RabbitMQ delays by 24 hours',
  },
  B: {
    name: 'Microservices Experimental',
    repository: 'coregatekit/microservices',
    kind: 'five services in as many languages over HTTP, with a few events on Kafka',
  },
  C: {
    name: 'E-commerce Microservice',
    repository: 'EdwardLTC/e-commerce-microservice',
    kind: 'a gateway in front of a choreography saga on Kafka, with Avro schemas in a registry',
  },
  D: {
    name: 'Petstore Microservice',
    repository: 'Dogacel/petstore-microservice',
    kind: 'a pet store over publish and subscribe',
  },
  E: {
    name: 'Synkro',
    repository: 'caiotheodoro/synkro',
    kind: 'inventory and logistics over gRPC, with events on RabbitMQ',
  },
} as const satisfies Readonly<Record<string, SourceSystem>>
export type System = keyof typeof systems

/** What the contract of an event does not contain. */
export interface EventNote {
  /** When its owner publishes it, and whether it does so again; continues `Published by orders`. */
  readonly published: string
  /** What the same fact is called in other systems. */
  readonly elsewhere: Readonly<Partial<Record<System, readonly string[]>>>
}

type ContractsOf<Owner extends Service> = Owner extends Service
  ?
      | (typeof topology)[Owner]['events'][keyof (typeof topology)[Owner]['events']]
      | (typeof topology)[Owner]['timers'][number]
  : never
type Name = Extract<ContractsOf<Service>, EventContract>['name']

const untilBack = 'again until its stock and its money are back'

const action: EventNote = {
  published: 'with the first change that a request of an operator or a key makes, and with none of its others',
  elsewhere: {},
}

/** By the name of the event or timer: one for each. */
export const notes: Readonly<Record<Name, EventNote>> = {
  'product.created': {
    published: 'when an operator creates a product, also after its deletion',
    elsewhere: { D: ['PET_*'] },
  },
  'product.updated': { published: 'with each change of a product', elsewhere: { D: ['PET_*'] } },
  'product.deleted': { published: 'once inventory has let go of its stock', elsewhere: { D: ['PET_*'] } },

  'stock.reserved': {
    published: 'when all that an order or a reservation asked for is held; again when it is asked for again',
    elsewhere: { C: ['stock.reduction.success'], D: ['PET_*'], E: ['InventoryReserved'] },
  },
  'stock.refused': {
    published: 'in place of `stock.reserved` when a line is short; again when it is asked for again',
    elsewhere: { C: ['stock.reduction.fail'] },
  },
  'stock.backordered': {
    published:
      'in place of `stock.refused` when an order may wait for what is short; again when it is asked for again, and with each other estimate',
    elsewhere: {},
  },
  'stock.awaited': {
    published:
      'when more of a sku is there than its waiting orders had, when an order joins before others and may have what these wait for, and when a run leaves the rest of a queue',
    elsewhere: {},
  },
  'stock.expected': {
    published: 'when what is expected of a sku that orders wait for, or the promise of its product, changes',
    elsewhere: {},
  },
  'stock.committed': {
    published: 'when a confirmed order, or a reservation, takes what was held; again when it is asked for again',
    elsewhere: {},
  },
  'stock.released': {
    published: 'when an order closes or a hold ends, also where nothing was held yet; again when it is asked for again',
    elsewhere: { E: ['InventoryReleased'] },
  },
  'stock.adjusted': {
    published:
      'with each adjustment, for both warehouses of a transfer, and when units become unavailable or are no longer',
    elsewhere: { E: ['InventoryUpdated'] },
  },
  'stock.low': {
    published:
      'when the mark of the product, or of one warehouse, is passed downwards, or rises to what is there; not again before it was passed upwards',
    elsewhere: {},
  },
  'stock.replenished': {
    published: 'when the first units can be sold again, or more than the mark of one warehouse',
    elsewhere: {},
  },
  'stock.item_retired': { published: 'when an operator deletes a product', elsewhere: {} },

  'order.placed': {
    published: 'when the order is written; again while inventory has not answered',
    elsewhere: { B: ['Order Created'], C: ['order.created'], E: ['OrderCreated'] },
  },
  'order.backordered': {
    published: 'when the order begins to wait for its stock',
    elsewhere: { E: ['OrderStatusChanged'] },
  },
  'order.reserved': {
    published:
      'when inventory holds the stock; again while payments has not answered, if money comes without asking anybody',
    elsewhere: { E: ['OrderStatusChanged'] },
  },
  'order.confirmed': {
    published:
      'when both stock and payment, or approval, are there; again until the stock is committed, the money taken and the parcels made',
    elsewhere: { E: ['OrderStatusChanged'] },
  },
  'order.address': {
    published: 'with each `order.confirmed` of an order that has an address, or too many lines to know without a read',
    elsewhere: {},
  },
  'order.rejected': {
    published: `when inventory refuses the stock, or gives it up; ${untilBack}`,
    elsewhere: { E: ['OrderStatusChanged'] },
  },
  'order.payment_failed': {
    published: `when payments gives up; ${untilBack}`,
    elsewhere: { E: ['OrderStatusChanged'] },
  },
  'order.cancelled': {
    published: `when somebody cancels before dispatch; ${untilBack}`,
    elsewhere: { E: ['OrderCancelled', 'OrderStatusChanged'] },
  },
  'order.expired': {
    published: `when \`expiresAt\` has passed; ${untilBack}`,
    elsewhere: { E: ['OrderStatusChanged'] },
  },
  'order.shipped': {
    published: 'with the last parcel that leaves',
    elsewhere: { B: ['Order Shipped'], E: ['OrderStatusChanged'] },
  },
  'order.delivered': { published: 'with the last parcel that arrives', elsewhere: { E: ['OrderStatusChanged'] } },
  'order.completed': {
    published: 'with `order.delivered`, unless the payment has failed since',
    elsewhere: { C: ['order.completed'], E: ['OrderStatusChanged'] },
  },
  'order.returned': {
    published: 'with each return to an order that stands; again until its price has gone back',
    elsewhere: {},
  },

  'order.forgotten': {
    published: 'once the person of an order is erased and nothing of it is under way, or after 90 days',
    elsewhere: {},
  },
  'order.changed': {
    published: 'with each line of an order that stands, or some of its units, that is cancelled',
    elsewhere: {},
  },

  'payment.card_token': {
    published: 'with each `order.reserved` of an order that a card pays whose token came with it',
    elsewhere: {},
  },
  'payment.requested': { published: 'before a card provider is asked', elsewhere: {} },
  'payment.authorized': { published: 'when the card provider reports it, at once or by its webhook', elsewhere: {} },
  'payment.completed': {
    published: 'at once where a wallet pays; from a card or by hand, when the order is confirmed',
    elsewhere: { B: ['Payment Completed'], C: ['payment.completed'], E: ['PaymentProcessed'] },
  },
  'payment.declined': { published: 'with each declined card but the last', elsewhere: {} },
  'payment.failed': {
    published: 'when no further attempt is possible',
    elsewhere: { C: ['payment.fail'], E: ['PaymentFailed'] },
  },
  'payment.voided': { published: 'when an order closes, also where its payment had not begun', elsewhere: {} },
  'payment.refunded': {
    published: 'with each sum that goes back: of an order that closed, for returned goods, or by an operator',
    elsewhere: {},
  },
  'payment.refund_failed': {
    published:
      'with each refund that the provider or the wallet refuses, and with each that comes back after it was done',
    elsewhere: {},
  },
  'wallet.changed': { published: 'with each deposit, payment, refund and correction', elsewhere: {} },

  'shipment.created': {
    published:
      'for each warehouse, once its order is confirmed and the stock committed; again when it is asked for again',
    elsewhere: { E: ['ShipmentCreated'] },
  },
  'shipment.dispatched': { published: 'when a warehouse reports it', elsewhere: { E: ['ShipmentStatusChanged'] } },
  'shipment.part_dispatched': {
    published: 'in its place, where the warehouse sends the order in several parcels',
    elsewhere: { E: ['ShipmentStatusChanged'] },
  },
  'shipment.delivered': { published: 'when an operator reports it', elsewhere: { E: ['ShipmentStatusChanged'] } },
  'shipment.failed': {
    published: 'when an operator reports it; another try may follow',
    elsewhere: { E: ['ShipmentStatusChanged'] },
  },
  'shipment.withdrawn': {
    published: 'when an operator reports that a parcel which has not left never will',
    elsewhere: {},
  },
  'shipment.part_withdrawn': {
    published: 'in its place, where the warehouse sends the order in several parcels',
    elsewhere: {},
  },
  'shipment.reduced': {
    published: 'when units are cancelled of a parcel that has not left, and more is in it',
    elsewhere: {},
  },
  'shipment.returned': {
    published: 'with each return, of all or some of a parcel',
    elsewhere: { E: ['ShipmentStatusChanged'] },
  },
  'shipment.part_returned': {
    published: 'in its place, where the warehouse sends the order in several parcels',
    elsewhere: { E: ['ShipmentStatusChanged'] },
  },
  'shipment.address': {
    published: 'when parcels of which none has left go to another address',
    elsewhere: {},
  },
  'shipment.order_cancelled': {
    published: 'when somebody cancels a confirmed order of which no parcel has left',
    elsewhere: {},
  },
  'shipment.cancelled': {
    published:
      'when an order closes that had been confirmed, and calls back the parcels that had left; again when it is asked for again',
    elsewhere: {},
  },
  'shipment.rest_cancelled': {
    published: 'in its place, where a warehouse has sent a part of what it had',
    elsewhere: {},
  },

  'user.registered': {
    published: 'when somebody registers, or signs in with an account that the directory had before',
    elsewhere: {},
  },
  'user.updated': { published: 'with each change of a profile, and when a sign-in brings other roles', elsewhere: {} },
  'user.contact': {
    published: 'when an address is proven or gives way to another one, and when a user switches mails off or on',
    elsewhere: {},
  },

  'user.erased': { published: 'when the time of grace of an account is over', elsewhere: {} },

  'action.catalog_recorded': action,
  'action.inventory_recorded': action,
  'action.orders_recorded': action,
  'action.payments_recorded': action,
  'action.shipping_recorded': action,
  'action.users_recorded': action,
  'action.notifications_recorded': action,

  'timer.hold_ended': {
    published: 'by a one-time schedule, at `expiresAt` of the order',
    elsewhere: { A: ['AutoCancelOrder'] },
  },
}

/** The note of an event. Throws for an event that has none. */
export function noteOf({ name }: Pick<EventContract, 'name'>): EventNote {
  const note = (notes as Readonly<Record<string, EventNote>>)[name]
  if (note === undefined)
    throw new Error(
      `${name} has no entry in bin/docs/event-notes.ts: when is it published, what is it called elsewhere?`,
    )
  return note
}
