import { liveBus, liveDeadLetters, unmarshallImage } from '../runtime/live.ts'
import { relay } from '../runtime/relay.ts'
import { tell } from './tell.ts'

/** The stream of the table of payments. */
export const handler = relay(() => ({
  tell,
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
