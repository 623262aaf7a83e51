import type { routes } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import type { Store } from '../../runtime/store.ts'
import type { UsersDeps } from '../deps.ts'
import { patched } from '../core/user.ts'
import { type UserItem, readUser, updated, userOf, writesOfProfile } from '../store/user-item.ts'

export function getMe({ store }: UsersDeps): Handler<typeof routes.getMe> {
  return async (request) => ({ body: userOf(await existing(store, request)) })
}

export function updateMe(deps: UsersDeps): Handler<typeof routes.updateMe> {
  const { store, clock } = deps
  return (request) =>
    commit(deps, request, async () => {
      const before = await existing(store, request)
      expectMatch(request, tagOfBody(userOf(before)))
      const profile = patched(before, request.body)
      if (profile === 'too_many_preferences') throw tooManyPreferences(request.refuse)
      if (profile === before) return { writes: [], answer: { body: userOf(before) } }
      const after = updated(before, profile, request.requestId, timeOf(clock.now()))
      return { writes: writesOfProfile(before, after), answer: { body: userOf(after) } }
    })
}

type OfUser = Request<typeof routes.getMe | typeof routes.updateMe>

async function existing(store: Store, { caller, refuse }: OfUser): Promise<UserItem> {
  const profile = await readUser(store, caller.id)
  if (profile === undefined) throw refuse('user_not_found', 'There is no profile yet. Sign in: POST /sessions.')
  return profile
}

const tooManyPreferences = (refuse: Refuse<'too_many_preferences'>) =>
  refuse('too_many_preferences', 'With these there are too many preferences.', {
    errors: [{ path: 'preferences', message: 'too many together with those that there are' }],
  })
