import { request as httpRequest } from 'node:http'
import { SignJWT, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiRoute, HttpApi } from '../../localstack/apigateway/http-api.ts'
import { matchRoute, routePath } from '../../localstack/apigateway/route-path.ts'
import { type Issuer, createIssuer } from '../../localstack/cognito/tokens.ts'

describe('the route of a request is', () => {
  const routes = ['ANY /orders/{id}', 'GET /orders/{id}', 'GET /orders/latest', 'GET /{proxy+}', 'GET /a/{b}/c'].map(
    (key) => ({ path: routePath(key) }),
  )

  test.each([
    ['the fixed path before a parameter', 'GET', '/orders/latest', 'GET /orders/latest', {}],
    ['the method before ANY', 'GET', '/orders/7', 'GET /orders/{id}', { id: '7' }],
    ['ANY for another method', 'DELETE', '/orders/7', 'ANY /orders/{id}', { id: '7' }],
    ['the greedy one at last', 'GET', '/orders/7/lines', 'GET /{proxy+}', { proxy: 'orders/7/lines' }],
    ['decoded in its parameters', 'GET', '/a/x%2Fy%20z/c', 'GET /a/{b}/c', { b: 'x/y z' }],
  ])('%s', (_, method, path, key, parameters) => {
    const matched = matchRoute(routes, method, path)
    expect([matched?.route.path.key, matched?.parameters]).toEqual([key, parameters])
  })

  test('none without a match, unless there is $default', () => {
    expect(matchRoute(routes, 'POST', '/nothing')).toBeUndefined()
    const all = [...routes, { path: routePath('$default') }]
    expect(matchRoute(all, 'POST', '/nothing')?.route.path.key).toBe('$default')
  })
})

let api: HttpApi
let url: string
let issuer: Issuer
let seen: Record<string, unknown> = {}
let answer: () => Promise<unknown> = async () => ({})

beforeAll(async () => {
  issuer = await createIssuer('https://issuer.test/pool', Date.now)
  const route = (key: string, more: Partial<ApiRoute> = {}): ApiRoute => ({
    path: routePath(key),
    authorizer: undefined,
    scopes: [],
    timeoutMs: 200,
    invoke: async (event) => {
      seen = event as Record<string, unknown>
      return (await answer()) as never
    },
    ...more,
  })
  const authorizer = { issuer, audience: ['client'], now: Date.now }
  api = new HttpApi()
  api.serve(
    {
      id: 'api',
      account: '000000000000',
      routes: [
        route('GET /open'),
        route('POST /open'),
        route('GET /mine/{id}', { authorizer }),
        route('GET /scoped', { authorizer, scopes: ['write'] }),
      ],
      cors: {
        credentials: false,
        headers: ['content-type'],
        methods: ['GET'],
        origins: ['https://shop.test'],
        exposed: [],
        maxAgeSeconds: 60,
      },
    },
    async () => false,
  )
  url = `http://127.0.0.1:${await api.listen(0)}`
})
afterAll(() => api.stop())

const returns = (payload: unknown) => {
  answer = async () => ({ requestId: 'r', payload })
}

