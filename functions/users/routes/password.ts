import type { Origin } from '../../../schemas/origin.ts'
import type { routes } from '../../../schemas/users.ts'
import { passwordReset } from '../../notifications/core/texts/en.ts'
import type { Handler } from '../../runtime/http.ts'
import { sendMail } from '../adapters/code-mail.ts'
import { codeMinutes } from '../core/code.ts'
import type { UsersDeps } from '../deps.ts'
import { admitReset } from '../store/account-rates.ts'
import { invalidCode, makeCode, resetOf, tryCode } from '../store/code-item.ts'
import { setPassword } from '../store/set-password.ts'
import { provenEmail } from '../store/proven-email.ts'
import { readUser } from '../store/user-item.ts'
import { expectCurrentPassword } from './try-password.ts'

export function changePassword(deps: UsersDeps): Handler<typeof routes.changePassword> {
  return async ({ caller: { id, sessionId }, body, requestId, sender, refuse }) => {
    const email = (await readUser(deps.store, id))?.email
    await expectCurrentPassword(deps, { id, email, password: body.currentPassword, requestId, sender, refuse })
    await setPassword(deps, { id, email, password: body.newPassword, cause: requestId, keep: sessionId, refuse })
    return {}
  }
}

/** An address that nobody has, or nobody who may sign in, takes the same calls and the same answer: its mail reaches nobody. */
export function requestPasswordReset(deps: UsersDeps): Handler<typeof routes.requestPasswordReset> {
  return async ({ body: { email: address }, requestId, refuse, sender }) => {
    await admitReset(deps, requestId, sender)
    const account = await deps.directory.find(address, refuse)
    const userId = account?.enabled ? account.id : undefined
    const code = await makeCode(deps, resetOf(address), { userId, address }, originOf(deps, requestId), refuse)
    const text = passwordReset({ code: code ?? deps.newCode(), minutes: codeMinutes })
    await sendMail(deps.mailer, code === undefined || userId === undefined ? undefined : address, text, requestId)
    return {}
  }
}

/** A code is good for the account that had its address when it was mailed, and has it still. */
export function confirmPasswordReset(deps: UsersDeps): Handler<typeof routes.confirmPasswordReset> {
  return async ({ body: { email, code, newPassword }, requestId: cause, refuse }) => {
    const proof = await tryCode(deps, resetOf(email), code, originOf(deps, cause), refuse)
    const account = proof && (await deps.directory.find(email, refuse))
    if (!account?.enabled || account.id !== proof?.userId) throw invalidCode(refuse)
    await setPassword(deps, { id: account.id, email, password: newPassword, cause, refuse })
    await provenEmail(deps, account.id, email, originOf(deps, cause))
    return {}
  }
}

const originOf = ({ clock }: UsersDeps, cause: string): Origin => ({ cause, at: clock.now(), by: 'users' })
