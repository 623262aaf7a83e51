import type { Role } from '../../../schemas/access.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { routes } from '../../../schemas/users.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import type { Failure } from '../adapters/directory.ts'
import { mayActOn } from '../core/rights.ts'
import { rolesOf } from '../core/user.ts'
import type { UsersDeps } from '../deps.ts'
import { endAllSessions } from '../store/end-sessions.ts'
import { type Facts, changePrincipal, readPrincipal } from '../store/principal-item.ts'
import { type UserItem, readUser, rolesNow, showStanding, userOf } from '../store/user-item.ts'

export function getUser(deps: UsersDeps): Handler<typeof routes.getUser> {
  return async (request) => ({ body: userOf(await existing(deps, request)) })
}

export function getRoles(deps: UsersDeps): Handler<typeof routes.getRoles> {
  return async (request) => {
    return { body: bodyOf(await rolesNow(deps, await existing(deps, request))) }
  }
}

const bodyOf = (roles: readonly Role[]) => ({ roles: [...roles] })

export function setRoles(deps: UsersDeps): Handler<typeof routes.setRoles> {
  return async (request) => {
    const user = await existing(deps, request)
    const roles = rolesOf(request.body.roles)
    const { facts } = await changeStanding(
      deps,
      request,
      user,
      (before) => {
        expectMatch(request, tagOfBody(bodyOf(before.roles ?? user.roles)))
        expectRights(request, [...(before.roles ?? user.roles), ...roles])
        return before.roles?.join() === roles.join() ? before : { ...before, roles }
      },
      lastOwner(request),
    )
    return { body: bodyOf(facts.roles ?? roles) }
  }
}

export function disableUser(deps: UsersDeps): Handler<typeof routes.disableUser> {
  return async (request) => {
    const user = await existing(deps, request)
    const { profile } = await changeStanding(
      deps,
      request,
      user,
      (before) => {
        expectRights(request, before.roles ?? user.roles)
        return before.disabled ? before : { ...before, disabled: true }
      },
      lastOwner(request),
    )
    return { body: userOf(profile) }
  }
}

export function enableUser(deps: UsersDeps): Handler<typeof routes.enableUser> {
  return async (request) => {
    const user = await existing(deps, request)
    const { profile } = await changeStanding(deps, request, user, (before) => {
      expectRights(request, before.roles ?? user.roles)
      const { disabled, ...rest } = before
      return disabled ? rest : before
    })
    return { body: userOf(profile) }
  }
}

/**
 * Takes effect step by step: what holds of the user now, then the user pool, then the profile with its event. A crash in between leaves the
 * rest to the same request, sent again.
 */
async function changeStanding(
  deps: UsersDeps,
  request: Request<typeof routes.setRoles | typeof routes.disableUser | typeof routes.enableUser>,
  user: UserItem,
  decide: (before: Facts) => Facts,
  lastOwner?: () => Error,
): Promise<{ readonly facts: Facts; readonly profile: UserItem }> {
  const { pk: id, roles } = user
  const origin = originOf(deps, request)
  const facts = await changePrincipal(deps, id, { origin, roles, lastOwner }, decide)
  await mirror(deps, id, facts, request.refuse)
  return { facts, profile: (await showStanding(deps, id, origin)) ?? user }
}

/** Brings the user pool up to what holds of the user; of several at once the last one leaves the newest. */
async function mirror(deps: UsersDeps, id: string, facts: Facts, refuse: Refuse<Failure>): Promise<void> {
  const { roles, disabled } = facts
  if (roles) await deps.directory.setRoles(id, roles, refuse)
  await deps.directory.setEnabled(id, !disabled, refuse)
  const now = await readPrincipal(deps, id)
  if (now.roles?.join() !== roles?.join() || now.disabled !== disabled) await mirror(deps, id, now, refuse)
}

export function endSessionsOf(deps: UsersDeps): Handler<typeof routes.endSessionsOf> {
  return async (request) => {
    const user = await existing(deps, request)
    expectRights(request, await rolesNow(deps, user))
    await endAllSessions(deps, user.pk, originOf(deps, request))
    return {}
  }
}

type Change = Request<
  typeof routes.setRoles | typeof routes.disableUser | typeof routes.enableUser | typeof routes.endSessionsOf
>

const originOf = ({ clock }: UsersDeps, { requestId, caller }: Change): Origin => ({
  cause: requestId,
  at: clock.now(),
  by: caller.id,
})

async function existing(
  { store }: UsersDeps,
  { params: { id }, refuse }: Change | Request<typeof routes.getUser | typeof routes.getRoles>,
): Promise<UserItem> {
  const user = await readUser(store, id)
  if (!user) throw refuse('user_not_found', `There is no user ${id}.`)
  return user
}

function expectRights({ caller, refuse }: Change, roles: readonly Role[]): void {
  if (!mayActOn(caller.scopes, roles))
    throw refuse('rights_exceeded', 'Nobody gives, or takes away, more rights than they have.')
}

const lastOwner =
  ({ refuse }: Request<typeof routes.setRoles | typeof routes.disableUser>) =>
  (): Error =>
    refuse('last_owner', 'Nobody else is an owner who may sign in.')