describe('a token', () => {
  const claims = { client_id: 'client', sub: 'me', scope: 'read', 'cognito:groups': ['customer', 'operator'] }
  const ask = (token: string | undefined, path = '/mine/1') =>
    fetch(url + path, { headers: token === undefined ? {} : { authorization: token } })

  test('that is good lets through, with its claims as text', async () => {
    returns({ statusCode: 200 })
    const token = await issuer.sign(claims, 60)
    for (const header of [`Bearer ${token}`, token]) expect((await ask(header)).status).toBe(200)
    expect(seen).toMatchObject({
      pathParameters: { id: '1' },
      requestContext: { authorizer: { jwt: { claims: { sub: 'me', 'cognito:groups': '[customer operator]' } } } },
    })
  })

  test('may name the client as its audience', async () => {
    expect((await ask(await issuer.sign({ aud: 'client' }, 60))).status).toBe(200)
  })

  test.each([
    ['is missing', async () => undefined],
    ['is empty', async () => 'Bearer '],
    ['is no token', async () => 'Bearer x.y.z'],
    ['has expired', () => issuer.sign(claims, -1)],
    ['is for another client', () => issuer.sign({ ...claims, client_id: 'other' }, 60)],
    ['is not yet good', () => issuer.sign({ ...claims, nbf: Math.floor(Date.now() / 1_000) + 600 }, 900)],
    ['is of another issuer', async () => (await createIssuer('https://issuer.test/other', Date.now)).sign(claims, 60)],
    ['is signed by another key', async () => (await createIssuer(issuer.url, Date.now)).sign(claims, 60)],
    [
      'is signed by a secret',
      async () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .setIssuer(issuer.url)
          .setExpirationTime('1h')
          .sign(new TextEncoder().encode(JSON.stringify(issuer.jwks.keys[0]))),
    ],
    [
      'is not signed at all',
      async () => {
        const [, body] = (await issuer.sign(claims, 60)).split('.')
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
      },
    ],
    [
      'is altered',
      async () => {
        const [head, , signature] = (await issuer.sign(claims, 60)).split('.')
        const { privateKey } = await generateKeyPair('RS256')
        const other = await new SignJWT({ ...claims, sub: 'you' }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
        return [head, other.split('.')[1], signature].join('.')
      },
    ],
  ])('that %s is 401', async (_, token) => {
    const response = await ask(await token())
    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }])
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('without the scope of the route is 403', async () => {
    const response = await ask(await issuer.sign(claims, 60), '/scoped')
    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }])
    expect((await ask(await issuer.sign({ ...claims, scope: 'read write' }, 60), '/scoped')).status).toBe(200)
  })
})

/** Sends headers that `fetch` would not. */
const send = (path: string, headers: Record<string, string | string[]>, body?: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = httpRequest(url + path, { method: body ? 'POST' : 'GET', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    outgoing.on('error', reject).end(body)
  })

describe('a function gets', () => {
  test('payload format 2.0: lower-case headers, doubles joined, cookies by themselves, decoded query', async () => {
    returns({ statusCode: 204 })
    await send('/open?a=1&a=2&b=x%20y&c', { 'X-Thing': ['1', '2'], cookie: 'p=1; q=2' })
    expect(seen).toMatchObject({
      version: '2.0',
      routeKey: 'GET /open',
      rawPath: '/open',
      rawQueryString: 'a=1&a=2&b=x%20y&c',
      cookies: ['p=1', 'q=2'],
      headers: { 'x-thing': '1,2', 'x-forwarded-proto': 'https' },
      queryStringParameters: { a: '1,2', b: 'x y', c: '' },
      requestContext: { http: { method: 'GET', path: '/open' }, stage: '$default' },
      isBase64Encoded: false,
    })
    expect(seen['headers']).not.toHaveProperty('cookie')
    expect(seen).not.toHaveProperty('body')
  })

  test('text as it is, and other bodies in base64', async () => {
    await send('/open', { 'content-type': 'application/json; charset=utf-8' }, Buffer.from('{"ä":1}'))
    expect(seen).toMatchObject({ body: '{"ä":1}', isBase64Encoded: false })
    await send('/open', { 'content-type': 'application/x-ndjson' }, Buffer.from('abc'))
    expect(seen).toMatchObject({ body: 'YWJj', isBase64Encoded: true })
    await send('/open', {}, Buffer.from('abc'))
    expect(seen).toMatchObject({ body: 'YWJj', isBase64Encoded: true })
  })

  test('text whose bytes are no UTF-8 with U+FFFD for each of them, and the length that was sent', async () => {
    const bytes = Buffer.from([0x61, 0xe9, 0xf0, 0x9f, 0x98, 0xc3, 0xa9])
    await send('/open', { 'content-type': 'text/csv; charset=windows-1252' }, bytes)
    expect(seen).toMatchObject({ body: 'a\uFFFD\uFFFD\uFFFD\uFFFDé', headers: { 'content-length': '7' } })
    await send('/open', { 'content-type': 'text/csv', 'transfer-encoding': 'chunked' }, bytes)
    expect(seen).toMatchObject({ headers: { 'content-length': '7' } })
  })

  test('query fields by whatever names', async () => {
    await send('/open?__proto__=1&constructor=2&constructor=3', {})
    expect(Object.entries(seen['queryStringParameters'] as object)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2,3'],
    ])
  })
})

