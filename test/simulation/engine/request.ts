import { headerOf } from '../../claims.ts'
import { type GatewayEvent, problemOf } from '../../../functions/runtime/http.ts'
import type { Ended } from './processes.ts'

export interface Reply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface Asked {
  /** The claims of the caller's token; nobody's for open routes. */
  readonly as?: Readonly<Record<string, string>>
  readonly route: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** In the place of `body`, as it is. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly key?: string | undefined
  readonly waitSeconds?: number
}

/** The request as API Gateway hands it over. */
export function gatewayEvent(
  { as, route, params, query, body, text, headers, key, waitSeconds }: Asked,
  requestId: string,
): GatewayEvent {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
  return {
    routeKey: route,
    headers: {
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...headers,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(as && { authorization: headerOf(as) }),
      ...(waitSeconds !== undefined && { prefer: `wait=${waitSeconds}` }),
    },
    pathParameters: params,
    queryStringParameters: query,
    ...(sent !== undefined && { body: sent }),
    requestContext: { requestId },
  } as unknown as GatewayEvent
}

/** The answer as API Gateway hands it back. */
export function replyOf(
  ended: Ended<{ readonly statusCode?: number | undefined; readonly body?: string | undefined }>,
  requestId: string,
): Reply {
  if (ended.how === 'answered')
    return { status: ended.answer.statusCode ?? 0, body: JSON.parse(ended.answer.body ?? '{}') as Reply['body'] }
  if (ended.how === 'died') return { status: 503, body: { code: 'died' } }
  const problem = problemOf(ended.error)
  return {
    status: problem.status,
    body: { ...problem.body(requestId), ...(problem.status === 500 && { error: String(ended.error) }) },
  }
}
