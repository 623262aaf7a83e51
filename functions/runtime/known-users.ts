import type { DataOf } from '../../schemas/contract.ts'
import type { Origin } from '../../schemas/origin.ts'
import type { events } from '../../schemas/users.ts'
import { Arrivals } from './arrivals.ts'
import type { Clock } from './clock.ts'
import type { HandlersOf, Received } from './events.ts'
import type { Caller } from './http.ts'
import type { Item, Key, Store } from './store.ts'
import { type UpdateDeps, inPlaceOf, revisionOf, untilWritten } from './update.ts'

/** What a service keeps of a user, to know that there is one. */
interface KnownUser extends Item {
  /** The user's own version: the higher one is the newer one. */
  readonly userVersion: number
}

const userKey = (id: string): Key => ({ pk: `user_${id}`, sk: 'user' })

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

type UserEvent = typeof events.userRegistered | typeof events.userUpdated

/** Keeps the users that operators may order for, or pay into the wallets of. */
export function onUser(deps: UpdateDeps): HandlersOf<UserEvent> {
  const learn = ({ id: cause, data }: Received<UserEvent>) =>
    learnUser(deps, data, { cause, at: deps.clock.now(), by: 'users' })
  return { 'user.registered': learn, 'user.updated': learn }
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
    async () => (await store.get(userKey(id), { consistent: true })) !== undefined,
  )
