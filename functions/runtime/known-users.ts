import type { DataOf } from '../../schemas/contract.ts'
import type { Origin } from '../../schemas/origin.ts'
import type { events } from '../../schemas/users.ts'
import { Arrivals } from './arrivals.ts'
import type { Clock } from './clock.ts'
import type { HandlersOf, Received } from './events.ts'
import type { Caller } from './http.ts'
import { dueAt } from './due.ts'
import { type Item, type Key, type Store, type Write, next } from './store.ts'
import { type UpdateDeps, inPlaceOf, plainCodec, revisionOf, untilWritten, update } from './update.ts'

/** What a service keeps of a user, to know that there is one. */
interface KnownUser extends Item {
  /** The user's own version: the higher one is the newer one. */
  readonly userVersion: number
  /** When the account was erased, in milliseconds since 1970: no event brings it back. */
  readonly erasedAt?: number
}

const userKey = (id: string): Key => ({ pk: `user_${id}`, sk: 'user' })
const knownUser = plainCodec<KnownUser>('the user', userKey)

/** Of `user.registered`, which is the first version, or `user.updated`. */
interface UserFacts extends Pick<DataOf<typeof events.userRegistered>, 'userId'> {
  readonly version?: number | undefined
}

/** Keeps the version of a user that an event carries, unless a newer one is known. The first event of a user costs one write of one unit. */
export function learnUser(
  deps: UpdateDeps,
  { userId, version: userVersion = 1 }: UserFacts,
  origin: Origin,
): Promise<void> {
  let known: KnownUser | undefined
  return untilWritten(deps, 'the user', async () => {
    const item: KnownUser = { ...userKey(userId), userVersion, ...revisionOf(known, [], origin) }
    const outcome = await deps.store.write(inPlaceOf(known, item)) // mutant: user-write
    if (outcome.ok) return { result: undefined }
    known = outcome.failed[0]?.found as KnownUser | undefined
    return known !== undefined && known.userVersion >= userVersion ? { result: undefined } : undefined // mutant: user-version
  })
}

/** What a service keeps of an erased user: that there was one, until its sweep has forgotten all that it has of that one. */
export interface ErasedUser extends KnownUser {
  readonly erasedAt: number
  /** Where the sweep goes on, in the list that it reads. */
  readonly cursor?: string
  /** How often the sweep has been through the list. */
  readonly passes?: number
}

/** Keeps that a user is erased, whatever comes before or after, and lets the sweep forget what there is of that one. */
export async function forgetUser(
  deps: UpdateDeps,
  { userId, version: userVersion }: DataOf<typeof events.userErased>,
  origin: Origin,
): Promise<void> {
  await update(deps, knownUser, userId, origin, (found) => {
    if (found?.state.erasedAt !== undefined) return undefined
    const state = { ...userKey(userId), version: 0, userVersion, erasedAt: origin.at, ...dueAt(userId, origin.at) }
    return { state, emits: [] }
  })
}

/** Whether an item that is due stands for an erased user. */
export const isErasedUser = (item: Item): item is ErasedUser => item.sk === 'user' && 'erasedAt' in item

/** Whose it is. */
export const erasedId = ({ pk }: Item): string => pk.slice('user_'.length)

/** After this long the sweep looks once more: what was under way when the account was erased is there by then. In milliseconds. */
const secondLookMs = 3_600_000

/** The write after a step of the sweep: it goes on behind `cursor`, looks once more after an hour, or is through. */
export function stepOf({ duePk: _, dueSk: __, cursor: ___, ...rest }: ErasedUser, now: number, cursor?: string): Write {
  const before = { version: rest.version }
  const passes = (rest.passes ?? 0) + (cursor === undefined ? 1 : 0)
  const due = cursor !== undefined ? now : passes === 1 ? now + secondLookMs : undefined
  const put = {
    ...next(rest as ErasedUser, { passes }),
    ...(cursor !== undefined && { cursor }),
    ...(due !== undefined && dueAt(rest.pk.slice('user_'.length), due)),
  }
  return { put, if: before }
}

type UserEvent = typeof events.userRegistered | typeof events.userUpdated

/** Keeps the users that operators may order for, or pay into the wallets of. */
export function onUser(deps: UpdateDeps): HandlersOf<UserEvent | typeof events.userErased> {
  const learn = ({ id: cause, data }: Received<UserEvent>) =>
    learnUser(deps, data, { cause, at: deps.clock.now(), by: 'users' })
  return {
    'user.registered': learn,
    'user.updated': learn,
    'user.erased': ({ id: cause, data }) => forgetUser(deps, data, { cause, at: deps.clock.now(), by: 'users' }),
  }
}

/** Whether the id is that of a user: a caller who has an account is known to be one. Waits for one that is not known yet. */
export const isUserFor = async (
  { kind, id: callerId }: Pick<Caller, 'kind' | 'id'>,
  deps: { readonly store: Store; readonly clock: Clock },
  id: string,
  arrivals?: Arrivals,
): Promise<boolean> => (kind === 'user' && id === callerId) || (await isUser(deps, id, arrivals))

/** Whether there is a user with this id. Waits for one that is not known yet. */
export const isUser = (
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  id: string,
  arrivals = new Arrivals(clock),
): Promise<boolean> =>
  arrivals.one(
    (known) => known,
    async () => isThere(await store.get(userKey(id), { consistent: true })),
  )

const isThere = (found: Item | undefined): boolean => found !== undefined && !isErasedUser(found)

/** Whether there is a user with this id, or was one. */
export const wasUser = async ({ store }: { readonly store: Store }, id: string): Promise<boolean> =>
  (await store.get(userKey(id), { consistent: true })) !== undefined
