import type { Role } from '../../../schemas/access.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { routes } from '../../../schemas/users.ts'
import { type Refuse, isContended, isProblem } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { type Account, type SignedIn, wrongCredentials } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { endSessions } from '../store/end-sessions.ts'
import { type Facts, changePrincipal, readPrincipal } from '../store/principal-item.ts'
import { isProofShown, showProof } from '../store/proven-email.ts'
import { findSession, forgetSession, idOf, infoOf, keepSession, sessionsOf, useSession } from '../store/session-item.ts'
import { syncProfile } from '../store/user-item.ts'
import { tryPassword } from './try-password.ts'

/** How far the clocks of functions may be apart, in milliseconds: a sign-in that began this soon after all sessions ended tries its password again. */
const clocksApartMs = 60_000

/** Sessions that a user may have at once; a further one ends the one that was used the longest ago. */
export const maxSessions = 50

export function signIn(deps: UsersDeps): Handler<typeof routes.signIn> {
  return async (request) => {
    const startedAt = deps.clock.now()
    const { body, requestId, sender, refuse } = request
    const asked = { email: body.email, requestId, sender, wrong: wrongCredentials(refuse) }
    const signedIn = await tryPassword(deps, asked, () => deps.directory.signIn(body.email, body.password, refuse))
    const { session, account } = signedIn
    const origin = { cause: requestId, at: startedAt, by: account.id }
    await keepSession(deps, session, origin, sender)
    const answer = await sessionOf(deps, request, signedIn, ({ endedAllAt = -Infinity }) =>
      startedAt > endedAllAt + clocksApartMs // mutant: password-again
        ? Promise.resolve(true)
        : deps.directory.isPassword(account.id, body.password, refuse).then((is) => is === true),
    ).catch(async (error: unknown) => {
      // Nobody has its tokens.
      await forgetSession(deps.store, account.id, session.id)
      throw error
    })
    const surplus = (await sessionsOf(deps.store, account.id, origin.at)).slice(maxSessions)
    // Of many sign-ins at once some leave the surplus to the next one.
    await endSessions(deps, account.id, surplus.map(idOf), origin).catch((error: unknown) => {
      if (!isContended(error)) throw error
    })
    return answer
  }
}

export function refreshSession(deps: UsersDeps): Handler<typeof routes.refreshSession> {
  return async (request) => {
    const signedIn = await deps.directory.refresh(request.body.refreshToken, request.refuse)
    const origin = { cause: request.requestId, at: deps.clock.now(), by: signedIn.account.id }
    const isKept = await useSession(deps, signedIn.session.id, origin, request.sender)
    return sessionOf(deps, request, signedIn, async () => isKept).catch(async (error: unknown) => {
      if (isProblem(error, 'wrong_credentials'))
        await forgetSession(deps.store, signedIn.account.id, signedIn.session.id)
      throw error
    })
  }
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

/** The tokens, unless the user was disabled or the session ended meanwhile: `isGood` decides by what holds of the user now. */
async function sessionOf(
  deps: UsersDeps,
  { requestId, refuse }: Request<typeof routes.signIn | typeof routes.refreshSession>,
  { account, session, ...tokens }: SignedIn,
  isGood: (facts: Facts) => Promise<boolean>,
) {
  const { id } = account
  const origin = { cause: requestId, at: deps.clock.now(), by: id }
  const profile = await syncProfile(deps, account, requestId)
  const facts = await readPrincipal(deps, id)
  if (facts.disabled) throw userDisabled(refuse)
  // mutant: refresh-ended
  if (Object.hasOwn(facts.ended ?? {}, session.id) || !(await isGood(facts))) throw wrongCredentials(refuse)
  if (!isProofShown(deps, facts, profile)) await showProof(deps, id, origin)
  const roles = facts.roles ?? (await recordOwner(deps, account, origin))
  return { body: { ...tokens, user: { ...account, roles: [...roles] } } }
}

/** An owner who was made in the pool itself is known by a record from then on. The roles of the account. */
async function recordOwner(deps: UsersDeps, { id, roles }: Account, origin: Origin): Promise<readonly Role[]> {
  if (!roles.includes('owner')) return roles
  const facts = await changePrincipal(deps, id, { origin }, (before) => (before.roles ? before : { ...before, roles }))
  return facts.roles ?? roles
}

const userDisabled = (refuse: Refuse<'user_disabled'>) => refuse('user_disabled', 'The account is disabled.')
