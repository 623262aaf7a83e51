import * as z from 'zod'
import type { Scope } from './access.ts'
import type { Deprecation } from './deprecation.ts'
import type { ProblemCode } from './problems.ts'
import { Time } from './shared.ts'

/** The services, each with its own table, functions, routes and events. */
export const services = [
  'catalog',
  'inventory',
  'orders',
  'payments',
  'shipping',
  'users',
  'audit',
  'notifications',
  'analytics',
] as const
export type Service = (typeof services)[number]

/** An event that a service publishes on the bus. */
export interface EventContract<Name extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly name: Name
  readonly version: number
  readonly source: Service
  readonly description: string
  readonly data: Data
  /** Carries personal data to its one consumer: archive, feed and webhooks leave it out. */
  readonly isPrivate?: true
  /** What the names of its family begin with: who consumes one of them gets all, of any service, and what is not known yet waits there. */
  readonly family?: string
}

/** Declares an event. Within a version only additions are allowed; anything else is a new version beside the old. */
export function event<const Name extends string, Data extends z.ZodType>(
  source: Service,
  name: Name,
  version: number,
  description: string,
  data: Data,
): EventContract<Name, Data> {
  return { source, name, version, description, data }
}

/** Declares an event that carries personal data, or what pays, to its one consumer. */
export const privateEvent = <const Name extends string, Data extends z.ZodType>(
  ...declared: Parameters<typeof event<Name, Data>>
): EventContract<Name, Data> => ({ ...event(...declared), isPrivate: true })

/** What the sources of all services begin with. */
export const sourcePrefix = 'holdfast.'

/** What EventBridge calls `source`: `holdfast.<service>`. */
export const sourceOf = ({ source }: Pick<EventContract, 'source'>): string => `${sourcePrefix}${source}`

/** What EventBridge calls `detail-type`: name and major version, such as `order.placed.v1`. */
export const detailTypeOf = (contract: EventContract): string => `${contract.name}.v${contract.version}`

const envelopeOf = <Data extends z.ZodType>(data: Data) =>
  z.object({
    id: z.string().min(1).max(300).describe('Deterministic: aggregate, version and name. The key of every inbox.'),
    time: Time.describe('When the fact became true.'),
    correlationId: z.string().min(1).describe('The order id where there is one, else the aggregate id.'),
    causationId: z.string().min(1).describe('The id of the event or request that caused this one.'),
    data,
  })

// Zod compiles a schema when it is first used, which takes far longer than using it.
const envelopes = new WeakMap<z.ZodType, unknown>()

/** The `detail` of every event; one schema for each `data`. Unknown fields are dropped on reading, so that producers may add some. */
export function envelope<Data extends z.ZodType>(data: Data): ReturnType<typeof envelopeOf<Data>> {
  const made = (envelopes.get(data) as ReturnType<typeof envelopeOf<Data>> | undefined) ?? envelopeOf(data)
  envelopes.set(data, made)
  return made
}

export interface Envelope<Data> {
  readonly id: string
  readonly time: string
  readonly correlationId: string
  readonly causationId: string
  readonly data: Data
}

export type DataOf<Contract extends EventContract> = z.infer<Contract['data']>

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `open` needs no token, `user` any signed-in user, and a scope somebody who has it. */
export type Who = 'open' | 'user' | Scope

export interface RouteContract {
  readonly method: Method
  /** With parameters in braces, as API Gateway writes it: `/orders/{id}`. */
  readonly path: string
  readonly who: Who
  /** On a route of `user`: the scope that opens what belongs to others too. */
  readonly others?: Scope
  /** Whether a stage may ask for a proven address first, of those without that scope. */
  readonly provenAddress?: true
  readonly summary: string
  /** That clients should leave it, since when, and until when they can. */
  readonly deprecated?: Deprecation
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** The JSON body, or `text` for a body of the listed media types that the handler parses itself. */
  readonly body?: z.ZodType
  readonly text?: readonly string[]
  /** Fields of the body that are kept as they were sent, such as passwords: all other text is brought into normalization form C. */
  readonly verbatim?: readonly string[]
  /** Whether `Idempotency-Key` is needed (`required`), heeded (`optional`) or, by default, ignored. */
  readonly idempotencyKey?: 'required' | 'optional'
  /** On what is changed or removed and cannot be read by itself: it has no `ETag` that `If-Match` could name. */
  readonly untagged?: true
  /** Whether `Prefer: wait=N` (seconds) is heeded. */
  readonly prefersWait?: boolean
  /** The success status and its JSON body; `html` where a browser gets a page in its place. */
  readonly answer: (
    | { readonly status: 200 | 202 | 204 }
    /** Where what was made is read: the path of a route, its parameters filled in from the answer, or else from the request. */
    | { readonly status: 201; readonly location: `/${string}` }
  ) & {
    readonly body?: z.ZodType
    readonly html?: true
    /** The media types of a file that is answered in place of a body. */
    readonly files?: readonly string[]
    /** Fields of the body that the first answer alone has: nothing keeps them, and the answer to a repeated request names them in `withheld`. */
    readonly once?: readonly string[]
    /** How many seconds everybody's cache may keep it; without it, no cache keeps it at all. */
    readonly maxAge?: number
  }
  /** What its handler refuses requests with, beyond the codes that `codesOf` adds. */
  readonly problems?: readonly ProblemCode[]
}

