import { scopesOf } from '../../schemas/access.ts'
import { type UsedItem, hashOf, isApiKey, isMarked, usedKey } from './api-key.ts'
import type { Clock } from './clock.ts'
import { type Identify, type Principal, bearerOf } from './identity.ts'
import { logger } from './log.ts'
import type { Principals } from './principals.ts'
import { type Store, first } from './store.ts'

/** How often a function writes down that a key is used, in milliseconds: at most one write unit a minute. */
const usedEveryMs = 60_000
/** Keys whose last use a function remembers. */
const mostRemembered = 10_000

export interface KeyDeps {
  /** Where the last use of keys is kept. */
  readonly store: Pick<Store, 'write'>
  readonly clock: Clock
  readonly principals: Pick<Principals, 'of' | 'secret'>
}

/**
 * Checks API keys by the hash of their secret. A key may do what it was made for, as far as its maker may do so now, and nothing once the
 * maker is disabled: both are known `principalsKnownMs` late at most, as is a secret that was removed. Other tokens are for `others`.
 */
export function keyIdentity({ store, clock, principals }: KeyDeps, others: Identify): Identify {
  const written = new Map<string, number>()
  return async (authorization) => {
    const token = bearerOf(authorization)
    if (token === undefined || !isMarked(token)) return others(authorization)
    if (!isApiKey(token)) return undefined
    const principal = await principalOfKey({ clock, principals }, hashOf(token))
    if (principal) await noteUse(principal.id)
    return principal
  }

  /** A use that cannot be written down is a use all the same. */
  async function noteUse(keyId: string): Promise<void> {
    const usedAt = clock.now()
    if (usedAt - (written.get(keyId) ?? -Infinity) < usedEveryMs) return
    if (written.size >= mostRemembered) written.clear()
    written.set(keyId, usedAt)
    const put: UsedItem = first({ ...usedKey(keyId), usedAt })
    await store.write({ put, if: 'any' }).catch((error: unknown) => {
      logger.warn('the use of a key is not written down', { keyId, error: error as Error })
    })
  }
}

/** What the key with this hash opens now; undefined for a key that opens nothing. Throws `StoreUnavailable`. */
export async function principalOfKey(
  { clock, principals }: Pick<KeyDeps, 'clock' | 'principals'>,
  hashed: string,
): Promise<Principal | undefined> {
  const secret = await principals.secret(hashed)
  if (secret === undefined) return undefined
  if ((secret.until ?? Infinity) <= clock.now()) return undefined // mutant: key-until
  const maker = await principals.of(secret.createdBy)
  if (maker?.disabled) return undefined // mutant: key-maker
  const rights = maker?.roles && scopesOf(maker.roles)
  return {
    kind: 'key',
    id: secret.keyId,
    // mutant: key-rights
    scopes: new Set(secret.scopes.filter((scope) => rights === undefined || rights.has(scope))),
  }
}
