import type { DataOf } from '../../schemas/contract.ts'
import type { events } from '../../schemas/users.ts'
import type { Clock } from './clock.ts'
import { lookAgain } from './look-again.ts'
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

/** Keeps what an event of users says, unless something newer is known. One write of one unit where it is the first to be heard. */
export async function learnUser(
  store: Store,
  { userId, version: userVersion = 1 }: UserFacts,
  because: { readonly cause: string; readonly at: string },
): Promise<void> {
  let known: KnownUser | undefined
  for (;;) {
    const item: KnownUser = { ...userKey(userId), version: (known?.version ?? 0) + 1, userVersion, ...because }
    const outcome = await store.write({ put: item, if: over(known) })
    if (outcome.ok) return
    known = outcome.failed[0]?.found as KnownUser | undefined
    if (known !== undefined && known.userVersion >= userVersion) return
  }
}

/** How long a user may be on the way here before there is none, in milliseconds. */
const waitMs = 1_000

/** Whether there is a user with this id. Who is not known yet is waited for, up to a second: to be called once a request. */
export async function isUser({ store, clock }: { readonly store: Store; readonly clock: Clock }, id: string) {
  const look = async (): Promise<boolean> => (await store.get(userKey(id), { consistent: true })) !== undefined
  return lookAgain(clock, await look(), { waitMs, isThere: (known) => known }, look)
}
