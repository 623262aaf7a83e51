import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { InvokeResult } from '../lambda/invoke.ts'
import type { Claims } from './jwt-authorizer.ts'
import type { Matched, RoutePath } from './route-path.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer | string
}

export interface Judged {
  readonly claims: Claims
  readonly scopes: readonly string[] | null
}

/** A request that has a route, with everything that its event needs. */
export interface MatchedRequest {
  readonly settings: { readonly id: string; readonly account: string }
  readonly matched: Matched<{ readonly path: RoutePath }>
  readonly request: IncomingMessage
  readonly requestId: string
  readonly pathname: string
  readonly search: string
  readonly body: Buffer
  readonly claims: { readonly jwt: Judged | undefined }
}

/** The event of payload format 2.0. */
export function eventOf({
  settings,
  matched,
  request,
  requestId,
  pathname,
  search,
  body,
  claims: { jwt },
}: MatchedRequest) {
  const { cookie, ...sent } = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]),
  )
  // The gateway has read the whole body, also one that came in chunks.
  const headers = body.length > 0 ? { 'content-length': String(body.length), ...sent } : sent
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1'
  const now = new Date()
  const text = isText(headers)
  return {
    version: '2.0',
    routeKey: matched.route.path.key,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, 'x-forwarded-for': sourceIp, 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' },
    ...(search.length > 1 && { queryStringParameters: queryOf(search) }),
    ...(Object.keys(matched.parameters).length > 0 && { pathParameters: matched.parameters }),
    requestContext: {
      accountId: settings.account,
      apiId: settings.id,
      ...(jwt && { authorizer: { jwt: { claims: jwt.claims, scopes: jwt.scopes } } }),
      domainName: headers['host'] ?? 'localhost',
      domainPrefix: settings.id,
      http: {
        method: request.method ?? '',
        path: pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: matched.route.path.key,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: text ? asText(body) : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !text,
  } satisfies Omit<APIGatewayProxyEventV2, 'requestContext'> & { requestContext: object }
}

/** What API Gateway takes for text; everything else, also a body without a media type, it hands over in base64. */
function isText({ 'content-type': type, 'content-encoding': encoding }: Record<string, string>): boolean {
  const media = type?.split(';')[0]?.trim().toLowerCase() ?? ''
  return encoding === undefined && /^(text\/.*|application\/(json|javascript|xml))$/.test(media)
}

/** Text as UTF-8, regardless of its charset; bytes that are not UTF-8 are replaced one by one. */
function asText(body: Buffer): string {
  if (isUtf8(body)) return body.toString('utf8')
  let text = ''
  for (let at = 0; at < body.length;) {
    const length = characterLength(body, at)
    text += length === 0 ? '\uFFFD' : body.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return text
}

/** How many bytes the character has that begins there; 0 if none does. */
function characterLength(body: Buffer, at: number): number {
  if ((body[at] ?? 0) < 0x80) return 1
  return [2, 3, 4].find((length) => at + length <= body.length && isUtf8(body.subarray(at, at + length))) ?? 0
}

function queryOf(search: string): Record<string, string> {
  const values = Map.groupBy(new URLSearchParams(search), ([name]) => name)
  return Object.fromEntries([...values].map(([name, pairs]) => [name, pairs.map(([, value]) => value).join()]))
}

/** What format 2.0 makes of an answer: one with a `statusCode` is the answer itself, anything else is a JSON body. */
export function answerOf({ payload, functionError }: InvokeResult): Answer {
  if (functionError !== undefined) {
    const tooLarge = (payload as { errorType?: string } | null)?.errorType === 'RequestEntityTooLargeException'
    return tooLarge ? message(413, 'Request Entity Too Large') : internalError
  }
  if (payload === null || typeof payload !== 'object' || !('statusCode' in payload)) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = payload as {
    readonly statusCode: unknown
    readonly headers?: Readonly<Record<string, string | number | boolean>>
    readonly cookies?: readonly string[]
    readonly body?: unknown
    readonly isBase64Encoded?: boolean
  }
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) return internalError
  if (body !== undefined && body !== null && typeof body !== 'string') return internalError
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return {
    status,
    headers: {
      ...(body && { 'content-type': 'text/plain; charset=utf-8' }),
      ...Object.fromEntries(named),
      ...(cookies && { 'set-cookie': cookies }),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  }
}

export const message = (status: number, text: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: text }),
})
export const internalError = message(500, 'Internal Server Error')
