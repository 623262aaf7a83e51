import type { routes } from '../../../schemas/users.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { type SignedIn, wrongCredentials } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { endSessions } from '../store/end-sessions.ts'
import { addOwner } from '../store/owners-item.ts'
import { readPrincipal } from '../store/principal-item.ts'
import { findSession, idOf, infoOf, keepSession, sessionsOf } from '../store/session-item.ts'
import { syncProfile } from '../store/user-item.ts'

/** Sessions that a user may have at once; a further one ends the one that was used the longest ago. */
export const maxSessions = 50

export function signIn(deps: UsersDeps): Handler<typeof routes.signIn> {
  return async (request) => {
    const { body, refuse } = request
    const signedIn = await deps.directory.signIn(body.email, body.password, refuse)
    const answer = await sessionOf(deps, request, signedIn)
    const origin = { cause: request.requestId, at: deps.clock.now(), by: signedIn.account.id }
    const surplus = (await sessionsOf(deps.store, signedIn.account.id, origin.at)).slice(maxSessions)
    await endSessions(deps, signedIn.account.id, surplus.map(idOf), origin)
    return answer
  }
}

export function refreshSession(deps: UsersDeps): Handler<typeof routes.refreshSession> {
  return async (request) =>
    sessionOf(deps, request, await deps.directory.refresh(request.body.refreshToken, request.refuse))
}

export function signOut(deps: UsersDeps): Handler<typeof routes.signOut> {
  return async ({ caller, requestId }) => {
    const origin = { cause: requestId, at: deps.clock.now(), by: caller.id }
    if (caller.sessionId !== undefined) await endSessions(deps, caller.id, [caller.sessionId], origin)
    return {}
  }
}

export function listSessions({ store, clock }: UsersDeps): Handler<typeof routes.listSessions> {
  return async ({ caller }) => {
    const sessions = await sessionsOf(store, caller.id, clock.now())
    return { body: { items: sessions.map((item) => infoOf(item, caller.sessionId)) } }
  }
}

export function endSession(deps: UsersDeps): Handler<typeof routes.endSession> {
  return async ({ caller, params: { id }, requestId, refuse }) => {
    if (!(await findSession(deps.store, caller.id, id)))
      throw refuse('session_not_found', `There is no session ${id} of yours.`)
    await endSessions(deps, caller.id, [id], { cause: requestId, at: deps.clock.now(), by: caller.id })
    return {}
  }
}

/** The tokens, unless the user was disabled or the session ended meanwhile. */
async function sessionOf(
  deps: UsersDeps,
  { requestId, refuse, sender }: Request<typeof routes.signIn | typeof routes.refreshSession>,
  { account, session, ...tokens }: SignedIn,
) {
  await syncProfile(deps, account, requestId)
  await keepSession(deps.store, account.id, session, deps.clock.now(), sender)
  const { disabled, ended = {} } = await readPrincipal(deps, account.id)
  if (disabled) throw userDisabled(refuse)
  if (Object.hasOwn(ended, session.id)) throw wrongCredentials(refuse)
  if (account.roles.includes('owner'))
    await addOwner(deps, account.id, { cause: requestId, at: deps.clock.now(), by: account.id })
  return { body: { ...tokens, user: { ...account, roles: [...account.roles] } } }
}

const userDisabled = (refuse: Refuse<'user_disabled'>) => refuse('user_disabled', 'The account is disabled.')
