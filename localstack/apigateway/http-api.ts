import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type Matched, type RoutePath, matchRoute } from './route-path.ts'
import type { InvokeResult } from '../lambda/invoke.ts'
import { type Claims, type JwtAuthorizer, authorize } from './jwt-authorizer.ts'

/** The largest body that API Gateway takes, in bytes. */
const maxBodyBytes = 10_485_760

export interface ApiRoute {
  readonly path: RoutePath
  readonly authorizer: JwtAuthorizer | undefined
  readonly scopes: readonly string[]
  readonly timeoutMs: number
  /** Invokes the function behind the route. Rejects if the API is not permitted to. */
  readonly invoke: (event: unknown) => Promise<InvokeResult>
}

export interface Cors {
  readonly credentials: boolean
  readonly headers: readonly string[]
  readonly methods: readonly string[]
  readonly origins: readonly string[]
  readonly exposed: readonly string[]
  readonly maxAgeSeconds: number | undefined
}

export interface ApiSettings {
  readonly id: string
  readonly account: string
  readonly routes: readonly ApiRoute[]
  readonly cors: Cors | undefined
}

/** What a request becomes that API Gateway would never see; `false` leaves it to the API. */
export type Beside = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer | string
}

interface Served {
  readonly settings: ApiSettings
  readonly beside: Beside
}

/** An HTTP API of API Gateway (version 2), payload format 2.0. */
export class HttpApi {
  private readonly server: Server
  private served: Served | undefined

  constructor() {
    this.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  /** Listens on the port (0 for any that is free) and answers it; every request is 503 before `serve`. Rejects if it is taken. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, '127.0.0.1', resolve)
    })
    return (this.server.address() as AddressInfo).port
  }

  serve(settings: ApiSettings, beside: Beside): void {
    this.served = { settings, beside }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { served } = this
    if (await served?.beside(request, response)) return
    const requestId = `${randomBytes(11).toString('base64url')}=`
    const answer = served ? await answered(served.settings, request, requestId) : message(503, 'Service Unavailable')
    response.writeHead(answer.status, {
      ...answer.headers,
      ...corsHeaders(served?.settings.cors, request),
      'apigw-requestid': requestId,
      'content-length': Buffer.byteLength(answer.body),
    })
    response.end(answer.body)
  }
}

async function answered(settings: ApiSettings, request: IncomingMessage, requestId: string): Promise<Answer> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://local')
  const ready = preflight(settings.cors, request)
  if (ready) return ready
  let matched: Matched<ApiRoute> | undefined
  try {
    matched = matchRoute(settings.routes, request.method ?? '', pathname)
  } catch (error) {
    if (error instanceof URIError) return message(400, 'Bad Request')
    throw error
  }
  if (matched === undefined) return message(404, 'Not Found')
  const judged = await judge(matched.route, request.headers.authorization)
  if ('answer' in judged) return judged.answer
  const body = await bodyOf(request)
  if (body === undefined) return { ...message(413, 'Request Entity Too Large'), ...closing }
  const event = eventOf({
    settings,
    matched,
    request,
    requestId,
    pathname,
    search,
    body,
    claims: judged,
  })
  return integrate(matched.route, event)
}

function preflight(cors: Cors | undefined, request: IncomingMessage): Answer | undefined {
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  return cors && isPreflight ? { status: 204, headers: {}, body: '' } : undefined
}

function corsHeaders(cors: Cors | undefined, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers
  if (cors === undefined || origin === undefined) return {}
  const allowed = cors.origins.includes('*') ? '*' : cors.origins.includes(origin) ? origin : undefined
  if (allowed === undefined) return {}
  const preflight = request.method === 'OPTIONS' && {
    'access-control-allow-methods': cors.methods.join(','),
    'access-control-allow-headers': cors.headers.join(','),
    ...(cors.maxAgeSeconds !== undefined && { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  }
  return {
    'access-control-allow-origin': allowed,
    ...(cors.credentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.exposed.length > 0 && { 'access-control-expose-headers': cors.exposed.join(',') }),
    ...preflight,
  }
}

interface Judged {
  readonly claims: Claims
  readonly scopes: readonly string[] | null
}

async function judge(
  { authorizer, scopes }: ApiRoute,
  header: string | undefined,
): Promise<{ readonly answer: Answer } | { readonly jwt: Judged | undefined }> {
  if (authorizer === undefined) return { jwt: undefined }
  const judgement = await authorize(authorizer, header, scopes)
  if (judgement.ok) return { jwt: judgement }
  const refused = message(judgement.status, judgement.status === 401 ? 'Unauthorized' : 'Forbidden')
  return { answer: { ...refused, headers: { ...refused.headers, 'www-authenticate': judgement.challenge } } }
}

interface Parts {
  readonly settings: ApiSettings
  readonly matched: Matched<ApiRoute>
  readonly request: IncomingMessage
  readonly requestId: string
  readonly pathname: string
  readonly search: string
  readonly body: Buffer
  readonly claims: { readonly jwt: Judged | undefined }
}

function eventOf({ settings, matched, request, requestId, pathname, search, body, claims: { jwt } }: Parts) {
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

/** Text as UTF-8, whatever its charset says; what is not, is replaced byte by byte. */
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

/** `undefined` if it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function integrate(route: ApiRoute, event: unknown): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(message(503, 'Service Unavailable')), route.timeoutMs)
  })
  try {
    return await Promise.race([route.invoke(event).then(answerOf, () => internalError), late])
  } finally {
    clearTimeout(timer)
  }
}

/** What format 2.0 makes of an answer: one with a `statusCode` is taken at its word, anything else is a JSON body. */
function answerOf({ payload, functionError }: InvokeResult): Answer {
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

const message = (status: number, text: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: text }),
})
const internalError = message(500, 'Internal Server Error')
const closing = { headers: { 'content-type': 'application/json', connection: 'close' } }
