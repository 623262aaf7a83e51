import type { Role } from '../../../schemas/access.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { routes } from '../../../schemas/users.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { mayActOn } from '../core/rights.ts'
import { rolesOf } from '../core/user.ts'
import type { UsersDeps } from '../deps.ts'
import { endSessions } from '../store/end-sessions.ts'
import { addOwner, removeOwner } from '../store/owners-item.ts'
import { changePrincipal } from '../store/principal-item.ts'
import { idOf, sessionsOf } from '../store/session-item.ts'
import { type UserItem, changeStanding, readUser, userOf } from '../store/user-item.ts'

export function getUser(deps: UsersDeps): Handler<typeof routes.getUser> {
  return async (request) => ({ body: userOf(await existing(deps, request)) })
}

export function getRoles(deps: UsersDeps): Handler<typeof routes.getRoles> {
  return async (request) => ({ body: bodyOf(await existing(deps, request)) })
}

const bodyOf = ({ roles }: UserItem) => ({ roles: [...roles] })

/**
 * Takes effect step by step: what holds of the user now, then the user pool, then the profile with its event. A crash in between leaves the
 * rest to the same request, sent again. An owner leaves the list of owners first and enters it last: it never names too many.
 */
export function setRoles(deps: UsersDeps): Handler<typeof routes.setRoles> {
  return async (request) => {
    const before = await existing(deps, request)
    expectMatch(request, tagOfBody(bodyOf(before)))
    const roles = rolesOf(request.body.roles)
    expectRights(request, [...before.roles, ...roles])
    const origin = originOf(deps, request)
    const { id } = request.params
    const isOwner = roles.includes('owner')
    if (!isOwner) await expectAnotherOwner(deps, request, before, origin)
    await changePrincipal(deps, id, origin, (facts) => ({ ...facts, roles }))
    await deps.directory.setRoles(id, roles, request.refuse)
    const after = await changeStanding(deps, id, { roles, disabled: before.disabled }, origin)
    if (isOwner && !before.disabled) await addOwner(deps, id, origin)
    return { body: bodyOf(after ?? before) }
  }
}

export function disableUser(deps: UsersDeps): Handler<typeof routes.disableUser> {
  return async (request) => {
    const before = await existing(deps, request)
    expectRights(request, before.roles)
    const origin = originOf(deps, request)
    await expectAnotherOwner(deps, request, before, origin)
    await changePrincipal(deps, before.pk, origin, (facts) => (facts.disabled ? facts : { ...facts, disabled: true }))
    await deps.directory.setEnabled(before.pk, false, request.refuse)
    const after = await changeStanding(deps, before.pk, { roles: before.roles, disabled: true }, origin)
    return { body: userOf(after ?? before) }
  }
}

export function enableUser(deps: UsersDeps): Handler<typeof routes.enableUser> {
  return async (request) => {
    const before = await existing(deps, request)
    expectRights(request, before.roles)
    const origin = originOf(deps, request)
    await changePrincipal(deps, before.pk, origin, (facts) => {
      const { disabled, ...rest } = facts
      return disabled ? rest : facts
    })
    await deps.directory.setEnabled(before.pk, true, request.refuse)
    const after = await changeStanding(deps, before.pk, { roles: before.roles, disabled: undefined }, origin)
    if (before.roles.includes('owner')) await addOwner(deps, before.pk, origin)
    return { body: userOf(after ?? before) }
  }
}

export function endSessionsOf(deps: UsersDeps): Handler<typeof routes.endSessionsOf> {
  return async (request) => {
    const user = await existing(deps, request)
    expectRights(request, user.roles)
    const origin = originOf(deps, request)
    const sessions = await sessionsOf(deps.store, user.pk, origin.at)
    await endSessions(deps, user.pk, sessions.map(idOf), origin)
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

async function expectAnotherOwner(
  deps: UsersDeps,
  { refuse }: Request<typeof routes.setRoles | typeof routes.disableUser>,
  { pk: id, roles, disabled }: UserItem,
  origin: Origin,
): Promise<void> {
  if (!roles.includes('owner') || disabled) return
  await removeOwner(deps, id, origin, () => refuse('last_owner', 'Nobody else is an owner who may sign in.'))
}
