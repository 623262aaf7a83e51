import type { KeyScope } from '../../../schemas/access.ts'
import type { ApiKey } from '../../../schemas/api-keys.ts'
import { type SecretItem, type UsedItem, secretKey, usedKey } from '../../runtime/api-key.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Item, type Key, type Store, type Write, first } from '../../runtime/store.ts'
import { plainCodec } from '../../runtime/update.ts'

/** A secret of a key, by its hash. */
export interface Secret {
  readonly hash: string
  readonly prefix: string
}

/** All of an API key but its secret, in the table of principals; each secret that is good is an item beside it. */
export interface ApiKeyItem extends Item {
  readonly name: string
  readonly scopes: readonly KeyScope[]
  readonly createdBy: string
  /** Times are milliseconds since 1970. */
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
  readonly secret: Secret
  /** The secret before the last rotation. */
  readonly before?: Secret & { readonly until: number }
}

/** Keys are few and changed seldom: one partition lists them. */
const partition = 'keys'
const keyOfApiKey = (id: string): Key => ({ pk: partition, sk: id })

export const apiKeyItem = plainCodec<ApiKeyItem>('the API key', keyOfApiKey)

/** A page of the keys, the newest first. */
export async function listKeys(store: Store, page: { readonly limit: number; readonly cursor?: string | undefined }) {
  const { items, cursor } = await store.query({ partition, descending: true, ...page })
  return { items: items as readonly ApiKeyItem[], cursor }
}

/** When these keys were last used, by their ids. */
export async function usesOf(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = (await store.getMany(ids.map(usedKey))) as readonly UsedItem[]
  const times = new Map(found.map(({ pk, usedAt }) => [pk, usedAt]))
  return new Map(
    ids.flatMap((id) => {
      const usedAt = times.get(usedKey(id).pk)
      return usedAt === undefined ? [] : [[id, usedAt] as const]
    }),
  )
}

/** The write of the item behind a secret of the key; `until` is an end of its own. */
export function writeOfSecret(key: ApiKeyItem, { hash }: Secret, until = Infinity): Write {
  const end = Math.min(until, key.expiresAt ?? Infinity)
  const put: SecretItem = first({
    ...secretKey(hash),
    keyId: key.sk,
    scopes: key.scopes,
    createdBy: key.createdBy,
    ...(end < Infinity && { until: end, ttl: Math.ceil(end / 1_000) }),
  })
  return { put, if: 'any' }
}

/** The writes after which these secrets open nothing. */
export const removalOf = (secrets: readonly (Secret | undefined)[]): readonly Write[] =>
  secrets.flatMap((secret) => (secret ? [{ delete: secretKey(secret.hash), if: 'any' } as const] : []))

export const isOver = ({ revokedAt, expiresAt = Infinity }: ApiKeyItem, now: number): boolean =>
  revokedAt !== undefined || expiresAt <= now

/** The key as lists show it. */
export function shownOf(key: ApiKeyItem, usedAt: number | undefined, now: number): ApiKey {
  const { sk: id, name, secret, scopes, createdBy, createdAt, expiresAt, revokedAt, before } = key
  const overlap = before !== undefined && before.until > now && !isOver(key, now) ? before.until : undefined
  return {
    id,
    name,
    prefix: secret.prefix,
    scopes: [...scopes],
    createdBy,
    createdAt: timeOf(createdAt),
    ...(expiresAt !== undefined && { expiresAt: timeOf(expiresAt) }),
    ...(usedAt !== undefined && { lastUsedAt: timeOf(usedAt) }),
    ...(revokedAt !== undefined && { revokedAt: timeOf(revokedAt) }),
    ...(overlap !== undefined && { overlapUntil: timeOf(overlap) }),
  }
}
