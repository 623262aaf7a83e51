import { randomBytes } from 'node:crypto'
import { ulid } from 'ulid'
import { UserRates } from '../../schemas/rates.ts'
import { routes } from '../../schemas/users.ts'
import { env, required, requiredCount } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems, liveMailer, livePaths, liveRates, recordedPrincipals } from '../runtime/aws-wiring.ts'
import { addAddress, getAddress, listAddresses, removeAddress, replaceAddress } from './routes/addresses.ts'
import { newCode, newSalt } from './adapters/code-mail.ts'
import { liveDirectory } from './adapters/directory.cognito.ts'
import type { UsersDeps } from './deps.ts'
import { requestEmailCode, verifyEmail } from './routes/email.ts'
import { eraseMe, eraseUser, keepMe, keepUser } from './routes/erasure.ts'
import { exportMe } from './routes/export.ts'
import { changePassword, confirmPasswordReset, requestPasswordReset } from './routes/password.ts'
import { getMe, updateMe } from './routes/profile.ts'
import { listUsers } from './routes/list-users.ts'
import { register } from './routes/register.ts'
import { endSession, listSessions, refreshSession, signIn, signOut } from './routes/sessions.ts'
import { createApiKey, getApiKey, listApiKeys, renameApiKey, revokeApiKey, rotateApiKey } from './routes/api-keys.ts'
import { disableUser, enableUser, endSessionsOf, getRoles, getUser, setRoles } from './routes/users.ts'

export const handlers = (deps: UsersDeps): Handlers<typeof routes> => ({
  register: register(deps),
  signIn: signIn(deps),
  refreshSession: refreshSession(deps),
  signOut: signOut(deps),
  listSessions: listSessions(deps),
  endSession: endSession(deps),
  changePassword: changePassword(deps),
  requestPasswordReset: requestPasswordReset(deps),
  confirmPasswordReset: confirmPasswordReset(deps),
  requestEmailCode: requestEmailCode(deps),
  verifyEmail: verifyEmail(deps),
  getMe: getMe(deps),
  exportMe: exportMe(deps),
  updateMe: updateMe(deps),
  eraseMe: eraseMe(deps),
  keepMe: keepMe(deps),
  eraseUser: eraseUser(deps),
  keepUser: keepUser(deps),
  listUsers: listUsers(deps),
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
  createApiKey: createApiKey(deps),
  listApiKeys: listApiKeys(deps),
  getApiKey: getApiKey(deps),
  renameApiKey: renameApiKey(deps),
  revokeApiKey: revokeApiKey(deps),
  rotateApiKey: rotateApiKey(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({
    ...liveItems(),
    directory: liveDirectory(),
    principals: recordedPrincipals(),
    rates: liveRates(UserRates),
    readPath: livePaths(),
    newId: () => `adr_${ulid()}`,
    newKeyId: () => `key_${ulid()}`,
    newSecret: () => randomBytes(32),
    mailer: liveMailer(),
    newCode,
    newSalt,
    eraseAfterMs: requiredCount(env.eraseAfterDays) * 86_400_000,
    verifiesFirst: required(env.verifyEmail) === 'required',
  }),
)
