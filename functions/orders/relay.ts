import { liveBus, liveDeadLetters, liveStore, unmarshallImage } from '../runtime/live.ts'
import { relay } from '../runtime/relay.ts'
import { tellOrder } from './tell.ts'

/** The stream of the table of orders. */
export const handler = relay(() => ({
  tell: tellOrder(liveStore()),
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
