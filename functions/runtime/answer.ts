import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { RouteContract } from '../../schemas/contract.ts'
import { deprecationHeaders } from '../../schemas/deprecation.ts'
import { own } from '../../schemas/own.ts'
import { isKnown, tagOfBody } from './entity-tag.ts'
import type { HttpProblem } from './errors.ts'

export interface Answer<Body = unknown> {
  /** Default: the status of the contract. */
  readonly status?: number
  readonly body?: Body
  /** In place of a JSON body: a text or bytes whose media type is among the headers. */
  readonly content?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser takes no answer for another media type than it has, and no cache keeps one whose route does not allow it. */
const ofEveryAnswer = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }

/** What a handler answers, as its contract has it. */
export function answered(
  route: RouteContract,
  answer: Answer,
  { headers: { 'if-none-match': ifNoneMatch }, pathParameters: params = {} }: Sent,
): APIGatewayProxyStructuredResultV2 {
  const statusCode = answer.status ?? route.answer.status
  const { etag, ...given } = { ...tagged(route, answer), ...answer.headers }
  const { maxAge } = route.answer
  const headers = {
    ...ofEveryAnswer,
    ...(route.deprecated && deprecationHeaders(route.deprecated)),
    ...(maxAge !== undefined && { 'cache-control': `public, max-age=${maxAge}` }),
    ...(route.answer.status === 201 &&
      statusCode === 201 && { location: locationOf(route.answer.location, answer, params) }),
    ...given,
    ...(etag !== undefined && { etag }),
  }
  if (route.method === 'GET' && etag !== undefined && isKnown(ifNoneMatch, etag)) return { statusCode: 304, headers }
  return {
    statusCode,
    headers: { ...(answer.body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...bodyOf(answer),
  }
}

/** The part of a request that its answer goes by. */
interface Sent {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly pathParameters?: Readonly<Record<string, string | undefined>>
}

function locationOf(template: string, { body }: Answer, params: NonNullable<Sent['pathParameters']>): string {
  const known: Readonly<Record<string, unknown>> = { ...params, ...(body as object | undefined) }
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(own(known, name))))
}

/** The `ETag` of an answer that is the resource itself: where a handler gives none, a digest of the body. */
function tagged({ method }: RouteContract, { body, headers }: Answer): { readonly etag?: string } {
  const isResource = method === 'GET' || method === 'PATCH' || method === 'PUT'
  return isResource && body !== undefined && headers?.['etag'] === undefined ? { etag: tagOfBody(body) } : {}
}

function bodyOf({ body, content }: Answer): Pick<APIGatewayProxyStructuredResultV2, 'body' | 'isBase64Encoded'> {
  if (Buffer.isBuffer(content)) return { body: content.toString('base64'), isBase64Encoded: true }
  if (content !== undefined) return { body: content }
  return body === undefined ? {} : { body: JSON.stringify(body) }
}

/** What a request is refused with. */
export function refused(problem: HttpProblem, requestId: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: problem.status,
    headers: {
      ...ofEveryAnswer,
      'content-type': 'application/problem+json',
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...problem.headers,
    },
    body: JSON.stringify(problem.body(requestId)),
  }
}
