import { ulid } from 'ulid'
import { routes } from '../../schemas/users.ts'
import { systemClock } from '../runtime/clock.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import { addAddress, listAddresses, removeAddress, replaceAddress } from './addresses.ts'
import { liveDirectory } from './directory.cognito.ts'
import type { UsersParts } from './parts.ts'
import { getMe, updateMe } from './profile.ts'
import { register } from './register.ts'
import { refreshSession, signIn } from './sessions.ts'

export const handlers = (parts: UsersParts): Handlers<typeof routes> => ({
  register: register(parts),
  signIn: signIn(parts),
  refreshSession: refreshSession(parts),
  getMe: getMe(parts),
  updateMe: updateMe(parts),
  listAddresses: listAddresses(parts),
  addAddress: addAddress(parts),
  replaceAddress: replaceAddress(parts),
  removeAddress: removeAddress(parts),
})

export const handler = http(routes, () =>
  handlers({ store: liveStore(), directory: liveDirectory(), clock: systemClock, newId: () => `adr_${ulid()}` }),
)