/** Declares a route. */
export function route<const Contract extends RouteContract>(contract: Contract): Contract {
  return contract
}

export type Routes = Readonly<Record<string, RouteContract>>

/** What API Gateway calls the route key: `POST /orders`. */
export const routeKeyOf = (contract: RouteContract): string => `${contract.method} ${contract.path}`

/** Every key that leads to the route: what `GET` answers, `HEAD` does without the body. */
export const routeKeysOf = (contract: RouteContract): readonly string[] =>
  contract.method === 'GET' ? [routeKeyOf(contract), `HEAD ${contract.path}`] : [routeKeyOf(contract)]

const ofEveryRoute = [
  'validation_failed',
  'invalid_encoding',
  'unsupported_charset',
  'body_too_large',
  'unavailable',
  'internal_error',
] as const satisfies readonly ProblemCode[]
const ofChanges = ['version_mismatch'] as const satisfies readonly ProblemCode[]
const ofKeys = ['idempotency_key_invalid', 'idempotency_key_reused'] as const satisfies readonly ProblemCode[]

/** Whether a route changes or removes what has an `ETag`. */
type ChangesTagged<Route extends RouteContract> = Route extends { readonly untagged: true }
  ? false
  : Route['method'] extends 'PATCH' | 'PUT' | 'DELETE'
    ? true
    : false

/** The codes that the handler of a route may refuse a request with. */
export type RefusalCode<Route extends RouteContract> =
  | (Route['problems'] extends readonly (infer Code extends ProblemCode)[] ? Code : never)
  | (ChangesTagged<Route> extends true ? (typeof ofChanges)[number] : never)
  | (Route['idempotencyKey'] extends string ? (typeof ofKeys)[number] : never)
  | (typeof ofEveryRoute)[number]

/** The scope that a route names: without it, it is refused, or reaches no further than what is the caller's own. */
export const scopeOf = ({ who, others }: RouteContract): Scope | undefined =>
  who === 'open' || who === 'user' ? others : who

/** Whether `If-Match` is heeded: where a resource is changed or removed that has an `ETag`. */
export const heedsMatch = ({ method, untagged }: RouteContract): boolean =>
  (method === 'PATCH' || method === 'PUT' || method === 'DELETE') && !untagged

/**
 * Whether a JSON body is looked at: also where the route has none, a field in it is an error, and not something that is left out. Bodies of `GET`
 * and `DELETE` mean nothing (RFC 9110, 9.3.1 and 9.3.5), and some clients always send one.
 */
export const readsJson = ({ body, text, method }: RouteContract): boolean =>
  body !== undefined || (text === undefined && method !== 'GET' && method !== 'DELETE')

/** The codes of all problems that a route may answer with: its own, and those that follow from the rest of its contract. */
export function codesOf(route: RouteContract): readonly ProblemCode[] {
  const { text, query, idempotencyKey, who, method, problems = [] } = route
  const codes: readonly (readonly ProblemCode[] | false)[] = [
    problems,
    who !== 'open' && ['unauthenticated', scopeOf(route) === undefined ? 'not_for_keys' : 'forbidden'],
    route.provenAddress === true && ['email_unverified'],
    idempotencyKey === 'required' && ['idempotency_key_required'],
    idempotencyKey !== undefined && ofKeys,
    query !== undefined && 'cursor' in query.shape && ['invalid_cursor'],
    (text !== undefined || readsJson(route)) && ['unsupported_media_type'],
    readsJson(route) && ['invalid_json'],
    method !== 'GET' && ['contended'],
    heedsMatch(route) && ofChanges,
    ofEveryRoute,
  ]
  return codes.flatMap((each) => each || [])
}
