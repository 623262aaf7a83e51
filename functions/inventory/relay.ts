import { liveBus, liveDeadLetters, unmarshallImage } from '../runtime/aws-wiring.ts'
import { relay } from '../runtime/relay.ts'
import { toEvent } from './outbox-events.ts'

/** The stream of inventory's table. */
export const handler = relay(() => ({
  toEvent,
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
