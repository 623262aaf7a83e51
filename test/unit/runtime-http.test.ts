import { type Claims, byClaims, headerOf } from '../claims.ts'
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { contended, refuse } from '../../functions/runtime/errors.ts'
import { type GatewayEvent, type Handlers, type Request, dispatch, http } from '../../functions/runtime/http.ts'
import { logger, metrics } from '../../functions/runtime/log.ts'
import { InvalidCursor, StoreUnavailable } from '../../functions/runtime/store.ts'
import { type Scope, scopes } from '../../schemas/access.ts'
import { codesOf, route, routeKeyOf } from '../../schemas/contract.ts'
import { Paging } from '../../schemas/shared.ts'

const routes = {
  list: route({
    method: 'GET',
    path: '/things',
    who: 'open',
    summary: '',
    query: Paging,
    answer: { status: 200, body: z.object({ limit: z.int() }) },
  }),
  make: route({
    method: 'POST',
    path: '/things/{id}',
    who: 'user',
    summary: '',
    params: z.strictObject({ id: z.string() }),
    body: z.strictObject({ lines: z.array(z.strictObject({ quantity: z.int().min(1) })) }),
    idempotencyKey: 'required',
    prefersWait: true,
    answer: { status: 201, body: z.looseObject({}), location: '/things/{id}/{part}' },
  }),
  remove: route({
    method: 'DELETE',
    path: '/things/{id}',
    who: 'catalog:write',
    summary: '',
    answer: { status: 204 },
    idempotencyKey: 'optional',
  }),
  load: route({
    method: 'POST',
    path: '/load',
    who: 'catalog:write',
    summary: '',
    text: ['text/csv'],
    answer: { status: 200, body: z.object({ text: z.string() }) },
  }),
  other: route({
    method: 'GET',
    path: '/others',
    who: 'open',
    summary: '',
    answer: { status: 200, body: z.object({ colour: z.string() }), maxAge: 7 },
    problems: ['order_not_found'],
  }),
  lift: route({
    method: 'POST',
    path: '/things/{id}/lift',
    who: 'catalog:write',
    summary: '',
    answer: { status: 204 },
    idempotencyKey: 'optional',
  }),
  paint: route({
    method: 'PATCH',
    path: '/others',
    who: 'user',
    summary: '',
    body: z.object({}),
    answer: { status: 200, body: z.object({ colour: z.string().optional() }) },
  }),
}

let colour: string | undefined
let seen: Request | undefined
let failure: unknown
let errors: number
const handlers: Handlers<typeof routes> = {
  list: async (request) => {
    seen = request as never
    if (failure !== undefined) throw failure
    return { body: { limit: request.query.limit }, headers: { etag: '"1"' } }
  },
  make: async (request) => {
    seen = request as never
    return { body: { part: 'a/b' } }
  },
  remove: async (request) => {
    seen = request as never
    return {}
  },
  lift: async (request) => {
    seen = request as never
    return {}
  },
  load: async ({ text }) => ({ body: { text } }),
  other: async ({ refuse }) => {
    if (colour === undefined) throw refuse('order_not_found', 'There is none.')
    return { body: { colour } }
  },
  paint: async () => ({ body: { colour } }),
}
const handler = http(
  routes,
  () => byClaims,
  () => handlers,
)

beforeEach(() => {
  colour = 'blue'
  seen = undefined
  failure = undefined
  errors = 0
  vi.spyOn(logger, 'error').mockImplementation(() => void (errors += 1))
  vi.spyOn(logger, 'info').mockImplementation(() => {})
})

const customer = { sub: 'u1', roles: 'customer' }
const operator = { sub: 'u2', roles: 'customer operator' }

interface Sent {
  readonly claims?: Claims | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly rawQuery?: string
  readonly body?: string
  readonly base64?: boolean
}

async function call(routeKey: string, { claims, headers = {}, query, rawQuery, body, base64 = false }: Sent = {}) {
  const event = {
    version: '2.0',
    routeKey,
    headers: { ...(claims && { authorization: headerOf(claims) }), ...headers },
    ...(query && { queryStringParameters: query }),
    ...(rawQuery !== undefined && { rawQueryString: rawQuery }),
    ...(routeKey.includes('{id}') && { pathParameters: { id: '7' } }),
    ...(body !== undefined && { body }),
    isBase64Encoded: base64,
    requestContext: { requestId: 'r1' },
  } as unknown as GatewayEvent
  const result: APIGatewayProxyStructuredResultV2 = await handler(event, { functionName: 'f' } as Context)
  return { ...result, json: result.body === undefined ? undefined : JSON.parse(result.body) }
}

