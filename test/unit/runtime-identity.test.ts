import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cognitoIdentity } from '../../functions/runtime/identity.cognito.ts'
import type { Identify } from '../../functions/runtime/identity.ts'
import { Principals, principalKey, principalsKnownMs } from '../../functions/runtime/principals.ts'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Issuer, createIssuer } from '../../localstack/cognito/tokens.ts'
import { StoreUnavailable } from '../../functions/runtime/store.ts'
import { scopesOf } from '../../schemas/access.ts'

const userPoolId = 'us-east-1_Pool'
const url = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
const claims = {
  sub: 'user-1',
  client_id: 'client',
  token_use: 'access',
  origin_jti: 'session-1',
  'cognito:groups': ['support'],
}

let issuer: Issuer
let server: Server
let identify: Identify
let asked: string[]
let status: number
let principals: MemoryStore
let reads: number
let away: boolean
let now: number

beforeEach(async () => {
  issuer = await createIssuer(url, Date.now)
  asked = []
  status = 200
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(issuer.jwks))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  principals = memoryStore()
  now = Date.now()
  reads = 0
  away = false
  const counted: typeof principals.get = async (...of) => {
    reads += 1
    if (away) throw new StoreUnavailable('away')
    return principals.get(...of)
  }
  const clock = { now: () => now, sleep: async () => {} }
  identify = cognitoIdentity(
    { userPoolId, clientIds: ['client', 'former'], endpoint },
    new Principals({ get: counted }, clock),
  )
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const bearer = async (more: object = {}, seconds = 60, by = issuer): Promise<string> =>
  `Bearer ${await by.sign({ ...claims, ...more }, seconds)}`

describe('a good access token', () => {
  test('names its user, with the scopes of the roles', async () => {
    expect(await identify(await bearer())).toEqual({
      kind: 'user',
      id: 'user-1',
      scopes: scopesOf(['support']),
      sessionId: 'session-1',
    })
  })

  test('of nobody with a role reaches only what is their own', async () => {
    const { 'cognito:groups': _, ...none } = claims
    expect(await identify(`bearer ${await issuer.sign(none, 60)}`)).toMatchObject({ id: 'user-1', scopes: new Set() })
  })

  test('costs one question for the keys of the pool, however many there are', async () => {
    for (let count = 0; count < 3; count += 1) await identify(await bearer())
    expect(asked).toEqual([`/${userPoolId}/.well-known/jwks.json`])
  })
})

describe('a token that proves nobody', () => {
  const another = () => createIssuer(url, Date.now)
  test.each<[string, () => Promise<string> | string]>([
    ['is no bearer token', () => 'Basic dTpw'],
    ['is no token', () => 'Bearer a.b.c'],
    ['is half of one', async () => (await bearer()).slice(0, -20)],
    ['has ended', () => bearer({}, -1)],
    ['is an ID token', () => bearer({ token_use: 'id', aud: 'client' })],
    ['is of another client', () => bearer({ client_id: 'other' })],
    ['is of another issuer', async () => bearer({}, 60, await createIssuer('https://issuer.test/pool', Date.now))],
    ['is signed by another key', async () => bearer({}, 60, await another())],
    ['has no subject', () => bearer({ sub: '' })],
    [
      'is signed by nobody',
      async () => {
        const [, payload] = (await bearer()).split('.')
        return `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
      },
    ],
  ])('%s', async (_, header) => {
    expect(await identify(await header())).toBeUndefined()
  })

  test('does not make the pool be asked for its keys at each request', async () => {
    const stranger = await another()
    for (let count = 0; count < 5; count += 1) await identify(await bearer({}, 60, stranger))
    expect(asked.length).toBeLessThanOrEqual(2)
    expect(await identify(await bearer())).toMatchObject({ id: 'user-1' })
  })
})

test('where the keys of the pool cannot be had, the request can be tried again', async () => {
  status = 500
  await expect(identify(await bearer())).rejects.toMatchObject({ status: 503, code: 'unavailable' })
  status = 200
  expect(await identify(await bearer())).toMatchObject({ id: 'user-1' })
})

describe('what holds of a user now', () => {
  const record = (facts: object) =>
    principals.write({ put: { ...principalKey('user-1'), version: 1, ...facts }, if: 'any' })

  test.each<[string, object]>([
    ['is disabled', { disabled: true }],
    ['has ended the session', { ended: { 'session-1': 0 } }],
  ])('counts more than a good token, also once it was accepted: the user %s', async (_, facts) => {
    const token = await bearer({ auth_time: 7 })
    expect(await identify(token)).toBeDefined()
    await record(facts)
    now += principalsKnownMs
    expect(await identify(token)).toBeUndefined()
  })

  test.each<[string, object]>([['another was ended', { ended: { 'session-2': 0 } }]])(
    'leaves the session as it is, %s',
    async (_, facts) => {
      await record(facts)
      expect(await identify(await bearer({ auth_time: 7 }))).toBeDefined()
    },
  )

  test('has whether an address is to be proven first', async () => {
    await record({ unverified: true })
    expect(await identify(await bearer())).toMatchObject({ unverified: true })
  })

  test('has the roles of the user, in place of those of the token', async () => {
    await record({ roles: ['warehouse'] })
    expect(await identify(await bearer())).toMatchObject({ scopes: scopesOf(['warehouse']) })
  })

  test('is read once for many requests', async () => {
    const token = await bearer()
    for (let request = 0; request < 10; request += 1) await identify(token)
    expect(reads).toBe(1)
  })

  test('that cannot be read lets nobody in, and is asked for again', async () => {
    away = true
    await expect(identify(await bearer())).rejects.toThrow(StoreUnavailable)
    away = false
    expect(await identify(await bearer())).toBeDefined()
  })
})
