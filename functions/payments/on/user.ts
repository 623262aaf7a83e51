import type { events } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { HandlersOf, Received } from '../../runtime/events.ts'
import { learnUser } from '../../runtime/known-users.ts'
import type { PaymentDeps } from '../deps.ts'

type UserEvent = typeof events.userRegistered | typeof events.userUpdated

/** The users that operators may pay into the wallets of. */
export function onUser({ store, clock }: PaymentDeps): HandlersOf<UserEvent> {
  const learn = ({ id: cause, data }: Received<UserEvent>) => learnUser(store, data, { cause, at: timeOf(clock.now()) })
  return { 'user.registered': learn, 'user.updated': learn }
}
