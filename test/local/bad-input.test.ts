import { beforeAll, describe, expect, it } from 'vitest'
import { SignJWT, generateKeyPair } from 'jose'
import type { RawRequest } from '../../schemas/client.ts'
import { settle } from './control.ts'
import { itemCounts } from './tables.ts'
import { type SignedIn, isLocal, place, raw, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let other: SignedIn
let sku: string
let euro: string
let dinar: string
let inactive: string
let orderId: string

beforeAll(async () => {
  ;[operator, customer, other] = await Promise.all([signIn('operator'), signIn('customer'), signIn('other')])
  ;[sku, euro, dinar, inactive] = await Promise.all([
    stocked(operator, 5),
    stocked(operator, 5, { currency: 'EUR' }),
    stocked(operator, 0, { price: 1_235, currency: 'KWD' }),
    stocked(operator, 5, { active: false }),
  ])
  orderId = (await place(customer, { [sku]: 1 })).id
  if (isLocal) await settle()
})

const json = { 'content-type': 'application/json' }
const order = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path: '/orders',
  headers: { ...json, 'idempotency-key': unique('bad'), ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const manual = { payment: { method: 'manual' } }
const line = (more: object = {}) => ({ sku, quantity: 1, ...more })
const get = (path: string): RawRequest => ({ method: 'GET', path })
const post = (path: string, body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path,
  headers: { ...json, ...headers },
  body: JSON.stringify(body),
})
const limits = (body: unknown, userId = customer.userId): RawRequest => ({
  ...post(`/users/${userId}/limits`, body),
  method: 'PUT',
})
const address = { name: 'Some Body', line1: '1 Road', city: 'London', country: 'GB', type: 'shipping' }

interface Case {
  readonly name: string
  readonly who?: 'operator' | 'customer' | 'other' | 'nobody'
  readonly request: () => RawRequest
  readonly status: number
  readonly code?: string
  readonly paths?: readonly string[]
}

const cases: readonly Case[] = [
  // Who may do what.
  { name: 'no token', who: 'nobody', request: () => get('/orders'), status: 401 },
  { name: 'no token on a POST', who: 'nobody', request: () => order({ lines: [line()], ...manual }), status: 401 },
  ...(
    [
      ['POST', '/products'],
      ['PATCH', '/products/A'],
      ['DELETE', '/products/A'],
      ['POST', '/products/import'],
      ['POST', '/categories'],
      ['GET', '/warehouses'],
      ['POST', '/warehouses'],
      ['GET', '/inventory/A/levels'],
      ['POST', '/inventory/A/adjustments'],
      ['POST', '/inventory/A/transfers'],
      ['POST', '/reservations'],
      ['POST', '/orders/ord_A/approve'],
      ['GET', '/users/A/limits'],
      ['PUT', '/users/A/limits'],
    ] as const
  ).map(([method, path]): Case => ({
    name: `a customer at ${method} ${path}`,
    request: () => ({
      method,
      path,
      headers: { ...json, 'idempotency-key': unique('bad') },
      ...(method !== 'GET' && { body: '{}' }),
    }),
    status: 403,
    code: 'forbidden',
  })),
  ...(['', '/history'] as const).map((path): Case => ({
    name: `somebody else's order${path}`,
    who: 'other',
    request: () => get(`/orders/${orderId}${path}`),
    status: 404,
    code: 'order_not_found',
  })),
  {
    name: "cancelling somebody else's order",
    who: 'other',
    request: () => post(`/orders/${orderId}/cancel`, {}),
    status: 404,
    code: 'order_not_found',
  },
  {
    name: 'a customer ordering for somebody else',
    request: () => order({ lines: [line()], ...manual, customerId: 'somebody' }),
    status: 403,
    code: 'customer_not_allowed',
    paths: ['customerId'],
  },

  // Idempotency keys.
  {
    name: 'an order without an idempotency key',
    request: () => post('/orders', { lines: [line()], ...manual }),
    status: 400,
    code: 'idempotency_key_required',
  },
  {
    name: 'an idempotency key of 256 characters',
    request: () => order({ lines: [line()], ...manual }, { 'idempotency-key': 'k'.repeat(256) }),
    status: 400,
    code: 'idempotency_key_invalid',
  },
  {
    name: 'an adjustment without an idempotency key',
    who: 'operator',
    request: () => post(`/inventory/${sku}/adjustments`, { warehouseId: 'main', delta: 1, reason: 'x' }),
    status: 400,
    code: 'idempotency_key_required',
  },

  // Fields of an order.
  ...(['price', 'status', 'total', 'id'] as const).map((field): Case => ({
    name: `an unknown field ${field}`,
    request: () => order({ lines: [line()], ...manual, [field]: 1 }),
    status: 400,
    code: 'validation_failed',
    paths: [field],
  })),
  {
    name: 'a price on a line',
    request: () => order({ lines: [line({ price: 1 })], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[0].price'],
  },
  ...([0, -1, 1.5, 1e9, 1_000_001, '1', null, true] as const).map((quantity): Case => ({
    name: `a quantity of ${JSON.stringify(quantity)}`,
    request: () => order({ lines: [line({ quantity })], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[0].quantity'],
  })),
  {
    name: 'every failing path at once',
    request: () =>
      order({ lines: [line({ quantity: 0 }), line({ sku: '../x' })], payment: { method: 'gold' }, notes: 7 }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[0].quantity', 'lines[1].sku', 'payment.method', 'notes'],
  },
  {
    name: '1,001 lines',
    request: () => order({ lines: Array.from({ length: 1_001 }, () => line()), ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines'],
  },
  {
    name: 'no lines',
    request: () => order({ lines: [], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines'],
  },
  {
    name: 'no payment',
    request: () => order({ lines: [line()] }),
    status: 400,
    code: 'validation_failed',
    paths: ['payment'],
  },
  ...([[], 'text', 1, null] as const).map((body): Case => ({
    name: `a body of ${JSON.stringify(body)}`,
    request: () => order(JSON.stringify(body)),
    status: 400,
    code: 'validation_failed',
  })),
  { name: 'no body', request: () => order(''), status: 400, code: 'validation_failed' },
  {
    name: 'a hold of a second',
    request: () => order({ lines: [line()], ...manual, holdSeconds: 1 }),
    status: 400,
    code: 'validation_failed',
    paths: ['holdSeconds'],
  },
  {
    name: 'a hold of a customer that is longer than the stage holds',
    request: () => order({ lines: [line()], ...manual, holdSeconds: 86_401 }),
    status: 422,
    code: 'hold_too_long',
    paths: ['holdSeconds'],
  },
  {
    name: 'a hold of 31 days',
    who: 'operator',
    request: () => order({ lines: [line()], ...manual, holdSeconds: 2_678_400 }),
    status: 400,
    code: 'validation_failed',
    paths: ['holdSeconds'],
  },

  // Limits of a customer.
  ...([-1, 1.5, 1_001, '1', 'none', true, {}] as const).map((openHolds): Case => ({
    name: `a limit of ${JSON.stringify(openHolds)} open holds`,
    who: 'operator',
    request: () => limits({ openHolds }),
    status: 400,
    code: 'validation_failed',
    paths: ['openHolds'],
  })),
  ...([-1, 1.5, 1_000_000_001, '1', 'Unlimited', []] as const).map((unitsPerSku): Case => ({
    name: `a limit of ${JSON.stringify(unitsPerSku)} units`,
    who: 'operator',
    request: () => limits({ unitsPerSku }),
    status: 400,
    code: 'validation_failed',
    paths: ['unitsPerSku'],
  })),
  {
    name: 'an unknown limit',
    who: 'operator',
    request: () => limits({ orders: 1 }),
    status: 400,
    code: 'validation_failed',
    paths: ['orders'],
  },
  { name: 'no limits', who: 'operator', request: () => limits(undefined), status: 400, code: 'validation_failed' },
  {
    name: 'limits of nobody',
    who: 'operator',
    request: () => limits({ openHolds: 1 }, 'nobody'),
    status: 404,
    code: 'user_not_found',
  },
  {
    name: 'limits that somebody else has changed since',
    who: 'operator',
    request: () => ({ ...limits({ openHolds: 1 }), headers: { ...json, 'if-match': '"old"' } }),
    status: 412,
    code: 'version_mismatch',
  },
  {
    name: 'unknown skus, each named',
    request: () => order({ lines: [line({ sku: 'NOPE-1' }), line(), line({ sku: 'NOPE-2' })], ...manual }),
    status: 422,
    code: 'unknown_sku',
    paths: ['lines[0].sku', 'lines[2].sku'],
  },
  {
    name: 'an inactive product',
    request: () => order({ lines: [line(), line({ sku: inactive })], ...manual }),
    status: 422,
    code: 'product_inactive',
    paths: ['lines[1].sku'],
  },
  {
    name: 'two currencies',
    request: () => order({ lines: [line(), line({ sku: euro })], ...manual }),
    status: 422,
    code: 'currency_mismatch',
    paths: ['lines[1].sku'],
  },
  {
    name: 'a card for dinars with a last digit',
    request: () => order({ lines: [line({ sku: dinar })], payment: { method: 'card', token: 'tok_accepted' } }),
    status: 422,
    code: 'not_payable_by_card',
    paths: ['payment.method'],
  },
  {
    name: 'one sku on two lines for too many units together',
    request: () => order({ lines: [line({ quantity: 600_000 }), line({ quantity: 600_000 })], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[1].quantity'],
  },

  // Bodies.
  {
    name: 'a body of 2 MB',
    request: () => order({ lines: [line()], ...manual, notes: 'x'.repeat(2_000_000) }),
    status: 413,
    code: 'body_too_large',
  },
  { name: 'broken JSON', request: () => order('{"lines": ['), status: 400, code: 'invalid_json' },
  {
    name: 'a wrong content type',
    request: () => order({ lines: [line()], ...manual }, { 'content-type': 'text/plain' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'a prototype in disguise',
    request: () => order(`{"__proto__":{"x":1},"lines":[{"sku":"${sku}","quantity":1}],"payment":{"method":"manual"}}`),
    status: 400,
    code: 'validation_failed',
  },

  // Paths and queries.
  ...(['..%2F..%2Fetc', '%00', 'a%2Fb', '%20', 'x'.repeat(65)] as const).map((id): Case => ({
    name: `an order id of ${id.slice(0, 20)}`,
    request: () => get(`/orders/${id}`),
    status: 400,
    code: 'validation_failed',
    paths: ['id'],
  })),
  { name: 'an order that is not there', request: () => get('/orders/ord_NOPE'), status: 404, code: 'order_not_found' },
  { name: 'a route that is not there', request: () => get('/nothing/here'), status: 404 },
  ...(['x', 'e30', Buffer.from('{"pk":"other","sk":"order"}').toString('base64url'), '%F0%9F'] as const).map(
    (cursor): Case => ({
      name: `a cursor of ${cursor}`,
      request: () => get(`/orders?cursor=${cursor}`),
      status: 400,
      code: 'invalid_cursor',
      paths: ['cursor'],
    }),
  ),
  ...(['0', '101', '-1', 'x', '1.5'] as const).map((limit): Case => ({
    name: `a limit of ${limit}`,
    request: () => get(`/orders?limit=${limit}`),
    status: 400,
    code: 'validation_failed',
    paths: ['limit'],
  })),
  {
    name: 'an unknown status to list by',
    request: () => get('/orders?status=lost'),
    status: 400,
    code: 'validation_failed',
    paths: ['status'],
  },
  {
    name: 'an unknown query parameter',
    request: () => get('/products?color=red'),
    status: 400,
    code: 'validation_failed',
    paths: ['color'],
  },

  // What operators send.
  {
    name: 'a product with a price that is no integer, and an unknown currency',
    who: 'operator',
    request: () => post('/products', { sku: unique('bad'), name: 'x', price: { amount: 2.55, currency: 'XXZ' } }),
    status: 400,
    code: 'validation_failed',
    paths: ['price.amount', 'price.currency'],
  },
  {
    name: 'a product that exists',
    who: 'operator',
    request: () => post('/products', { sku, name: 'x', price: { amount: 1, currency: 'GBP' } }),
    status: 409,
    code: 'product_exists',
  },
  {
    name: 'a product of an unknown category',
    who: 'operator',
    request: () =>
      post('/products', { sku: unique('bad'), name: 'x', price: { amount: 1, currency: 'GBP' }, categoryId: 'nope' }),
    status: 422,
    code: 'unknown_category',
    paths: ['categoryId'],
  },
  {
    name: 'an adjustment of an unknown product',
    who: 'operator',
    request: () =>
      post(
        '/inventory/NOPE/adjustments',
        { warehouseId: 'main', delta: 1, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 404,
    code: 'product_not_found',
  },
  {
    name: 'an adjustment in an unknown warehouse',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'nope', delta: 1, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 422,
    code: 'unknown_warehouse',
    paths: ['warehouseId'],
  },
  {
    name: 'an adjustment below zero',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', delta: -6, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 409,
    code: 'insufficient_stock',
  },
  {
    name: 'a count of another level than expected',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', set: 9, expected: 4, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 409,
    code: 'level_changed',
  },
  {
    name: 'an adjustment with both delta and set',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', set: 9, delta: 4, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 400,
    code: 'validation_failed',
    paths: ['delta'],
  },
  {
    name: 'deleting a product with reserved units',
    who: 'operator',
    request: () => ({ method: 'DELETE', path: `/products/${sku}` }),
    status: 409,
    code: 'product_reserved',
  },
  {
    name: 'a reservation of unknown and known products',
    who: 'operator',
    request: () =>
      post('/reservations', { lines: [line(), { sku: 'NOPE', quantity: 1 }] }, { 'idempotency-key': unique('bad') }),
    status: 422,
    code: 'unknown_sku',
    paths: ['lines[1].sku'],
  },

  // Sign-up and sign-in.
  {
    name: 'a weak password',
    who: 'nobody',
    request: () => post('/users', { email: `${unique('u')}@holdfast.test`, password: 'password' }),
    status: 400,
    code: 'validation_failed',
    paths: ['password'],
  },
  {
    name: 'an address that is taken',
    who: 'nobody',
    request: () => post('/users', { email: 'Customer@holdfast.test', password: 'Another-1!' }),
    status: 409,
    code: 'email_taken',
  },
  {
    name: 'a role at sign-up',
    who: 'nobody',
    request: () =>
      post('/users', { email: `${unique('u')}@holdfast.test`, password: 'Another-1!', roles: ['operator'] }),
    status: 400,
    code: 'validation_failed',
    paths: ['roles'],
  },
  {
    name: 'a wrong password',
    who: 'nobody',
    request: () => post('/sessions', { email: 'customer@holdfast.test', password: 'Wrong-1!' }),
    status: 401,
    code: 'wrong_credentials',
  },
  {
    name: 'an email in a profile',
    request: () => ({ ...post('/users/me', { name: 'Some Body', email: 'a@b.de' }), method: 'PATCH' }),
    status: 400,
    code: 'validation_failed',
    paths: ['email'],
  },
  {
    name: 'a profile without a change',
    request: () => ({ ...post('/users/me', {}), method: 'PATCH' }),
    status: 400,
    code: 'validation_failed',
    paths: [''],
  },
  { name: 'no token for addresses', who: 'nobody', request: () => get('/users/me/addresses'), status: 401 },
  {
    name: 'an address with half its fields',
    request: () => post('/users/me/addresses', { name: 'Some Body', country: 'England', owner: 'somebody' }),
    status: 400,
    code: 'validation_failed',
    paths: ['line1', 'city', 'country', 'type', 'owner'],
  },
  {
    name: 'an address of a third type',
    request: () => post('/users/me/addresses', { ...address, type: 'work' }),
    status: 400,
    code: 'validation_failed',
    paths: ['type'],
  },
  ...(['PUT', 'DELETE'] as const).map((method): Case => ({
    name: `${method} of an unknown address`,
    request: () => ({ ...post('/users/me/addresses/adr_none', address), method }),
    status: 404,
    code: 'address_not_found',
  })),
  {
    name: 'an unknown user',
    who: 'nobody',
    request: () => post('/sessions', { email: `${unique('u')}@holdfast.test`, password: 'Wrong-1!' }),
    status: 401,
    code: 'wrong_credentials',
  },
]

describe('a request', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__'])(
    'is answered though it has a header named %s',
    async (name) => {
      const headers = Object.fromEntries([[name, 'x']])
      expect(await raw({ method: 'GET', path: '/health', headers })).toMatchObject({ status: 200 })
    },
  )
})

describe('a bad request', () => {
  it.each(cases)('$name is $status $code', async ({ who = 'customer', request, status, code, paths }) => {
    const before = isLocal ? await itemCounts() : undefined
    const ask = { operator, customer, other, nobody: { send: raw } }[who].send
    const answer = await ask(request())
    expect(answer.status).toBe(status)
    if (code !== undefined) {
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.body).toMatchObject({ status, code, requestId: expect.stringMatching(/./) })
    }
    if (paths !== undefined) {
      const { errors } = answer.body as { errors: { path: string; message: string }[] }
      expect(errors.map(({ path }) => path)).toEqual(paths)
      expect(errors.every(({ message }) => message.length > 0)).toBe(true)
    }
    if (before !== undefined) {
      await settle()
      expect(await itemCounts()).toEqual(before)
    }
  })
})

describe.runIf(isLocal)('a token', () => {
  /** The claims of a good token, changed, signed by another key. */
  const forge = async (claims: Record<string, unknown>, header: Record<string, unknown> = {}) => {
    const payload = JSON.parse(Buffer.from(customer.token.split('.')[1]!, 'base64url').toString()) as object
    const kid = (JSON.parse(Buffer.from(customer.token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid
    const { privateKey } = await generateKeyPair('RS256')
    return new SignJWT({ ...payload, ...claims }).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey)
  }
  const edited = (part: 0 | 1, change: object, signature = true) => {
    const segments = customer.token.split('.')
    const json = JSON.parse(Buffer.from(segments[part]!, 'base64url').toString()) as object
    segments[part] = Buffer.from(JSON.stringify({ ...json, ...change })).toString('base64url')
    return signature ? segments.join('.') : `${segments[0]}.${segments[1]}.`
  }
  const tokens: Record<string, () => Promise<string> | string> = {
    'signed by another key': () => forge({}),
    'of another issuer': () => forge({ iss: 'https://example.com' }),
    'that claims operator, with the old signature': () => edited(1, { 'cognito:groups': ['operator'] }),
    'that is expired': () => edited(1, { exp: 1 }),
    'with alg none': () => edited(0, { alg: 'none' }, false),
    'with an unknown key': () => edited(0, { kid: 'nobody' }),
    'that is no token': () => 'x.y.z',
    'that is empty': () => '',
  }
  it.each(Object.keys(tokens))('%s is 401', async (name) => {
    const answer = await raw({ ...get('/orders'), headers: { authorization: `Bearer ${await tokens[name]!()}` } })
    expect(answer.status).toBe(401)
  })
})
