import * as z from 'zod'
import { type RouteContract, heedsMatch } from '../../schemas/contract.ts'

const IdempotencyKey = z.string().min(1).max(255).meta({
  description:
    'New for each intent. The same key with the same body gets the first answer again; another body gets 422 idempotency_key_reused.',
  example: '4f2a9b1e-order-1',
})
const Prefer = z.string().optional().meta({
  description:
    '`wait=5` keeps the answer back until the outcome is known, at most this many seconds, 8 at the longest (RFC 7240).',
  example: 'wait=5',
})
const IfNoneMatch = z
  .string()
  .optional()
  .meta({ description: 'The `ETag` that the client has: while it stays the same, the answer is 304 without a body.' })
const IfMatch = z.string().optional().meta({
  description: 'The `ETag` of what was read: if it has changed since, nothing is done, and the answer is 412.',
})

/** The headers that a request of the route may have. */
export function requestHeadersOf(route: RouteContract): z.ZodObject | undefined {
  const headers = {
    ...(route.idempotencyKey === 'required' && { 'Idempotency-Key': IdempotencyKey }),
    ...(route.idempotencyKey === 'optional' && { 'Idempotency-Key': IdempotencyKey.optional() }),
    ...(route.prefersWait && { Prefer }),
    ...(hasTag(route) && route.method === 'GET' && { 'If-None-Match': IfNoneMatch }),
    ...(heedsMatch(route) && { 'If-Match': IfMatch }),
  }
  return Object.keys(headers).length > 0 ? z.object(headers) : undefined
}

/** Whether what the route answers has an `ETag`. */
export const hasTag = (route: RouteContract): boolean =>
  route.answer.body !== undefined && (route.method === 'GET' || heedsMatch(route))

/** Headers of every answer; the gateway gives the first to its own as well. */
const common = {
  'Apigw-Requestid': z.string().meta({ description: 'Finds the request in the logs.' }),
  'Cache-Control': z.string().meta({ description: 'What a cache may keep, and for how long.', example: 'no-store' }),
  'X-Content-Type-Options': z.literal('nosniff'),
}

const ETag = z.string().meta({
  description: 'Changes when what is answered does: for `If-None-Match`, and `If-Match` where it is changed.',
  example: '"7"',
})

/** The headers of what the route answers. */
export function answerHeadersOf(route: RouteContract): z.ZodObject {
  return z.object({
    ...common,
    ...(hasTag(route) && { ETag }),
    ...(route.answer.status === 201 && {
      Location: z.string().meta({ description: `Where it is read: \`${route.answer.location}\`.` }),
    }),
    ...(route.idempotencyKey && {
      'Idempotent-Replayed': z
        .literal('true')
        .optional()
        .meta({ description: 'The answer is the first one again; nothing was done twice.' }),
    }),
    ...(route.prefersWait && {
      'Preference-Applied': z
        .string()
        .optional()
        .meta({ description: 'The wait of `Prefer` that was heeded.', example: 'wait=5' }),
    }),
  })
}

/** The headers of 304: those that the answer would have without it. */
export const headersOfKnown = z.object({ ...common, ETag })

/** The headers of a refusal; those that are not of every one of its status are optional, as the gateway gives fewer. */
export function refusalHeadersOf(status: number): z.ZodObject {
  return z.object({
    'Apigw-Requestid': common['Apigw-Requestid'],
    'Cache-Control': common['Cache-Control'].optional(),
    'X-Content-Type-Options': common['X-Content-Type-Options'].optional(),
    ...(status === 401 && {
      'WWW-Authenticate': z.string().meta({ description: 'How to sign in.', example: 'Bearer' }),
    }),
    ...(status === 412 && { ETag: ETag.optional() }),
    ...((status === 429 || status === 503) && {
      'Retry-After': z
        .int()
        .optional()
        .meta({ description: 'After how many seconds to send the request again.', example: 1 }),
    }),
  })
}
