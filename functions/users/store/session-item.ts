import type { SessionInfo } from '../../../schemas/accounts.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Sender } from '../../runtime/http.ts'
import type { Item, Key, Store } from '../../runtime/store.ts'
import { type UpdateDeps, plainCodec, update } from '../../runtime/update.ts'

/** A session that began with a sign-in. What ends it is in the record of the principal; this is for people to see. */
export interface SessionItem extends Item {
  readonly ip: string
  readonly userAgent: string
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly expiresAt: string
}

const prefix = 'session#'
const sessionKey = (userId: string, id: string): Key => ({ pk: userId, sk: `${prefix}${id}` })

/** How long a session lives, in milliseconds: as long as its refresh token, by the template. */
export const sessionMs = 30 * 86_400_000

const sessionItem = (userId: string) => plainCodec<SessionItem>('the session', (id) => sessionKey(userId, id))

/** Keeps that a session began. */
export async function keepSession(
  deps: UpdateDeps,
  session: { readonly id: string; readonly beganAt: number },
  origin: Origin,
  { ip, userAgent }: Sender,
): Promise<void> {
  const expiresAt = session.beganAt + sessionMs
  await update(deps, sessionItem(origin.by), session.id, origin, () => ({
    state: {
      ...sessionKey(origin.by, session.id),
      version: 0,
      ip,
      userAgent,
      createdAt: timeOf(session.beganAt),
      lastUsedAt: timeOf(origin.at),
      expiresAt: timeOf(expiresAt),
      ttl: Math.ceil(expiresAt / 1_000),
    },
    emits: [],
  }))
}

/** Keeps that a session was used again; false where it is no longer kept, as it has ended. */
export async function useSession(
  deps: UpdateDeps,
  id: string,
  origin: Origin,
  { ip, userAgent }: Sender,
): Promise<boolean> {
  const used = await update(
    deps,
    sessionItem(origin.by),
    id,
    origin,
    (found) => found && { state: { ...found.state, ip, userAgent, lastUsedAt: timeOf(origin.at) }, emits: [] },
  )
  return used !== undefined
}

export const forgetSession = async (store: Store, userId: string, id: string): Promise<void> => {
  await store.write({ delete: sessionKey(userId, id), if: 'any' })
}

export const findSession = async (store: Store, userId: string, id: string): Promise<SessionItem | undefined> =>
  (await store.get(sessionKey(userId, id), { consistent: true })) as SessionItem | undefined

/** The sessions of a user that have not expired, the one that was used last first. */
export async function sessionsOf(store: Store, userId: string, now: number): Promise<readonly SessionItem[]> {
  const found: SessionItem[] = []
  let cursor: string | undefined
  do {
    const page = await store.query({
      partition: userId,
      from: prefix,
      to: 'session$',
      limit: 100,
      cursor,
      consistent: true, // mutant: sessions-read
    })
    found.push(...(page.items as SessionItem[]))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
    .filter(({ expiresAt }) => Date.parse(expiresAt) > now)
    .toSorted((a, b) => (a.lastUsedAt < b.lastUsedAt ? 1 : -1))
}

export const idOf = ({ sk }: SessionItem): string => sk.slice(prefix.length)

export const infoOf = (item: SessionItem, current: string | undefined): SessionInfo => ({
  id: idOf(item),
  ip: item.ip,
  userAgent: item.userAgent,
  createdAt: item.createdAt,
  lastUsedAt: item.lastUsedAt,
  expiresAt: item.expiresAt,
  current: idOf(item) === current,
})
