import type { Origin } from '../../../schemas/origin.ts'
import type { Item } from '../../runtime/store.ts'
import { plainCodec, update } from '../../runtime/update.ts'
import { withoutOwner } from '../core/rights.ts'
import type { UsersDeps } from '../deps.ts'

/** Users who are certainly owners and may sign in: one enters it after the role, and leaves it before the role. */
interface OwnersItem extends Item {
  readonly ids: readonly string[]
}

const ownersItem = plainCodec<OwnersItem>('the owners', (id) => ({ pk: id, sk: 'owners' }))

const of = 'owners'

export async function addOwner(deps: UsersDeps, userId: string, origin: Origin): Promise<void> {
  await update(deps, ownersItem, of, origin, (found) => {
    const ids = found?.state.ids ?? []
    if (ids.includes(userId)) return undefined
    return { state: { ...ownersItem.key(of), version: 0, ids: [...ids, userId] }, emits: [] }
  })
}

/** Takes an owner out, unless that is the last one: then `last_owner` is called for the error to throw. */
export async function removeOwner(
  deps: UsersDeps,
  userId: string,
  origin: Origin,
  lastOwner: () => Error,
): Promise<void> {
  await update(deps, ownersItem, of, origin, (found) => {
    const left = withoutOwner(found?.state.ids ?? [], userId)
    if (left === 'last_owner') throw lastOwner()
    if (left.length === found?.state.ids.length) return undefined
    return { state: { ...ownersItem.key(of), version: 0, ids: left }, emits: [] }
  })
}
