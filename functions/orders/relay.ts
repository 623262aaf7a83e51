import { liveBus, liveDeadLetters, liveStore, unmarshallImage } from '../runtime/aws-wiring.ts'
import { relay } from '../runtime/relay.ts'
import { orderEvents } from './outbox-events.ts'

/** The stream of the table of orders. */
export const handler = relay(() => ({
  toEvent: orderEvents(liveStore()),
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
