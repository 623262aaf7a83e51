import { ulid } from 'ulid'
import { routes } from '../../schemas/users.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems, livePrincipals } from '../runtime/aws-wiring.ts'
import { addAddress, getAddress, listAddresses, removeAddress, replaceAddress } from './routes/addresses.ts'
import { liveDirectory } from './adapters/directory.cognito.ts'
import type { UsersDeps } from './deps.ts'
import { getMe, updateMe } from './routes/profile.ts'
import { register } from './routes/register.ts'
import { endSession, listSessions, refreshSession, signIn, signOut } from './routes/sessions.ts'

import { disableUser, enableUser, endSessionsOf, getRoles, getUser, setRoles } from './routes/users.ts'

export const handlers = (deps: UsersDeps): Handlers<typeof routes> => ({
  register: register(deps),
  signIn: signIn(deps),
  refreshSession: refreshSession(deps),
  signOut: signOut(deps),
  listSessions: listSessions(deps),
  endSession: endSession(deps),
  getMe: getMe(deps),
  updateMe: updateMe(deps),
  getUser: getUser(deps),
  getRoles: getRoles(deps),
  setRoles: setRoles(deps),
  disableUser: disableUser(deps),
  enableUser: enableUser(deps),
  endSessionsOf: endSessionsOf(deps),
  listAddresses: listAddresses(deps),
  addAddress: addAddress(deps),
  getAddress: getAddress(deps),
  replaceAddress: replaceAddress(deps),
  removeAddress: removeAddress(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({ ...liveItems(), directory: liveDirectory(), principals: livePrincipals(), newId: () => `adr_${ulid()}` }),
)
