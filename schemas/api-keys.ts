import * as z from 'zod'
import { KeyScope } from './access.ts'
import { route } from './contract.ts'
import { Id, Paging, Time, pageOf } from './shared.ts'
import { trimmedLine } from './text.ts'

/** How long the secret before a rotation goes on at most, and by default, in seconds. */
export const maxOverlapSeconds = 604_800
export const overlapSeconds = 86_400

const Name = trimmedLine(100)

export const ApiKeyInput = z
  .strictObject({
    name: Name,
    scopes: z
      .array(KeyScope)
      .min(1)
      .max(KeyScope.options.length)
      .meta({ uniqueItems: true })
      .refine((scopes) => new Set(scopes).size === scopes.length, 'each scope once'),
    expiresAt: Time.optional().describe('Without it the key is good until it is revoked.'),
  })
  .meta({ id: 'ApiKeyInput' })
export type ApiKeyInput = z.infer<typeof ApiKeyInput>

const shown = {
  id: Id,
  name: z.string(),
  prefix: z.string().describe('How the key begins that is good now.'),
  scopes: z.array(KeyScope).describe('What it may do, as far as its maker may do so now.'),
  createdBy: Id.describe('The user who made it: it ends, or shrinks to, what this user may do.'),
  createdAt: Time,
  expiresAt: Time.optional(),
  lastUsedAt: Time.optional().describe('To a minute.'),
  revokedAt: Time.optional(),
  overlapUntil: Time.optional().describe('Until when the key before the last rotation is good too.'),
}

/** A key as it can be seen at any time. */
export const ApiKey = z.object(shown).meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof ApiKey>

/** A key as it is seen once. */
export const SecretApiKey = z
  .object({
    ...shown,
    key: z
      .string()
      .optional()
      .describe('For `Authorization: Bearer`. Shown here alone: the answer to a repeated request has none.'),
    withheld: z.array(z.string()).optional().describe('The fields that a repeated answer leaves out.'),
  })
  .meta({ id: 'SecretApiKey' })
export type SecretApiKey = z.infer<typeof SecretApiKey>

const byId = z.strictObject({ id: Id })

/** Routes of users: they know what the maker of a key may do. */
export const routes = {
  createApiKey: route({
    method: 'POST',
    path: '/api-keys',
    who: 'keys:write',
    summary: 'Make an API key for a machine; the key itself is in this answer alone',
    body: ApiKeyInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: SecretApiKey, location: '/api-keys/{id}', once: ['key'] },
    problems: ['rights_exceeded'],
  }),
  listApiKeys: route({
    method: 'GET',
    path: '/api-keys',
    who: 'keys:write',
    summary: 'List the API keys, the newest first; revoked and expired ones too',
    query: Paging,
    answer: { status: 200, body: pageOf(ApiKey) },
  }),
  getApiKey: route({
    method: 'GET',
    path: '/api-keys/{id}',
    who: 'keys:write',
    summary: 'An API key, without its secret',
    params: byId,
    answer: { status: 200, body: ApiKey },
    problems: ['key_not_found'],
  }),
  renameApiKey: route({
    method: 'PATCH',
    path: '/api-keys/{id}',
    who: 'keys:write',
    summary: 'Rename an API key',
    params: byId,
    body: z.strictObject({ name: Name }),
    answer: { status: 200, body: ApiKey },
    problems: ['key_not_found'],
  }),
  revokeApiKey: route({
    method: 'DELETE',
    path: '/api-keys/{id}',
    who: 'keys:write',
    summary: 'Revoke an API key: it opens nothing within five seconds, and stays in the list',
    params: byId,
    answer: { status: 204 },
    problems: ['key_not_found'],
  }),
  rotateApiKey: route({
    method: 'POST',
    path: '/api-keys/{id}/rotate',
    who: 'keys:write',
    summary: 'Give an API key another secret; the one before goes on for a while, one before that ends',
    params: byId,
    body: z
      .strictObject({
        overlapSeconds: z
          .int()
          .min(0)
          .max(maxOverlapSeconds)
          .optional()
          .describe('How long the secret before goes on. Default: 86400, a day; 0 ends it within five seconds.'),
      })
      .optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: SecretApiKey, once: ['key'] },
    problems: ['key_not_found', 'key_ended', 'rights_exceeded'],
  }),
}
