import { events } from '../../schemas/users.ts'
import { liveBus, liveDeadLetters, unmarshallImage } from '../runtime/live.ts'
import { type Tell, relay } from '../runtime/relay.ts'
import { type UserItem, userOf } from './user.store.ts'

export const tell: Tell = (item, eventName) => {
  const { id: userId, email, name, roles } = userOf(item as UserItem)
  const data = { userId, email, name, roles }
  if (eventName === events.userRegistered.name) return { contract: events.userRegistered, data }
  return { contract: events.userUpdated, data: { ...data, version: item.version } }
}

export const handler = relay(() => ({
  tell,
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