const json = { 'content-type': 'application/json', 'idempotency-key': 'k1' }
const ofEveryAnswer = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
const good = { claims: customer, headers: json, body: '{"lines":[{"quantity":1}]}' }

describe('a request', () => {
  test('reaches its handler parsed, and is answered with the status of its contract', async () => {
    const answer = await call('GET /things', { query: { limit: '7' } })
    expect(answer).toMatchObject({ statusCode: 200, json: { limit: 7 } })
    expect(answer.headers).toEqual({ ...ofEveryAnswer, 'content-type': 'application/json', etag: '"1"' })
    expect(await call('GET /things')).toMatchObject({ json: { limit: 50 } })
    expect(await call('POST /things/{id}', good)).toMatchObject({ statusCode: 201 })
    expect(seen).toMatchObject({
      params: { id: '7' },
      body: { lines: [{ quantity: 1 }] },
      caller: { id: 'u1', privileged: false },
      idempotencyKey: 'k1',
    })
  })

  test('without an answer body has none, and no content type', async () => {
    const answer = await call('DELETE /things/{id}', { claims: operator })
    expect(answer).toMatchObject({ statusCode: 204, headers: ofEveryAnswer, json: undefined })
    expect(answer.headers).not.toHaveProperty('content-type')
    expect(seen).toMatchObject({ caller: { id: 'u2', privileged: true }, idempotencyKey: undefined })
  })

  test('may have its body in base64', async () => {
    const body = Buffer.from(good.body).toString('base64')
    expect(await call('POST /things/{id}', { ...good, body, base64: true })).toMatchObject({ statusCode: 201 })
  })

  test.each([
    ['wait=3', 3_000],
    ['respond-async, wait=5', 5_000],
    ['wait=600', 5_000],
    ['Wait=1', 1_000],
    ['wait="1"', 1_000],
    ['WAIT = "2"', 2_000],
    ['wait=1;foo=bar', 1_000],
    ['respond-async;x="a,wait=7", wait=2', 2_000],
    ['respond-async;x="a,wait=7,b", wait=2', 2_000],
    ['foo="wait=7, wait=6,wait=5", wait=1', 1_000],
    ['wait=1, wait=4', 1_000],
    ['handling=lenient;wait=3', 0],
    ['wait', 0],
    ['wait="', 0],
    ['wait=0x10', 0],
    ['wait=-1', 0],
    ['await=3', 0],
    ['', 0],
  ])('that prefers %j waits %i ms', async (prefer, waitMs) => {
    await call('POST /things/{id}', { ...good, headers: { ...json, prefer } })
    expect(seen).toMatchObject({ waitMs })
  })

  test.each([
    ['no body', {}],
    ['an empty object, as many clients send it', { body: '{}', headers: json }],
  ])('of a route without fields may have %s', async (_, sent) => {
    expect(await call('POST /things/{id}/lift', { claims: operator, ...sent })).toMatchObject({ statusCode: 204 })
    expect(seen?.body).toBeUndefined()
  })

  test('that deletes may have a body, which means nothing', async () => {
    const answer = await call('DELETE /things/{id}', { claims: operator, headers: json, body: '{"why":"x"}' })
    expect(answer).toMatchObject({ statusCode: 204 })
  })

  test('of a public page may have a query that its contract does not know', async () => {
    expect(await call('GET /others', { query: { utm_source: 'mail' } })).toMatchObject({ statusCode: 200 })
  })

  test('of a text route keeps its body as it came', async () => {
    const answer = await call('POST /load', {
      claims: operator,
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      body: 'sku\n1',
    })
    expect(answer.json).toEqual({ text: 'sku\n1' })
  })
})

describe('HEAD', () => {
  test.each<[string, Sent, unknown]>([
    ['an answer', {}, undefined],
    ['a refusal', { query: { limit: '0' } }, undefined],
    ['a fault', {}, new Error('secret')],
    ['what the caller has', { headers: { 'if-none-match': '"1"' } }, undefined],
  ])('is GET without the body: %s', async (_, sent, error) => {
    failure = error
    const { body, json: __, ...got } = await call('GET /things', sent)
    expect(await call('HEAD /things', sent)).toEqual({ ...got, json: undefined })
    expect(body !== undefined).toBe(got.statusCode !== 304)
  })

  test('is of no other method', async () => {
    expect(await call('HEAD /load', { claims: operator })).toMatchObject({ statusCode: 404, json: undefined })
  })
})

