import type { DataOf } from '../../schemas/contract.ts'
import type { events } from '../../schemas/users.ts'
import { type Clock, timeOf } from './clock.ts'
import type { HandlersOf, Received } from './events.ts'
import { poll } from './poll.ts'
import { type Item, type Key, type Store, over } from './store.ts'

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
export async function learnUser(
  store: Store,
  { userId, version: userVersion = 1 }: UserFacts,
  because: { readonly cause: string; readonly at: string },
): Promise<void> {
  let known: KnownUser | undefined
  for (;;) {
    const item: KnownUser = { ...userKey(userId), version: (known?.version ?? 0) + 1, userVersion, ...because }
    const outcome = await store.write({ put: item, if: over(known) }) // mutant: user-write
    if (outcome.ok) return
    known = outcome.failed[0]?.found as KnownUser | undefined
    if (known !== undefined && known.userVersion >= userVersion) return // mutant: user-version
  }
}

type UserEvent = typeof events.userRegistered | typeof events.userUpdated

/** Keeps the users that operators may order for, or pay into the wallets of. */
export function onUser({ store, clock }: { readonly store: Store; readonly clock: Clock }): HandlersOf<UserEvent> {
  const learn = ({ id: cause, data }: Received<UserEvent>) => learnUser(store, data, { cause, at: timeOf(clock.now()) })
  return { 'user.registered': learn, 'user.updated': learn }
}

/** How long a user may be on the way here before there is none, in milliseconds. */
const waitMs = 1_000 // mutant: user-wait

/** Whether there is a user with this id. Waits up to a second for one that is not known yet: call it once a request. */
export async function isUser({ store, clock }: { readonly store: Store; readonly clock: Clock }, id: string) {
  const read = async (): Promise<boolean> => (await store.get(userKey(id), { consistent: true })) !== undefined
  return poll(clock, await read(), { waitMs, isThere: (known) => known }, read)
}
