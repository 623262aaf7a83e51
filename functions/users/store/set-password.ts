import type { Origin } from '../../../schemas/origin.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Failure } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { endAllSessions } from './end-sessions.ts'

export interface NewPassword {
  /** Of the user. */
  readonly id: string
  readonly password: string
  readonly cause: string
  /** The session that goes on; without it all of them end. */
  readonly keep?: string | undefined
  readonly refuse: Refuse<Failure>
}

/**
 * Sets a password and ends the sessions of the old one: before, as a crash must leave none of them, and after, as somebody may have signed
 * in with the old one meanwhile.
 */
export async function setPassword(deps: UsersDeps, { id, password, cause, keep, refuse }: NewPassword): Promise<void> {
  const origin = (): Origin => ({ cause, at: deps.clock.now(), by: id })
  await endAllSessions(deps, id, origin(), keep)
  await deps.directory.setPassword(id, password, refuse)
  await endAllSessions(deps, id, origin(), keep)
}
