import middy, { type MiddlewareObj, type Request as Call } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import * as z from 'zod'
import {
  type RefusalCode,
  type RouteContract,
  type Routes,
  readsJson,
  routeKeysOf,
  scopeOf,
} from '../../schemas/contract.ts'
import { isRecorded, subjectOf } from '../../schemas/action.ts'
import { type Intent, asAction } from './actions.ts'
import { admit } from './admit.ts'
import { type Answer, answered, refused } from './answer.ts'
import { FieldErrors, HttpProblem, type Refuse, refuse, shortened } from './errors.ts'
import type { Scope } from '../../schemas/access.ts'
import type { Identify, Principal } from './identity.ts'
import { type KeptAnswers, liveKeptAnswers } from './kept-answers.ts'
import { forbidden, notForKeys, unauthenticated, unverified } from './no-access.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { metric } from './metrics.ts'
import { cursorsOf } from './list-cursor.ts'
import { waitOf } from './prefer.ts'
import { checkRawQuery } from './raw-query.ts'
import { type MediaType, mediaTypeOf, textOf } from './request-text.ts'
import { InvalidCursor } from './store.ts'
import { isOutage } from './redelivery.ts'

export interface Caller {
  readonly kind: Principal['kind']
  /** Of the user, or of the API key. */
  readonly id: string
  /** Whether the caller has the scope that the route names: it reaches what belongs to others. */
  readonly privileged: boolean
  readonly scopes: ReadonlySet<Scope>
  /** Undefined for those who have no sessions. */
  readonly sessionId?: string | undefined
  /** The `emailHash` of the address that the user has proven. */
  readonly provenEmail?: string | undefined
  /** Whether the account is to be erased. */
  readonly leaving?: boolean
}

/** Where a request comes from, as the gateway sees it. */
export interface Sender {
  readonly ip: string
  readonly userAgent: string
}

type Parsed<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined

/** A request of a route, parsed and checked by its contract. */
export interface Request<Route extends RouteContract = RouteContract> {
  readonly route: Route
  readonly params: Parsed<Route['params']>
  readonly query: Parsed<Route['query']>
  readonly body: Parsed<Route['body']>
  /** The raw body, of routes that take text. */
  readonly text: string
  readonly mediaType: string
  /** The signed-in user; undefined on open routes. */
  readonly caller: Route['who'] extends 'open' ? undefined : Caller
  readonly idempotencyKey: Route['idempotencyKey'] extends 'required' ? string : string | undefined
  /** From `Prefer: wait=N`, in milliseconds; 0 without it. */
  readonly waitMs: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestId: string
  readonly sender: Sender
  /** Makes a problem of the codes that the contract declares, to be thrown. Of several routes: of those that all declare. */
  readonly refuse: Route extends RouteContract ? Refuse<RefusalCode<Route>> : never
}

type BodyOf<Route extends RouteContract> = Route['answer']['body'] extends z.ZodType
  ? z.input<Route['answer']['body']>
  : undefined

export type Handler<Route extends RouteContract> = (request: Request<Route>) => Promise<Answer<BodyOf<Route>>>
/** One handler for each route of a service. */
export type Handlers<Contract extends Routes> = { readonly [Name in keyof Contract]: Handler<Contract[Name]> }

/** What API Gateway hands over, payload format 2.0. */
export type GatewayEvent = APIGatewayProxyEventV2

/** The Lambda handler of a service's routes. The handlers and the check of tokens are made at the first call. */
export function http<Contract extends Routes>(
  routes: Contract,
  identity: () => Identify,
  make: () => Handlers<Contract>,
) {
  let serve: ((event: GatewayEvent) => Promise<APIGatewayProxyStructuredResultV2>) | undefined
  const kept = liveKeptAnswers()
  return middy<GatewayEvent, APIGatewayProxyStructuredResultV2>()
    .use(withoutBody())
    .use(observed())
    .use(problems())
    .handler((event) => (serve ??= dispatch(routes, make(), identity(), kept))(event))
}

