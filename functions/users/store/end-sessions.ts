import type { Origin } from '../../../schemas/origin.ts'
import type { UsersDeps } from '../deps.ts'
import { changePrincipal } from './principal-item.ts'
import { forgetSession, sessionMs } from './session-item.ts'

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
  await changePrincipal(deps, userId, origin, (before) => {
    const still = Object.entries(before.ended ?? {}).filter(([, until]) => until > origin.at)
    const ended = ids.map((id) => [id, origin.at + sessionMs] as const)
    return { ...before, ended: Object.fromEntries([...still, ...ended]) }
  })
  await Promise.all(ids.map((id) => forgetSession(deps.store, userId, id)))
}
