import { events } from '../../schemas/notifications.ts'
import { withActions } from '../runtime/actions.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { ToEvent } from '../runtime/relay.ts'

/** What operators and keys have changed: notifications publishes nothing else. */
export const toEvent: ToEvent = withActions(events.actionRecorded, (_, name) => {
  throw new NotKnownYet(`${name} is not an event of notifications.`)
})
