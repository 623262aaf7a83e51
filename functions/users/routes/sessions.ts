import type { routes } from '../../../schemas/users.ts'
import type { Handler } from '../../runtime/http.ts'
import type { SignedIn } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { syncProfile } from '../store/user-item.ts'

export function signIn(deps: UsersDeps): Handler<typeof routes.signIn> {
  return async ({ body, requestId, refuse }) =>
    sessionOf(deps, requestId, await deps.directory.signIn(body.email, body.password, refuse))
}

export function refreshSession(deps: UsersDeps): Handler<typeof routes.refreshSession> {
  return async ({ body, requestId, refuse }) =>
    sessionOf(deps, requestId, await deps.directory.refresh(body.refreshToken, refuse))
}

async function sessionOf(deps: UsersDeps, requestId: string, { account, ...tokens }: SignedIn) {
  await syncProfile(deps, account, requestId)
  return { body: { ...tokens, user: { ...account, roles: [...account.roles] } } }
}
