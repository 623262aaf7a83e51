import { byClaims, headerOf } from '../claims.ts'
import type { KeptAnswers } from '../../functions/runtime/kept-answers.ts'
import type { Routes } from '../../schemas/contract.ts'

import { type GatewayEvent, type Handlers, dispatch, problemOf } from '../../functions/runtime/http.ts'

export interface Call {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Roles of the caller; without it nobody is signed in. */
  readonly as?: string
  /** The session of the caller. */
  readonly session?: string
  /** The address that the request comes from. */
  readonly from?: string
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // What a test expects of it is the test's own matter.
  readonly body: ReturnType<typeof JSON.parse>
}

/** Calls routes as API Gateway would, and reads the answer, also that of a problem. Requests are `request-1`, `request-2`, ... */
export function caller<Contract extends Routes>(routes: Contract, handlers: Handlers<Contract>, kept?: KeptAnswers) {
  const answerOf = dispatch(routes, handlers, byClaims, kept)
  let requests = 0
  return async (
    routeKey: string,
    { params, query, body, text, headers, as, session, from }: Call = {},
  ): Promise<Answered> => {
    const requestId = `request-${(requests += 1)}`
    const event = {
      routeKey,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && { authorization: headerOf({ sub: 'user-1', roles: as, ...(session && { session }) }) }),
        ...headers,
      },
      pathParameters: params,
      queryStringParameters: query,
      body: text ?? (body === undefined ? undefined : JSON.stringify(body)),
      isBase64Encoded: false,
      requestContext: { requestId, ...(from !== undefined && { http: { sourceIp: from } }) },
    } as unknown as GatewayEvent
    try {
      const { statusCode, headers: sent, body: answer } = await answerOf(event)
      return {
        status: statusCode ?? 0,
        headers: sent ?? {},
        body: answer === undefined ? undefined : JSON.parse(answer),
      }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.status === 500) throw error
      return { status: problem.status, headers: problem.headers, body: problem.body(requestId) }
    }
  }
}
