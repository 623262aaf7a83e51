import type { routes } from '../../schemas/users.ts'
import { notFound } from '../runtime/errors.ts'
import type { Handler } from '../runtime/http.ts'
import type { UsersParts } from './parts.ts'
import { readUser, userOf } from './user.store.ts'

export function getMe({ store }: UsersParts): Handler<typeof routes.getMe> {
  return async ({ caller }) => {
    const profile = await readUser(store, caller.id)
    if (profile === undefined) throw notFound('user_not_found', 'There is no profile yet. Sign in: POST /sessions.')
    return { body: userOf(profile) }
  }
}
