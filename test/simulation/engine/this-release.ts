import { consumer as consumeCatalog } from '../../../functions/catalog/events.ts'
import { sweepPhotos } from '../../../functions/catalog/on/due.ts'
import { toEvent as catalogEvents } from '../../../functions/catalog/outbox-events.ts'
import { consumer as consumeInventory } from '../../../functions/inventory/events.ts'
import { expire } from '../../../functions/inventory/on/due.ts'
import { toEvent as inventoryEvents } from '../../../functions/inventory/outbox-events.ts'
import { consumer as consumeOrders } from '../../../functions/orders/events.ts'
import { sweepOrders } from '../../../functions/orders/on/due.ts'
import { orderEvents } from '../../../functions/orders/outbox-events.ts'
import { consumer as consumePayments } from '../../../functions/payments/events.ts'
import { sweepPayments } from '../../../functions/payments/on/due.ts'
import { toEvent as paymentEvents } from '../../../functions/payments/outbox-events.ts'
import { type Consumer, receiver } from '../../../functions/runtime/events.ts'
import { type ToEvent, relayer, respill } from '../../../functions/runtime/relay.ts'
import { consumer as consumeShipping } from '../../../functions/shipping/events.ts'
import { toEvent as shippingEvents } from '../../../functions/shipping/outbox-events.ts'
import { sweepUsers } from '../../../functions/users/on/due.ts'
import { toEvent as userEvents } from '../../../functions/users/outbox-events.ts'
import type { EventContract } from '../../../schemas/contract.ts'
import { topology } from '../../../schemas/topology.ts'
import type { Reach, Simulated } from './services.ts'

/** One release of a service: its rule, and its functions that handle events. */
export interface Release {
  /** What its rule lets pass. */
  readonly subscribed: readonly EventContract[]
  /** What its consumer knows. */
  readonly known: readonly EventContract[]
  readonly events: (reach: Reach) => Consumer
  readonly toEvent: (reach: Reach) => ToEvent
  readonly sweep?: (reach: Reach) => Promise<unknown>
  readonly receiver: typeof receiver
  readonly relayer: typeof relayer
  readonly respill: typeof respill
}

export { logger, metrics } from '../../../functions/runtime/log.ts'

const runtime = { receiver, relayer, respill }
const listOf = ({ consumes, timers }: (typeof topology)[keyof typeof topology]) => ({
  subscribed: consumes,
  known: [...consumes, ...timers],
})

/** The code that is shipped. The bundle of a release keeps it, for the next one to run beside. */
export const thisRelease = {
  catalog: {
    ...runtime,
    ...listOf(topology.catalog),
    events: consumeCatalog,
    toEvent: () => catalogEvents,
    sweep: sweepPhotos,
  },
  inventory: {
    ...runtime,
    ...listOf(topology.inventory),
    events: consumeInventory,
    toEvent: () => inventoryEvents,
    sweep: expire,
  },
  orders: {
    ...runtime,
    ...listOf(topology.orders),
    events: consumeOrders,
    toEvent: ({ store }) => orderEvents(store),
    sweep: sweepOrders,
  },
  payments: {
    ...runtime,
    ...listOf(topology.payments),
    events: consumePayments,
    toEvent: () => paymentEvents,
    sweep: sweepPayments,
  },
  shipping: { ...runtime, ...listOf(topology.shipping), events: consumeShipping, toEvent: () => shippingEvents },
  users: {
    ...runtime,
    ...listOf(topology.users),
    events: () => async () => [],
    toEvent: () => userEvents,
    sweep: sweepUsers,
  },
} as const satisfies Record<Simulated, Release>
