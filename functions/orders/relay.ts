import { liveRelay, liveStore } from '../runtime/aws-wiring.ts'
import { relay } from '../runtime/relay.ts'
import { orderEvents } from './outbox-events.ts'

/** The stream of the table of orders. */
export const handler = relay(() => ({
  toEvent: orderEvents(liveStore()),
  ...liveRelay(),
}))