describe('an answer', () => {
  test('has a tag by which it is known again, as long as it stays the same', async () => {
    const { etag } = (await call('GET /others')).headers as { etag: string }
    expect(etag).toMatch(/^"[0-9A-Z]{26}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await call('GET /others', { headers: { 'if-none-match': known } })
      expect(again).toMatchObject({ statusCode: 304, headers: { etag, 'cache-control': 'public, max-age=7' } })
      expect([again.json, again.headers!['content-type']]).toEqual([undefined, undefined])
    }
    colour = 'red'
    expect(await call('GET /others', { headers: { 'if-none-match': etag } })).toMatchObject({ statusCode: 200 })
    expect((await call('PATCH /others', { claims: customer, body: '{}', headers: json })).headers).toMatchObject({
      etag: (await call('GET /others')).headers!['etag'],
    })
    expect((await call('POST /things/{id}', good)).headers).not.toHaveProperty('etag')
  })

  test('is kept by caches as its contract allows, and a refusal by none', async () => {
    expect((await call('GET /others')).headers).toMatchObject({ 'cache-control': 'public, max-age=7' })
    colour = undefined
    const refused = await call('GET /others')
    expect(refused).toMatchObject({ statusCode: 404, headers: ofEveryAnswer })
  })

  test('of 201 names where it is read', async () => {
    expect((await call('POST /things/{id}', good)).headers).toMatchObject({ location: '/things/7/a%2Fb' })
    expect((await call('GET /others')).headers).not.toHaveProperty('location')
  })

  test('of 401 names how to sign in', async () => {
    failure = refuse('wrong_credentials', 'No.')
    expect((await call('GET /things')).headers).toMatchObject({ ...ofEveryAnswer, 'www-authenticate': 'Bearer' })
    expect((await call('POST /things/{id}')).headers).toMatchObject(ofEveryAnswer)
  })
})

