import type { routes } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { emailTaken } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { mailFirstCode } from './email.ts'
import { admitRegistration } from '../store/account-rates.ts'
import { readUser, registered, userOf, writesOfProfile } from '../store/user-item.ts'

/**
 * The account first, then the profile: a crash between the two leaves an account without a profile, which the next registration with
 * the same password, or the next sign-in, completes. An account that is not completed within an hour is given up for the next registration.
 */
export function register(deps: UsersDeps): Handler<typeof routes.register> {
  const { store, directory, clock } = deps
  return async (request) => {
    const { body, requestId, refuse, sender } = request
    await admitRegistration(deps, requestId, sender)
    const isUsed = async (id: string) => (await readUser(store, id)) !== undefined
    const account = await directory.register(body.email, body.password, isUsed, refuse)
    const profile = registered(account, body.name, requestId, timeOf(clock.now()))
    const outcome = await store.write(...writesOfProfile(undefined, profile))
    if (!outcome.ok) throw emailTaken(refuse)
    await mailFirstCode(deps, account, request)
    return { body: userOf(profile) }
  }
}
