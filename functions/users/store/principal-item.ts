import type { Role } from '../../../schemas/access.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { type PrincipalItem, principalKey } from '../../runtime/principals.ts'
import type { Item, Write } from '../../runtime/store.ts'
import { load, plainCodec, update } from '../../runtime/update.ts'
import { isOwner } from '../core/rights.ts'
import type { UsersDeps } from '../deps.ts'

/** What it takes to change what holds of a user. */
export type StandingDeps = Pick<UsersDeps, 'store' | 'principals' | 'clock' | 'random'>

const principalItem = plainCodec<PrincipalItem>('what the user may do', principalKey)

export type Facts = Pick<
  PrincipalItem,
  'roles' | 'disabled' | 'ended' | 'endedAllAt' | 'unverified' | 'provenEmail' | 'leaving'
>

/** Users whose record makes them owners who may sign in; it changes in one transaction with the record. */
interface OwnersItem extends Item {
  readonly ids: readonly string[]
}

const ownersItem = plainCodec<OwnersItem>('the owners', (id) => ({ pk: id, sk: 'owners' }))
const theOwners = 'owners'

/** What holds of the user now, with no delay. */
export async function readPrincipal({ principals }: Pick<StandingDeps, 'principals'>, userId: string): Promise<Facts> {
  const found: PrincipalItem | undefined = await principals.get(principalKey(userId), { consistent: true })
  return found ?? {}
}

/** What a change of a principal needs beside the change. */
export interface PrincipalChange {
  readonly origin: Origin
  /** The roles of somebody who has no record yet. */
  readonly roles?: readonly Role[]
  /** Makes the error to throw where nobody would be left who is an owner and may sign in. */
  readonly lastOwner?: (() => Error) | undefined
}

/** Changes what holds of a user, for all functions within `principalsKnownMs`; the very same facts change nothing. What holds then. */
export async function changePrincipal(
  deps: StandingDeps,
  userId: string,
  change: PrincipalChange,
  decide: (before: Facts) => Facts | Promise<Facts>,
): Promise<Facts> {
  const { origin, roles } = change
  const after = await update({ ...deps, store: deps.principals }, principalItem, userId, origin, async (found) => {
    const before: Facts = { ...(roles && { roles }), ...found?.state }
    const after = await decide(before)
    if (after === before) return undefined
    const also = await ownersWrites(deps, userId, { before, after }, change)
    return { state: { ...principalKey(userId), version: 0, ...after }, emits: [], also }
  })
  return after ?? {}
}

/** The list of owners goes with the record of each, in one transaction. */
async function ownersWrites(
  deps: StandingDeps,
  userId: string,
  { before, after }: { readonly before: Facts; readonly after: Facts },
  { origin, lastOwner }: PrincipalChange,
): Promise<readonly Write[]> {
  if (!isOwner(before) && !isOwner(after)) return []
  const found = await load(deps.principals, ownersItem, theOwners)
  const ids = found?.state.ids ?? []
  const others = ids.filter((id) => id !== userId)
  if (!isOwner(after) && others.length === 0 && lastOwner) throw lastOwner() // mutant: last-owner
  if (isOwner(after) === ids.includes(userId)) return []
  const state = { ...ownersItem.key(theOwners), version: 0, ids: isOwner(after) ? [...others, userId] : others }
  // mutant: owners-write
  return ownersItem.writes(found, { state, emits: [] }, origin)
}
