import { type routes, overlapSeconds } from '../../../schemas/api-keys.ts'
import type { KeyScope } from '../../../schemas/access.ts'
import { apiKeyOf, hashOf, prefixOf } from '../../runtime/api-key.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { first, next, over } from '../../runtime/store.ts'
import { load, update } from '../../runtime/update.ts'
import type { UsersDeps } from '../deps.ts'
import {
  type ApiKeyItem,
  type Secret,
  apiKeyItem,
  isOver,
  listKeys,
  removalOf,
  shownOf,
  usesOf,
  writeOfSecret,
} from '../store/api-key-item.ts'

/** Makes a key; the key, its secret and the record of the answer are one transaction of the table of principals. */
export function createApiKey(deps: UsersDeps): Handler<typeof routes.createApiKey> {
  const { clock, newKeyId } = deps
  return (request) =>
    commit(ofPrincipals(deps), request, async () => {
      const { body, caller, refuse } = request
      const now = clock.now()
      expectRights(request, body.scopes)
      const expiresAt = body.expiresAt === undefined ? undefined : Date.parse(body.expiresAt)
      if (expiresAt !== undefined && expiresAt <= now)
        throw refuse('validation_failed', 'The request has invalid fields.', {
          errors: [{ path: 'expiresAt', message: 'is over already' }],
        })
      const { key, secret } = newSecret(deps)
      const item: ApiKeyItem = first({
        ...apiKeyItem.key(newKeyId()),
        name: body.name,
        scopes: body.scopes,
        createdBy: caller.id,
        createdAt: now,
        ...(expiresAt !== undefined && { expiresAt }),
        secret,
      })
      return {
        writes: [{ put: item, if: 'absent' }, writeOfSecret(item, secret)],
        answer: { body: { ...shownOf(item, undefined, now), key } },
      }
    })
}

export function listApiKeys({ principals, clock }: UsersDeps): Handler<typeof routes.listApiKeys> {
  return async ({ query }) => {
    const { items, cursor } = await listKeys(principals, query)
    const uses = await usesOf(
      principals,
      items.map(({ sk }) => sk),
    )
    return { body: { items: items.map((key) => shownOf(key, uses.get(key.sk), clock.now())), cursor } }
  }
}

export function getApiKey(deps: UsersDeps): Handler<typeof routes.getApiKey> {
  return async (request) => {
    const found = await load(deps.principals, apiKeyItem, request.params.id)
    return { body: await bodyOf(deps, found?.state ?? missing(request)) }
  }
}

export function renameApiKey(deps: UsersDeps): Handler<typeof routes.renameApiKey> {
  return async (request) => {
    const { body, params } = request
    const changed = await update(ofPrincipals(deps), apiKeyItem, params.id, originOf(deps, request), async (found) => {
      const before = found?.state ?? missing(request)
      expectMatch(request, tagOfBody(await bodyOf(deps, before)))
      return before.name === body.name ? undefined : { state: { ...before, name: body.name }, emits: [] }
    })
    return { body: await bodyOf(deps, changed ?? missing(request)) }
  }
}

/** Revokes a key; one that is revoked stays so. */
export function revokeApiKey(deps: UsersDeps): Handler<typeof routes.revokeApiKey> {
  return async (request) => {
    const origin = originOf(deps, request)
    await update(ofPrincipals(deps), apiKeyItem, request.params.id, origin, async (found) => {
      const key = found?.state ?? missing(request)
      expectMatch(request, tagOfBody(await bodyOf(deps, key)))
      if (key.revokedAt !== undefined) return undefined
      return { state: { ...key, revokedAt: origin.at }, emits: [], also: removalOf([key.secret, key.before]) }
    })
    return {}
  }
}

/** Gives a key another secret. Two are good at once at most: the one before the last rotation ends now. */
export function rotateApiKey(deps: UsersDeps): Handler<typeof routes.rotateApiKey> {
  const { clock, principals } = deps
  return (request) =>
    commit(ofPrincipals(deps), request, async () => {
      const now = clock.now()
      const found = (await load(principals, apiKeyItem, request.params.id))?.state ?? missing(request)
      if (isOver(found, now)) throw request.refuse('key_ended', 'A key that has ended gets no other secret.')
      expectRights(request, found.scopes)
      const { key, secret } = newSecret(deps)
      const overlap = request.body?.overlapSeconds ?? overlapSeconds
      const { before, ...kept } = found
      const last = { ...found.secret, until: now + overlap * 1_000 }
      const item = next<ApiKeyItem>({ ...kept, secret, ...(overlap > 0 && { before: last }) }, {})
      return {
        writes: [
          { put: item, if: over(found) },
          writeOfSecret(item, secret),
          ...(overlap > 0 ? [writeOfSecret(item, last, last.until)] : []),
          ...removalOf([before, overlap > 0 ? undefined : last]),
        ],
        answer: { body: { ...(await bodyOf(deps, item)), key } },
      }
    })
}

/** What is written about keys stands in the table that every function reads. */
const ofPrincipals = (deps: UsersDeps): UsersDeps => ({ ...deps, store: deps.principals })

function newSecret({ newSecret: random }: UsersDeps): { readonly key: string; readonly secret: Secret } {
  const key = apiKeyOf(random())
  return { key, secret: { hash: hashOf(key), prefix: prefixOf(key) } }
}

async function bodyOf({ principals, clock }: UsersDeps, key: ApiKeyItem) {
  const uses = await usesOf(principals, [key.sk])
  return shownOf(key, uses.get(key.sk), clock.now())
}

type OfKey = Request<
  typeof routes.getApiKey | typeof routes.renameApiKey | typeof routes.revokeApiKey | typeof routes.rotateApiKey
>

function missing({ params: { id }, refuse }: OfKey): never {
  throw refuse('key_not_found', `There is no API key ${id}.`)
}

function originOf({ clock }: UsersDeps, { requestId, caller }: OfKey) {
  return { cause: requestId, at: clock.now(), by: caller.id }
}

function expectRights(
  { caller, refuse }: Request<typeof routes.createApiKey | typeof routes.rotateApiKey>,
  scopes: readonly KeyScope[],
): void {
  if (scopes.every((scope) => caller.scopes.has(scope))) return
  throw refuse('rights_exceeded', 'Nobody gives a key more rights than they have.')
}
