import type { routes } from '../../schemas/users.ts'
import { timeOf } from '../runtime/clock.ts'
import type { Handler } from '../runtime/http.ts'
import type { SignedIn } from './directory.ts'
import type { UsersParts } from './parts.ts'
import { remember } from './user.store.ts'

export function signIn(parts: UsersParts): Handler<typeof routes.signIn> {
  return async ({ body, requestId }) =>
    sessionOf(parts, requestId, await parts.directory.signIn(body.email, body.password))
}

export function refreshSession(parts: UsersParts): Handler<typeof routes.refreshSession> {
  return async ({ body, requestId }) => sessionOf(parts, requestId, await parts.directory.refresh(body.refreshToken))
}

async function sessionOf({ store, clock }: UsersParts, requestId: string, { account, ...tokens }: SignedIn) {
  await remember(store, account, requestId, timeOf(clock.now()))
  return {
    headers: { 'cache-control': 'no-store' },
    body: { ...tokens, user: { ...account, roles: [...account.roles] } },
  }
}
