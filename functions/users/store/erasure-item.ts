import type { Origin } from '../../../schemas/origin.ts'
import { dueAt } from '../../runtime/due.ts'
import type { Item, Write } from '../../runtime/store.ts'
import { type Loaded, inPlaceOf, load, revisionOf, update } from '../../runtime/update.ts'
import { type StandingDeps, changePrincipal } from './principal-item.ts'
import { removalOf } from './search-items.ts'
import { type UserItem, isErased, readUser, userItem } from './user-item.ts'

/** After this long it is looked once more for what requests left that were under way when an account was erased, in milliseconds. */
const secondLookMs = 600_000

/** An account that waits for its wallet to be empty is looked at again after this long, in milliseconds. */
const walletLookMs = 3_600_000

/** Plans the erasure of a profile, unless that is planned already. When it is erased; undefined where there is no such profile. */
export async function planErasure(
  deps: StandingDeps,
  userId: string,
  erasesAt: number,
  origin: Origin,
): Promise<number | undefined> {
  const state = await update(deps, userItem, userId, origin, (found) => {
    if (!found || isErased(found.item) || found.state.erasesAt !== undefined) return undefined
    return { state: { ...found.state, erasesAt, ...dueAt(userId, erasesAt) }, emits: ['user.updated'] }
  })
  return state && !isErased(state) ? state.erasesAt : undefined
}

/** Keeps a profile after all. False where there is none, or its erasure has begun. */
export async function keepAfterAll(deps: StandingDeps, userId: string, origin: Origin): Promise<boolean> {
  let isKept = false
  await update(deps, userItem, userId, origin, (found) => {
    isKept = found !== undefined && !isErased(found.item) && !found.state.erasing
    if (!isKept || found?.state.erasesAt === undefined) return undefined
    const { erasesAt: _, duePk: __, dueSk: ___, erasureWaitsFor: ____, ...kept } = found.state
    return { state: kept, emits: ['user.updated'] }
  })
  return isKept
}

/** Lets every function know whether the account is leaving. The profile is read after the record: the last of several writers leaves the newest. */
export async function showLeaving(deps: StandingDeps, userId: string, origin: Origin): Promise<void> {
  await changePrincipal(deps, userId, { origin }, async (facts) => {
    const isLeaving = (await readUser(deps.store, userId))?.erasesAt !== undefined
    if (Boolean(facts.leaving) === isLeaving) return facts
    const { leaving: _, ...rest } = facts
    return { ...rest, ...(isLeaving && { leaving: true }) }
  })
}

/** The profile, its erasure begun where its time has come: from then on nobody keeps it. Undefined where there is nothing to erase now. */
export async function beginErasure(deps: StandingDeps, userId: string, origin: Origin): Promise<UserItem | undefined> {
  const state = await update(deps, userItem, userId, origin, (found) => {
    if (!found || isErased(found.item) || found.state.erasing || !isDue(found, origin.at)) return undefined
    return { state: { ...found.state, erasing: true as const }, emits: [] }
  })
  return state?.erasing ? state : undefined
}

/** Leaves the profile for an hour, and lets be seen why. False where there is nothing to erase now, or that has begun. */
export async function postponeErasure(deps: StandingDeps, userId: string, origin: Origin): Promise<boolean> {
  const state = await update(deps, userItem, userId, origin, (found) => {
    if (!found || isErased(found.item) || found.state.erasing || !isDue(found, origin.at)) return undefined
    const waits = { erasureWaitsFor: 'wallet_not_empty', ...dueAt(userId, origin.at + walletLookMs) } as const
    return { state: { ...found.state, ...waits }, emits: [] }
  })
  return state?.erasureWaitsFor !== undefined && !state.erasing
}

const isDue = ({ state: { erasesAt = Infinity } }: Loaded<UserItem>, now: number): boolean => erasesAt <= now

/**
 * Leaves of a profile its id alone, and that it was there. With it goes what users are found by, and out goes `user.erased`. False where another
 * writer is first: the next sweep goes on.
 */
export async function eraseProfile({ store }: StandingDeps, userId: string, origin: Origin): Promise<boolean> {
  const found = await load(store, userItem, userId)
  if (!found?.state.erasing) return false
  const { item, state } = found
  const put: Item = {
    ...userItem.key(userId),
    ...revisionOf(item, ['user.erased'], origin), // mutant: erased-event
    erasedAt: origin.at,
    ...dueAt(userId, origin.at + secondLookMs),
  }
  return (await store.write(inPlaceOf(item, put), ...removalOf(state))).ok
}

/** The write after the second look: nothing is due any more. */
export function lookedAt({ duePk: _, dueSk: __, outbox: ___, ...item }: Item): Write {
  const put: Item = { ...item, version: item.version + 1 }
  return { put, if: { version: item.version } }
}
