import { randomBytes } from 'node:crypto'
import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { InvokeResult } from '../lambda/invoke.ts'
import { type Cors, corsHeaders, preflight } from './cors.ts'
import { targetOf } from '../endpoint/request-target.ts'
import { type JwtAuthorizer, authorize } from './jwt-authorizer.ts'
import { type Answer, type Judged, answerOf, eventOf, internalError, message } from './payload.ts'
import { type Matched, type RoutePath, matchRoute } from './route-path.ts'

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

export interface ApiSettings {
  readonly id: string
  readonly account: string
  readonly routes: readonly ApiRoute[]
  readonly cors: Cors | undefined
}

/** What a request becomes that API Gateway would never see; `false` leaves it to the API. */
export type Beside = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/** What a request for a WebSocket becomes. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>

interface Serving {
  readonly settings: ApiSettings
  readonly beside: Beside
}

/** An HTTP API of API Gateway (version 2), payload format 2.0. */
export class HttpApi {
  private readonly server: Server
  private serving: Serving | undefined

  constructor() {
    this.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.handle(request, response).catch(() => {
        if (response.headersSent) response.destroy()
        else send(response, internalError)
      })
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
    this.serving = { settings, beside }
  }

  /** Hands requests for WebSockets over; without it they are answered as any other. */
  upgradeWith(upgrade: Upgrade): void {
    this.server.on('upgrade', (request, socket, head) => {
      upgrade(request, socket, head).catch(() => socket.destroy())
    })
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { serving } = this
    if (await serving?.beside(request, response)) return
    const requestId = `${randomBytes(11).toString('base64url')}=`
    const answer = serving ? await answered(serving.settings, request, requestId) : message(503, 'Service Unavailable')
    send(response, answer, { ...corsHeaders(serving?.settings.cors, request), 'apigw-requestid': requestId })
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer, more: OutgoingHttpHeaders = {}): void {
  // The length that `GET` would give is not known to `HEAD`, which leaves it out.
  const length = response.req.method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...more, ...length })
  response.end(body)
}

async function answered(settings: ApiSettings, request: IncomingMessage, requestId: string): Promise<Answer> {
  const target = targetOf(request)
  if (target === undefined) return message(400, 'Bad Request')
  const { pathname, search } = target
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

const closing = { headers: { 'content-type': 'application/json', connection: 'close' } }
