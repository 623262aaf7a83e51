import * as z from 'zod'
import { type RouteContract, heedsMatch } from '../../schemas/contract.ts'

const IdempotencyKey = z.string().min(1).max(255)
const ofIdempotencyKey = {
  description:
    'New for each intent. The same key with the same body gets the first answer again; another body gets 422 idempotency_key_reused.',
  example: '4f2a9b1e-order-1',
}
const RequiredKey = IdempotencyKey.meta({ ...ofIdempotencyKey, param: { id: 'RequiredIdempotencyKey' } })
const OptionalKey = IdempotencyKey.optional().meta({ ...ofIdempotencyKey, param: { id: 'IdempotencyKey' } })
const Prefer = z
  .string()
  .optional()
  .meta({
    description:
      '`wait=5` keeps the answer back until the outcome is known, at most this many seconds, 5 at the longest (RFC 7240). While orders are behind by more than 2 seconds the answer comes at once, without `Preference-Applied`.',
    example: 'wait=5',
    param: { id: 'Prefer' },
  })
const IfNoneMatch = z
  .string()
  .optional()
  .meta({
    description: 'The `ETag` that the client has: while it stays the same, the answer is 304 without a body.',
    param: { id: 'IfNoneMatch' },
  })
const IfMatch = z
  .string()
  .optional()
  .meta({
    description: 'The `ETag` of what was read: if it has changed since, nothing is done, and the answer is 412.',
    param: { id: 'IfMatch' },
  })

/** The headers that a request of the route may have. */
export function requestHeadersOf(route: RouteContract): z.ZodObject | undefined {
  const headers = {
    ...(route.idempotencyKey === 'required' && { 'Idempotency-Key': RequiredKey }),
    ...(route.idempotencyKey === 'optional' && { 'Idempotency-Key': OptionalKey }),
    ...(route.prefersWait && { Prefer }),
    ...(hasTag(route) && route.method === 'GET' && { 'If-None-Match': IfNoneMatch }),
    ...(heedsMatch(route) && { 'If-Match': IfMatch }),
  }
  return Object.keys(headers).length > 0 ? z.object(headers) : undefined
}

/** Whether what the route answers has an `ETag`. */
export const hasTag = (route: RouteContract): boolean =>
  route.answer.body !== undefined && (route.method === 'GET' || heedsMatch(route))

const RequestId = z.string().meta({ description: 'Finds the request in the logs.', header: { id: 'RequestId' } })
const CacheControl = z.string()
const ofCacheControl = { description: 'What a cache may keep, and for how long.', example: 'no-store' }
const Nosniff = z.literal('nosniff')

/** Headers of every answer of a service. */
const common = {
  'Apigw-Requestid': RequestId,
  'Cache-Control': CacheControl.meta({ ...ofCacheControl, header: { id: 'CacheControl' } }),
  'X-Content-Type-Options': Nosniff.meta({ header: { id: 'ContentTypeOptions' } }),
}

/** Headers of every answer that the gateway may give as well: it gives the first alone. */
const ofRefusals = {
  'Apigw-Requestid': RequestId,
  'Cache-Control': CacheControl.optional().meta({ ...ofCacheControl, header: { id: 'RefusalCacheControl' } }),
  'X-Content-Type-Options': Nosniff.optional().meta({ header: { id: 'RefusalContentTypeOptions' } }),
}

const ETag = z.string()
const ofETag = {
  description: 'Changes when what is answered does: for `If-None-Match`, and `If-Match` where it is changed.',
  example: '"7"',
}
const GivenETag = ETag.meta({ ...ofETag, header: { id: 'ETag' } })
const RefusalETag = ETag.optional().meta({ ...ofETag, header: { id: 'RefusalETag' } })

const IdempotentReplayed = z
  .literal('true')
  .optional()
  .meta({
    description: 'The answer is the first one again; nothing was done twice.',
    header: { id: 'IdempotentReplayed' },
  })
const PreferenceApplied = z
  .string()
  .optional()
  .meta({
    description: 'The wait of `Prefer` that was heeded.',
    example: 'wait=5',
    header: { id: 'PreferenceApplied' },
  })
const WwwAuthenticate = z
  .string()
  .meta({ description: 'How to sign in.', example: 'Bearer', header: { id: 'WwwAuthenticate' } })
const RetryAfter = z
  .int()
  .optional()
  .meta({
    description: 'After how many seconds to send the request again.',
    example: 1,
    header: { id: 'RetryAfter' },
  })

const DeprecationDate = z
  .string()
  .meta({ description: 'Since when the route is deprecated (RFC 9745).', header: { id: 'Deprecation' } })
const Sunset = z
  .string()
  .meta({ description: 'From when on the route may be gone (RFC 8594).', header: { id: 'Sunset' } })

/** The headers of what the route answers. */
export function answerHeadersOf(route: RouteContract): z.ZodObject {
  return z.object({
    ...common,
    ...(route.deprecated && { Deprecation: DeprecationDate }),
    ...(route.deprecated?.sunset && { Sunset }),
    ...(hasTag(route) && { ETag: GivenETag }),
    ...(route.answer.status === 201 && {
      Location: z.string().meta({ description: `Where it is read: \`${route.answer.location}\`.` }),
    }),
    ...(route.idempotencyKey && { 'Idempotent-Replayed': IdempotentReplayed }),
    ...(route.prefersWait && { 'Preference-Applied': PreferenceApplied }),
  })
}

/** The headers of 304: those that the answer would have without it. */
export const headersOfKnown = z.object({ ...common, ETag: GivenETag })

/** What the gateway gives to an answer of its own. */
export const headersOfGateway = z.object({ 'Apigw-Requestid': RequestId })

/** The headers of a refusal; those that are not of every one of its status are optional, as the gateway gives fewer. */
export function refusalHeadersOf(status: number): z.ZodObject {
  return z.object({
    ...ofRefusals,
    ...(status === 401 && { 'WWW-Authenticate': WwwAuthenticate }),
    ...(status === 412 && { ETag: RefusalETag }),
    ...((status === 429 || status === 503) && { 'Retry-After': RetryAfter }),
  })
}
