import { liveRelay } from '../runtime/aws-wiring.ts'
import { relay } from '../runtime/relay.ts'
import { toEvent } from './outbox-events.ts'

/** The stream of the table of notifications, which has what operators change. */
export const handler = relay(() => ({
  toEvent,
  ...liveRelay(),
}))
