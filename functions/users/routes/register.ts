import type { routes } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { emailTaken } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { readUser, registered, userOf } from '../store/user-item.ts'

/**
 * The account first, then the profile: a crash between the two leaves an account without a profile, which the next registration with
 * the same password, or the next sign-in, completes. An account that is not completed within an hour is given up for the next registration.
 */
export function register({ store, directory, clock }: UsersDeps): Handler<typeof routes.register> {
  return async ({ body, requestId, refuse }) => {
    const isUsed = async (id: string) => (await readUser(store, id)) !== undefined
    const account = await directory.register(body.email, body.password, isUsed, refuse)
    const profile = registered(account, body.name, requestId, timeOf(clock.now()))
    const outcome = await store.write({ put: profile, if: 'absent' })
    if (!outcome.ok) throw emailTaken(refuse)
    return { body: userOf(profile) }
  }
}
