import type { Origin } from '../../../schemas/origin.ts'
import { type PrincipalItem, principalKey } from '../../runtime/principals.ts'
import { plainCodec, update } from '../../runtime/update.ts'
import type { UsersDeps } from '../deps.ts'

const principalItem = plainCodec<PrincipalItem>('what the user may do', principalKey)

export type Facts = Pick<PrincipalItem, 'roles' | 'disabled' | 'ended'>

/** What holds of the user now, with no delay. */
export async function readPrincipal({ principals }: UsersDeps, userId: string): Promise<Facts> {
  const found: PrincipalItem | undefined = await principals.get(principalKey(userId), { consistent: true })
  return found ?? {}
}

/** Changes what holds of a user, for all functions within `principalsKnownMs`; the very same facts change nothing. */
export async function changePrincipal(
  deps: UsersDeps,
  userId: string,
  origin: Origin,
  decide: (before: Facts) => Facts,
): Promise<void> {
  await update({ ...deps, store: deps.principals }, principalItem, userId, origin, (found) => {
    const before: Facts = found?.state ?? {}
    const after = decide(before)
    return after === before ? undefined : { state: { ...principalKey(userId), version: 0, ...after }, emits: [] }
  })
}