describe('a request that is refused', () => {
  test('is a problem with code, paths and request id', async () => {
    const answer = await call('POST /things/{id}', {
      ...good,
      body: '{"lines":[{"quantity":1},{"quantity":0,"colour":"red"}],"note":1}',
    })
    expect(answer.headers).toEqual({ ...ofEveryAnswer, 'content-type': 'application/problem+json' })
    expect(answer.json).toMatchObject({
      type: '/problems/validation_failed',
      title: 'Fields of the request are invalid',
      status: 400,
      code: 'validation_failed',
      requestId: 'r1',
    })
    expect(answer.json.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'lines[1].colour',
      'lines[1].quantity',
      'note',
    ])
    expect(seen).toBeUndefined()
  })

  test.each<[string, string, Sent, number, string]>([
    ['no such route', 'GET /nothing', {}, 404, 'route_not_found'],
    ['a customer on an operator route', 'DELETE /things/{id}', { claims: customer }, 403, 'forbidden'],
    [
      'a group whose name only contains operator',
      'DELETE /things/{id}',
      { claims: { ...customer, roles: 'operators' } },
      403,
      'forbidden',
    ],
    [
      'no idempotency key',
      'POST /things/{id}',
      { ...good, headers: { 'content-type': 'application/json' } },
      400,
      'idempotency_key_required',
    ],
    [
      'a key of 256 characters',
      'POST /things/{id}',
      { ...good, headers: { ...json, 'idempotency-key': 'k'.repeat(256) } },
      400,
      'idempotency_key_invalid',
    ],
    ['no JSON', 'POST /things/{id}', { ...good, body: '{' }, 400, 'invalid_json'],
    ['no body', 'POST /things/{id}', { claims: customer, headers: json }, 400, 'validation_failed'],
    [
      'another media type',
      'POST /things/{id}',
      { ...good, headers: { ...json, 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'JSON on a text route',
      'POST /load',
      { claims: operator, headers: json, body: '{}' },
      415,
      'unsupported_media_type',
    ],
    ['a body over 1 MB', 'POST /things/{id}', { ...good, body: 'é'.repeat(600_000) }, 413, 'body_too_large'],
    ['an unknown query field', 'GET /things', { query: { colour: 'red' } }, 400, 'validation_failed'],
    ...['0x10', '1e1', '10.0', ' 10', '+10', '', '1_0', '٣'].map((limit): [string, string, Sent, number, string] => [
      `a page of ${JSON.stringify(limit)}`,
      'GET /things',
      { query: { limit } },
      400,
      'validation_failed',
    ]),
    [
      'a query where there is none',
      'DELETE /things/{id}',
      { claims: operator, query: { dryRun: 'true' } },
      400,
      'validation_failed',
    ],
    [
      'a field where there is none',
      'POST /things/{id}/lift',
      { claims: operator, headers: json, body: '{"lines":[]}' },
      400,
      'validation_failed',
    ],
    [
      'a list where no body is',
      'POST /things/{id}/lift',
      { claims: operator, headers: json, body: '[]' },
      400,
      'validation_failed',
    ],
    [
      'no JSON where no body is',
      'POST /things/{id}/lift',
      { claims: operator, headers: json, body: 'now' },
      400,
      'invalid_json',
    ],
    [
      'a text where no body is',
      'POST /things/{id}/lift',
      { claims: operator, body: '{}' },
      415,
      'unsupported_media_type',
    ],
    ...['colour=%FF', 'limit=7&colour=%', '%ED%A0%80=1'].map((rawQuery): [string, string, Sent, number, string] => [
      `the query ${rawQuery}`,
      'GET /others',
      { rawQuery },
      400,
      'validation_failed',
    ]),
    ['a page of 101', 'GET /things', { query: { limit: '101' } }, 400, 'validation_failed'],
  ])('is refused: %s', async (_, routeKey, sent, status, code) => {
    const answer = await call(routeKey, sent)
    expect(answer).toMatchObject({ statusCode: status, json: { status, code, requestId: 'r1' } })
    expect(seen).toBeUndefined()
    const asked = Object.values(routes).find((each) => routeKeyOf(each) === routeKey)
    if (asked) expect(codesOf(asked)).toContain(code)
  })
})

describe('a request without a good token', () => {
  test.each<[string, Sent, string]>([
    ['none at all', { ...good, claims: undefined }, 'Bearer'],
    ['one that proves nobody', { ...good, claims: { sub: '' } }, 'Bearer error="invalid_token"'],
  ])('is a problem with a challenge: %s', async (_, sent, challenge) => {
    const answer = await call('POST /things/{id}', sent)
    expect(answer).toMatchObject({ statusCode: 401, json: { code: 'unauthenticated' } })
    expect(answer.headers).toMatchObject({ ...ofEveryAnswer, 'www-authenticate': challenge })
    expect(seen).toBeUndefined()
  })

  test('that lacks the scope of the route is told which', async () => {
    const { headers } = await call('DELETE /things/{id}', { claims: customer })
    expect(headers).toMatchObject({
      'www-authenticate': 'Bearer error="insufficient_scope", scope="catalog:write"',
    })
  })

  test('reaches open routes, whatever it sends as a token', async () => {
    expect(await call('GET /others', { headers: { authorization: 'Bearer x' } })).toMatchObject({ statusCode: 200 })
  })
})

describe('an error of a handler', () => {
  test.each([
    ['is the problem that it names', refuse('order_not_found', 'There is no such order.'), 404, 'order_not_found'],
    ['of a foreign cursor is a bad request', new InvalidCursor('no'), 400, 'invalid_cursor'],
    ['of the table can be tried again', new StoreUnavailable('throttled'), 503, 'unavailable'],
    ['of its own reveals nothing', new Error('secret'), 500, 'internal_error'],
    ['of too many writers can be tried again', contended('it'), 503, 'contended'],
  ])('%s', async (_, error, status, code) => {
    failure = error
    const answer = await call('GET /things')
    expect(answer).toMatchObject({ statusCode: status, json: { code } })
    expect(answer.body).not.toContain('secret')
    expect(errors).toBe(status >= 500 ? 1 : 0)
  })

  test.each([
    ['a defect as a fault', new Error('secret'), ['Faults']],
    ['a table that does not answer as a fault', new StoreUnavailable('throttled'), ['Faults']],
    ['contention under its own name, which alarms nobody', contended('it'), ['Contended']],
    ['a refusal as neither', refuse('order_not_found', 'There is no such order.'), []],
  ])('counts %s', async (_, error, counted) => {
    const adding = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics)
    failure = error
    await call('GET /things')
    expect(adding.mock.calls.map(([name]) => name)).toEqual(counted)
  })
})

describe('a route that may ask for a proven address', () => {
  const order = route({
    method: 'POST',
    path: '/orders',
    who: 'user',
    others: 'orders:write',
    provenAddress: true,
    summary: '',
    answer: { status: 204 },
  })
  const place = (principal: { readonly unverified?: boolean; readonly scopes?: readonly Scope[] }) =>
    dispatch({ order }, { order: async () => ({}) }, async () => ({
      kind: 'user',
      id: 'user-1',
      ...principal,
      scopes: new Set(principal.scopes),
    }))({
      routeKey: 'POST /orders',
      headers: { authorization: 'Bearer good' },
      requestContext: { requestId: 'r1' },
    } as unknown as GatewayEvent)

  test('refuses those of whom the stage asks one', async () => {
    await expect(place({ unverified: true })).rejects.toMatchObject({ status: 403, code: 'email_unverified' })
  })

  test('takes everybody else, and those who place orders for others', async () => {
    expect(await place({})).toMatchObject({ statusCode: 204 })
    expect(await place({ unverified: true, scopes: Object.keys(scopes) as Scope[] })).toMatchObject({ statusCode: 204 })
  })
})
