import { textStandIn } from '../../schemas/retired.ts'
import { events } from '../../schemas/users.ts'
import { withActions } from '../runtime/actions.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { ToEvent } from '../runtime/relay.ts'
import { contactOf } from './core/user.ts'
import { type UserItem, userOf } from './store/user-item.ts'

/** The events of users, from the profile that they ride in. */
export const toEvent: ToEvent = withActions(events.actionRecorded, (item, name) => {
  if (name === events.userErased.name)
    return { contract: events.userErased, data: { userId: item.pk, version: item.version } }
  const { id: userId, roles } = userOf(item as UserItem)
  const data = { userId, email: textStandIn, roles }
  switch (name) {
    case events.userRegistered.name:
      return { contract: events.userRegistered, data }
    case events.userUpdated.name:
      return { contract: events.userUpdated, data: { ...data, version: item.version } }
    case events.userContact.name: {
      const email = contactOf(item as UserItem)
      return {
        contract: events.userContact,
        data: { userId, version: item.version, ...(email !== undefined && { email }) },
      }
    }
    default:
      throw new NotKnownYet(`${name} is not an event of users.`)
  }
})
