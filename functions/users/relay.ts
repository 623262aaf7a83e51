import { events } from '../../schemas/users.ts'
import { liveBus, liveDeadLetters, unmarshallImage } from '../runtime/live.ts'
import { type Tell, relay } from '../runtime/relay.ts'
import { type UserItem, userOf } from './user.store.ts'

export const tell: Tell = (item) => {
  const { id: userId, email, name, roles } = userOf(item as UserItem)
  return { contract: events.userRegistered, data: { userId, email, name, roles } }
}

export const handler = relay(() => ({
  tell,
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