test.each([
  ['//', 404],
  ['//open', 404],
  ['//evil.test/open', 404],
  ['/%', 404],
  ['http://other.test/open', 204],
  ['*', 404],
  ['open', 400],
])('a request for %s is answered', async (target, status) => {
  returns({ statusCode: 204 })
  expect(await statusOf(target)).toBe(status)
})

test('what fails in the stack itself is 500, not a closed connection', async () => {
  const failing = new HttpApi()
  failing.serve({ id: 'api', account: '000000000000', routes: [], cors: undefined }, () => Promise.reject(new Error()))
  const port = await failing.listen(0)
  try {
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(500)
  } finally {
    await failing.stop()
  }
})

/** Of a request with that target, sent as it is. */
const statusOf = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    httpRequest({ hostname, port, path }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end()
  })

describe('the caller gets', () => {
  test.each([
    ['the answer that the function gives', { statusCode: 201, headers: { 'X-A': 'b' }, body: 'ok' }, 201, 'ok'],
    ['bytes that it gives in base64', { statusCode: 200, body: 'YWJj', isBase64Encoded: true }, 200, 'abc'],
    ['JSON of anything without a status', { a: 1 }, 200, '{"a":1}'],
    ['500 for a status that is none', { statusCode: 'much' }, 500, '{"message":"Internal Server Error"}'],
    ['500 for a body that is no text', { statusCode: 200, body: { a: 1 } }, 500, '{"message":"Internal Server Error"}'],
  ])('%s', async (_, payload, status, body) => {
    returns(payload)
    const response = await fetch(`${url}/open`)
    expect([response.status, await response.text()]).toEqual([status, body])
    expect(response.headers.get('apigw-requestid')).toBeTruthy()
  })

  test('several cookies', async () => {
    returns({ statusCode: 200, cookies: ['a=1', 'b=2'] })
    expect((await fetch(`${url}/open`)).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('500 when the function fails', async () => {
    answer = async () => ({ requestId: 'r', payload: { errorType: 'Error' }, functionError: 'Unhandled' })
    const response = await fetch(`${url}/open`)
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }])
  })

  test('500 when the API may not invoke it', async () => {
    answer = () => Promise.reject(new Error('no permission'))
    expect((await fetch(`${url}/open`)).status).toBe(500)
  })

  test('503 when it takes too long', async () => {
    answer = () => new Promise(() => {})
    const response = await fetch(`${url}/open`)
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }])
  })

  test('404 where there is no route, 400 for a path that is not well encoded', async () => {
    expect(await (await fetch(`${url}/nothing`)).json()).toEqual({ message: 'Not Found' })
    const token = await issuer.sign({ aud: 'client' }, 60)
    expect((await fetch(`${url}/mine/%zz`, { headers: { authorization: token } })).status).toBe(400)
  })

  test('413 for more than 10 MB', async () => {
    returns({ statusCode: 200 })
    const response = await fetch(`${url}/open`, { method: 'POST', body: 'x'.repeat(10_485_761) }).catch(() => undefined)
    expect(response?.status ?? 413).toBe(413)
  })

  test('leave from its origin alone', async () => {
    returns({ statusCode: 200 })
    const from = (origin: string, method = 'GET', more = {}) =>
      fetch(`${url}/open`, { method, headers: { origin, ...more } })
    expect((await from('https://shop.test')).headers.get('access-control-allow-origin')).toBe('https://shop.test')
    expect((await from('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull()
    const preflight = await from('https://shop.test', 'OPTIONS', { 'access-control-request-method': 'GET' })
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET'])
  })
})