/** Picks the route, finds out who asks, checks the request against its contract, and calls its handler. Throws `HttpProblem`. */
export function dispatch<Contract extends Routes>(
  routes: Contract,
  handlers: Handlers<Contract>,
  identify: Identify,
  kept?: KeptAnswers,
) {
  return async (event: GatewayEvent): Promise<APIGatewayProxyStructuredResultV2> => {
    const found = Object.entries(routes).find(([, each]) => routeKeysOf(each).includes(event.routeKey))
    if (found === undefined) throw new HttpProblem('route_not_found', `There is no route ${event.routeKey}.`)
    const [name, route] = found
    const caller = route.who === 'open' ? undefined : await callerOf(route, event, identify)
    const handler = handlers[name] as Handler<RouteContract>
    const request = parse(route, event, caller) as Request
    const cursors = cursorsOf(request)
    const answerTo = () => handler(cursors?.opened(request) ?? request)
    const keeps = caller === undefined && route.method === 'GET' ? kept : undefined
    const answer = await (caller?.privileged && isRecorded(route)
      ? asAction(intentOf(name, request, caller), answerTo)
      : (keeps?.of(request, answerTo) ?? answerTo()))
    if (route.method !== 'GET') kept?.forget()
    return answered(route, cursors?.sealed(answer) ?? answer, event)
  }
}

function parse(route: RouteContract, event: GatewayEvent, caller: Caller | undefined): unknown {
  const headers = event.headers
  const mediaType = mediaTypeOf(headers['content-type'])
  const text = textOf(event, mediaType, isFile(route) ? 'file' : 'json')
  const errors = new FieldErrors()
  const check = (schema: z.ZodType | undefined, value: unknown): unknown => {
    const refused = new FieldErrors()
    const admitted = admit(value, refused, route.verbatim)
    errors.addFrom(refused)
    const result = schema?.safeParse(admitted)
    if (result?.error) errors.addIssues(result.error, refused)
    return result?.data
  }
  check(undefined, headers)
  checkRawQuery(event.rawQueryString ?? '', errors)
  if (route.text && mediaType.name === 'application/json') check(undefined, parsed(text))
  const isSent = readsJson(route) && (route.body !== undefined || text !== '')
  const sent = isSent ? check(route.body ?? nothing, jsonOf(text, mediaType)) : undefined
  const request = {
    route,
    params: check(route.params, event.pathParameters ?? {}),
    query: check(route.query ?? (isPublic(route) ? undefined : nothing), event.queryStringParameters ?? {}),
    body: route.body && sent,
    text,
    mediaType: mediaType.name,
    caller,
    idempotencyKey: idempotencyKeyOf(route, headers['idempotency-key']),
    waitMs: route.prefersWait ? waitOf(headers['prefer']) : 0,
    headers,
    requestId: event.requestContext.requestId,
    sender: senderOf(event),
    refuse,
  }
  if (route.text && !route.text.includes(mediaType.name)) {
    throw new HttpProblem('unsupported_media_type', `Send the body as ${route.text.join(' or ')}.`)
  }
  if (errors.any) {
    throw new HttpProblem('validation_failed', 'The request has invalid fields.', {
      errors: errors.listed,
      moreErrors: errors.more,
    })
  }
  return request
}

const nothing = z.strictObject({})

/** Links and monitors add parameters of their own to what everybody may read. */
const isPublic = ({ who, method }: RouteContract): boolean => who === 'open' && method === 'GET'

/** Whether the body is a file, which may be in another charset than UTF-8. */
const isFile = ({ text }: RouteContract): boolean => text !== undefined && !text.includes('application/json')

/** The owner of a good token, as far as the route lets them. Throws `HttpProblem` 401 and 403, with the challenges of RFC 6750. */
async function callerOf(route: RouteContract, { headers }: GatewayEvent, identify: Identify): Promise<Caller> {
  const { authorization = '' } = headers
  const principal = authorization === '' ? undefined : await identify(authorization)
  if (principal === undefined) throw unauthenticated(authorization !== '')
  logger.appendKeys({ caller: principal.id })
  const scope = scopeOf(route)
  const privileged = scope !== undefined && principal.scopes.has(scope)
  const { kind, id, scopes, sessionId, provenEmail, leaving } = principal
  if (kind === 'key' && scope === undefined) throw notForKeys()
  if (scope !== undefined && !privileged && (scope === route.who || kind === 'key')) throw forbidden(scope)
  if (route.provenAddress && principal.unverified && !privileged) throw unverified()
  return { kind, id, privileged, scopes, sessionId, provenEmail, ...(leaving && { leaving }) }
}

