import type * as z from 'zod'
import * as analytics from './analytics.ts'
import * as audit from './audit.ts'
import * as catalog from './catalog.ts'
import type { RouteContract, Routes } from './contract.ts'
import * as inventory from './inventory.ts'
import * as notifications from './notifications.ts'
import * as operations from './operations.ts'
import * as orders from './orders.ts'
import * as payments from './payments.ts'
import * as platform from './platform.ts'
import type { Problem } from './shared.ts'
import * as shipping from './shipping.ts'
import * as users from './users.ts'
import { own } from './own.ts'

/** Every route of the API, by its name. */
export const routes = {
  ...platform.routes,
  ...operations.routes,
  ...users.routes,
  ...catalog.routes,
  ...inventory.routes,
  ...orders.routes,
  ...payments.routes,
  ...shipping.routes,
  ...audit.routes,
  ...notifications.routes,
  ...analytics.routes,
} satisfies Routes

export interface ClientOptions {
  /** Without a slash at its end: `http://localhost:4000`. */
  readonly baseUrl: string
  /** The access token of a session. Open routes need none. */
  readonly token?: string | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** What the API answered in place of success. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  /** The stable code of the problem; `http_<status>` where the gateway itself refused without one. */
  readonly code: string
  readonly errors: NonNullable<Problem['errors']>
  readonly requestId: string | undefined
  readonly headers: Headers

  constructor(call: string, answer: RawAnswer) {
    const problem: Partial<Problem> | null = typeof answer.body === 'object' ? answer.body : null
    const code = problem?.code ?? `http_${answer.status}`
    super(`${call}: ${answer.status} ${code}${problem?.detail === undefined ? '' : `: ${problem.detail}`}`)
    this.status = answer.status
    this.code = code
    this.errors = problem?.errors ?? []
    this.requestId = problem?.requestId
    this.headers = answer.headers
  }
}

type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : never
type Field<Key extends string, Value> = [Value] extends [never]
  ? { readonly [K in Key]?: undefined }
  : undefined extends Value
    ? { readonly [K in Key]?: Value }
    : Partial<Value> extends Value
      ? { readonly [K in Key]?: Value }
      : { readonly [K in Key]: Value }

type KeyField<Route extends RouteContract> = Route['idempotencyKey'] extends 'required'
  ? { readonly idempotencyKey: string }
  : Route['idempotencyKey'] extends 'optional'
    ? { readonly idempotencyKey?: string }
    : { readonly idempotencyKey?: undefined }

type TextField<Route extends RouteContract> = Route['text'] extends readonly string[]
  ? { readonly text: string; readonly mediaType: Route['text'][number] }
  : { readonly text?: undefined; readonly mediaType?: undefined }

/** What a call of the route takes, by its contract. */
export type RequestOf<Route extends RouteContract> = Field<'params', Input<Route['params']>> &
  Field<'query', Input<Route['query']>> &
  Field<'body', Input<Route['body']>> &
  KeyField<Route> &
  TextField<Route> & {
    /** `wait=5` keeps the answer back until the outcome is known, 5 seconds at most. */
    readonly prefer?: Route['prefersWait'] extends true ? `wait=${number}` : undefined
    readonly headers?: Readonly<Record<string, string>>
    readonly signal?: AbortSignal
  }

export type AnswerOf<Route extends RouteContract> = Route['answer']['body'] extends z.ZodType
  ? z.output<Route['answer']['body']>
  : undefined

type Call<Route extends RouteContract> =
  Partial<RequestOf<Route>> extends RequestOf<Route>
    ? (request?: RequestOf<Route>) => Promise<AnswerOf<Route>>
    : (request: RequestOf<Route>) => Promise<AnswerOf<Route>>

/** One function for each route. */
export type Client<Contract extends Routes> = { readonly [Name in keyof Contract]: Call<Contract[Name]> }

/** A client of every route of the API. */
export type Api = Client<typeof routes>

/**
 * A client of these routes: one call is one request, nothing is sent again by itself. A call throws `ApiProblem` on every answer
 * but success, and whatever `fetch` throws when there is no answer.
 */
export function client<Contract extends Routes>(contract: Contract, options: ClientOptions): Client<Contract> {
  const calls = Object.entries(contract).map(([name, route]) => [
    name,
    async (request: AnyRequest = {}) => {
      const answer = await send(options, { method: route.method, path: pathOf(route, request), ...partsOf(request) })
      if (answer.status !== route.answer.status) throw new ApiProblem(name, answer)
      return answer.body
    },
  ])
  return Object.fromEntries(calls) as Client<Contract>
}

/** A client of the whole API. */
export const api = (options: ClientOptions): Api => client(routes, options)

/** A request as HTTP has it, for what no contract allows. */
export interface RawRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed, if it is JSON. */
  readonly body: unknown
}

/** Sends one request and gives the answer, whatever it is. */
export async function send(options: ClientOptions, request: RawRequest): Promise<RawAnswer> {
  const response = await (options.fetch ?? fetch)(options.baseUrl + request.path, {
    method: request.method,
    headers: {
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...request.headers,
    },
    body: request.body ?? null,
    signal: request.signal ?? null,
  })
  const text = await response.text()
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
  }
}

interface AnyRequest {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly text?: string
  readonly mediaType?: string
  readonly idempotencyKey?: string
  readonly prefer?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

function pathOf(route: RouteContract, { params = {}, query = {} }: AnyRequest): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(own(params, name))))
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  if (pairs.length === 0) return path
  return `${path}?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString()}`
}

function partsOf({ body, text, mediaType, idempotencyKey, prefer, headers, signal }: AnyRequest) {
  return {
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(mediaType !== undefined && { 'content-type': mediaType }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(prefer !== undefined && { prefer }),
      ...headers,
    },
    body: text ?? (body === undefined ? undefined : JSON.stringify(body)),
    signal,
  }
}
