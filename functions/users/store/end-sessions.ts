import type { Origin } from '../../../schemas/origin.ts'
import type { UsersDeps } from '../deps.ts'
import { changePrincipal } from './principal-item.ts'
import { forgetSession, idOf, sessionMs, sessionsOf } from './session-item.ts'

/**
 * Ends sessions of a user: their tokens open nothing from then on, and their refresh tokens bring no new ones. Ended sessions are remembered
 * for as long as their tokens could have lived.
 */
export async function endSessions(
  deps: UsersDeps,
  userId: string,
  ids: readonly string[],
  origin: Origin,
): Promise<void> {
  if (ids.length === 0) return
  await changePrincipal(deps, userId, { origin }, (before) => {
    const still = Object.entries(before.ended ?? {}).filter(([, until]) => until > origin.at)
    const ended = ids.map((id) => [id, origin.at + sessionMs] as const)
    return { ...before, ended: Object.fromEntries([...still, ...ended]) }
  })
  await Promise.all(ids.map((id) => forgetSession(deps.store, userId, id)))
}

/**
 * Ends all sessions of a user but the one given. A sign-in under way keeps its session before this reads them, or finds `endedAllAt` when it
 * asks what holds of the user after it has kept its session.
 */
export async function endAllSessions(deps: UsersDeps, userId: string, origin: Origin, except?: string): Promise<void> {
  await changePrincipal(deps, userId, { origin }, (before) => ({ ...before, endedAllAt: origin.at }))
  const sessions = await sessionsOf(deps.store, userId, origin.at)
  const ids = sessions.map(idOf).filter((id) => id !== except)
  await endSessions(deps, userId, ids, origin)
}
