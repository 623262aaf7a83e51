import type { Origin } from '../../../schemas/origin.ts'
import type { UsersDeps } from '../deps.ts'
import { changePrincipal } from './principal-item.ts'
import { forgetSession, idOf, sessionMs, sessionsOf } from './session-item.ts'

/** So many ended sessions are remembered for as long as a session lives. */
const fewEnded = 100
/** How long tokens open something after their session can bring no new ones, in milliseconds: fifteen minutes by the template, and clocks differ. */
const tokensMs = 20 * 60_000
/** The most ended sessions that the record of a user has room for, with plenty for all else. */
const mostEnded = 2_000

/**
 * Ends sessions of a user: their tokens open nothing from then on, and their refresh tokens bring no new ones. Ended sessions are remembered
 * for as long as their tokens could have lived; where there are many, those that are kept no more only while their last token may be
 * good. Of more than 2,000 in that time, the first ones are forgotten: who signs in that often has the password.
 */
export async function endSessions(
  deps: UsersDeps,
  userId: string,
  ids: readonly string[],
  origin: Origin,
): Promise<void> {
  if (ids.length === 0) return
  await changePrincipal(deps, userId, { origin }, async (before) => {
    const still = Object.entries(before.ended ?? {}).filter(([, until]) => until > origin.at)
    const ended = ids.map((id) => [id, origin.at + sessionMs] as const)
    const needed = still.length < fewEnded ? still : await neededOf(deps, userId, still, origin)
    return { ...before, ended: Object.fromEntries([...needed, ...ended]) }
  })
  await Promise.all(ids.map((id) => forgetSession(deps.store, userId, id)))
}

/** Of ended sessions those without which a token would open something. Who ended one may have died before it was forgotten. */
async function neededOf(
  { store }: UsersDeps,
  userId: string,
  ended: readonly (readonly [string, number])[],
  { at }: Origin,
): Promise<readonly (readonly [string, number])[]> {
  const kept = new Set((await sessionsOf(store, userId, at)).map(idOf))
  return ended
    .filter(([id, until]) => kept.has(id) || until > at + sessionMs - tokensMs)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostEnded)
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