/** What a request of an operator or a key is about to do: names and ids, and why as they put it. */
function intentOf(operation: string, { route, params, body, requestId, sender }: Request, caller: Caller): Intent {
  const sent: unknown = body
  const fields = sent !== null && typeof sent === 'object' && !Array.isArray(sent) ? { ...sent } : {}
  const { reason } = fields as { readonly reason?: unknown }
  return {
    operation,
    actor: { kind: caller.kind, id: caller.id },
    from: sender,
    subject: subjectOf(route, { ...(params as Readonly<Record<string, string>> | undefined) }),
    fields: Object.keys(fields).toSorted(),
    ...(typeof reason === 'string' && { reason: shortened(reason, 300) }),
    requestId,
  }
}

const senderOf = ({ requestContext: { http: of } }: GatewayEvent): Sender => ({
  ip: of?.sourceIp ?? '',
  userAgent: shortened(of?.userAgent ?? '', 300),
})

function jsonOf(text: string, mediaType: MediaType): unknown {
  if (text === '') return undefined
  if (mediaType.name !== 'application/json')
    throw new HttpProblem('unsupported_media_type', 'Send the body as application/json.')
  const value = parsed(text)
  // The parser's message quotes the body, where there may be a password.
  if (value === undefined) throw new HttpProblem('invalid_json', 'The body is not JSON.')
  return value
}

/** The value of a JSON text, with or without a byte order mark; undefined for any other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
  } catch {
    return undefined
  }
}

function idempotencyKeyOf(route: RouteContract, key: string | undefined): string | undefined {
  if (route.idempotencyKey === undefined) return undefined
  if (key === undefined || key === '') {
    if (route.idempotencyKey === 'optional') return undefined
    throw new HttpProblem('idempotency_key_required', 'Send an Idempotency-Key header that is new for each intent.')
  }
  if (key.length > 255) throw new HttpProblem('idempotency_key_invalid', 'An Idempotency-Key has 1 to 255 characters.')
  return key
}

/** `HEAD` is answered as `GET` is, without the body. */
function withoutBody(): MiddlewareObj<GatewayEvent, APIGatewayProxyStructuredResultV2> {
  const strip = ({ event, response }: Call<GatewayEvent, APIGatewayProxyStructuredResultV2>): void => {
    if (event.routeKey.startsWith('HEAD ')) delete response?.body
  }
  return { after: strip, onError: strip }
}

/** Logs and metrics, for each call. */
function observed(): MiddlewareObj<GatewayEvent, APIGatewayProxyStructuredResultV2> {
  return {
    before: ({ event, context }) => {
      logger.addContext(context)
      logger.resetKeys()
      logger.appendKeys({ route: event.routeKey, requestId: event.requestContext.requestId })
    },
    after: ({ response }) => {
      logger.info('answered', { status: response?.statusCode })
      publishMetrics()
    },
    onError: publishMetrics,
  }
}

/** The one place where an error becomes an answer. */
function problems(): MiddlewareObj<GatewayEvent, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const { event, error } = request
      const problem = problemOf(error)
      if (problem.status >= 500) {
        if (problem.code !== 'not_ready')
          metrics.addMetric(problem.code === 'contended' ? metric.contended : metric.faults, 'Count', 1)
        logger.error('failed', { error: error as Error })
      } else logger.info('refused', { status: problem.status, code: problem.code, detail: problem.message })
      request.response = refused(problem, event.requestContext.requestId)
    },
  }
}

export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof InvalidCursor)
    return new HttpProblem('invalid_cursor', 'Take the cursor from the last page of the same list.', {
      errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
    })
  if (isOutage(error)) {
    return new HttpProblem('unavailable', 'Try again, with the same Idempotency-Key.', {
      headers: { 'retry-after': '1' },
    })
  }
  return new HttpProblem(
    'internal_error',
    'Something failed here; the request id finds it in the logs. Try again, with the same Idempotency-Key.',
  )
}
