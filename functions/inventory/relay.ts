import { liveRelay } from '../runtime/aws-wiring.ts'
import { relay } from '../runtime/relay.ts'
import { toEvent } from './outbox-events.ts'

/** The stream of inventory's table. */
export const handler = relay(() => ({
  toEvent,
  ...liveRelay(),
}))
