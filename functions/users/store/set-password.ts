import type { Origin } from '../../../schemas/origin.ts'
import type { Refuse } from '../../runtime/errors.ts'
import { passwordChanged } from '../../notifications/core/texts/en.ts'
import { sendMail } from '../adapters/code-mail.ts'
import type { Failure } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { endAllSessions } from './end-sessions.ts'

export interface NewPassword {
  /** Of the user. */
  readonly id: string
  /** Of the user; undefined where nobody knows it. */
  readonly email: string | undefined
  readonly password: string
  readonly cause: string
  /** The session that goes on; without it all of them end. */
  readonly keep?: string | undefined
  readonly refuse: Refuse<Failure>
}

/**
 * Sets a password, of which a mail goes out first: none is replaced in silence, and where no mail can be sent all stays as it is. Ends the sessions of the old one: before, as a crash must leave none of them, and after, as somebody may have signed
 * in with the old one meanwhile.
 */
export async function setPassword(
  deps: UsersDeps,
  { id, email, password, cause, keep, refuse }: NewPassword,
): Promise<void> {
  const origin = (): Origin => ({ cause, at: deps.clock.now(), by: id })
  if (email !== undefined) await sendMail(deps.mailer, email, passwordChanged(), cause) // mutant: password-mail
  await endAllSessions(deps, id, origin(), keep)
  await deps.directory.setPassword(id, password, refuse)
  await endAllSessions(deps, id, origin(), keep)
}
