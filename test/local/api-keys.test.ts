import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb'
import { apiKeyOf } from '../../functions/runtime/api-key.ts'
import type { KeyScope } from '../../schemas/access.ts'
import { api } from '../../schemas/client.ts'
import { advance, settle } from './control.ts'
import { tables } from './tables.ts'
import { type SignedIn, anonymous, baseUrl, isLocal, newcomer, raw, signIn, stocked, unique } from './target.ts'

const owner = await signIn('operator')
const made = (scopes: readonly KeyScope[], more: object = {}) =>
  owner.api.createApiKey({ body: { name: unique('key'), scopes: [...scopes], ...more } })

const ask = (key: string, path: string, method = 'GET') =>
  raw({ method, path, headers: { authorization: `Bearer ${key}` } })
const statusOf = async (key: string | undefined, path = '/warehouses') => (await ask(key ?? '', path)).status

describe('an API key', () => {
  it('does what its scopes open, and nothing else', async () => {
    const { key = '' } = await made(['stock:read'])
    expect(await statusOf(key)).toBe(200)
    const refused = await ask(key, '/payments')
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="payments:read"')
  })

  it.each(['/users/me', '/users/me/wallet', '/users/me/addresses', '/users/me/sessions'])(
    'has nothing of its own at %s',
    async (path) => {
      const { key = '' } = await made(['users:read', 'wallets:read'])
      expect(await ask(key, path)).toMatchObject({ status: 403, body: { code: 'not_for_keys' } })
    },
  )

  it('is shown once: neither lists nor a repeated request have it', async () => {
    const idempotencyKey = unique('key')
    const body = { name: unique('key'), scopes: ['stock:read' as const] }
    const first = await owner.api.createApiKey({ idempotencyKey, body })
    const { key = '', ...shown } = first
    expect(key).toMatch(/^hfk_[\w-]{49}$/)
    const again = await owner.send({
      method: 'POST',
      path: '/api-keys',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
    })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.body).toEqual({ ...shown, withheld: ['key'] })
    expect(await owner.api.getApiKey({ params: { id: first.id } })).toEqual(shown)
    expect(key.startsWith(shown.prefix)).toBe(true)
  })

  it('cannot be given what its maker may not do, nor make keys', async () => {
    const sent = { method: 'POST', path: '/api-keys', headers: { 'content-type': 'application/json' } }
    const body = JSON.stringify({ name: 'k', scopes: ['keys:write'] })
    expect(await owner.send({ ...sent, body })).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    const customer = await newcomer()
    expect((await customer.send({ ...sent, body: JSON.stringify({ name: 'k', scopes: ['stock:read'] }) })).status).toBe(
      403,
    )
  })

  it('is listed page by page, the newest first', async () => {
    const ids = [(await made(['stock:read'])).id, (await made(['stock:read'])).id]
    const first = await owner.api.listApiKeys({ query: { limit: 1 } })
    const second = await owner.api.listApiKeys({ query: { limit: 1, cursor: first.cursor! } })
    expect([...second.items, ...first.items].map(({ id }) => id)).toEqual(ids)
    expect(JSON.stringify([first, second])).not.toContain('"key"')
  })

  it('keeps its secret under another name', async () => {
    const { id, key } = await made(['stock:read'])
    const name = unique('other')
    expect(await owner.api.renameApiKey({ params: { id }, body: { name } })).toMatchObject({ id, name })
    expect(await statusOf(key)).toBe(200)
  })

  it('stands in the history of the orders that it places', async () => {
    const sku = await stocked(owner, 5)
    const { id, key = '' } = await made(['orders:read', 'orders:write'])
    const machine = api({ baseUrl, token: key })
    const order = await machine.placeOrder({
      idempotencyKey: unique('order'),
      body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' }, customerId: (await newcomer()).userId },
    })
    const { items } = await machine.getOrderHistory({ params: { id: order.id } })
    expect(items[0]).toMatchObject({ status: 'placed', by: id })
    await machine.cancelOrder({ params: { id: order.id } })
    if (isLocal) await settle()
  })
})

describe('what is no good key', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['garbage', () => 'hfk_garbage'],
    ['a mistyped key', async () => `${(await made(['stock:read'])).key!.slice(0, -1)}~`],
    ['a key of another stage', () => apiKeyOf(randomBytes(32))],
  ])('%s is answered 401 with a challenge', async (_, token) => {
    const answer = await ask(await token(), '/warehouses')
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  })

  it('cannot be made with an end that is over', async () => {
    await expect(made(['stock:read'], { expiresAt: '2001-01-01T00:00:00Z' })).rejects.toMatchObject({
      status: 400,
      code: 'validation_failed',
    })
  })
})

describe.runIf(isLocal)('by the clock of the stack, a key', () => {
  it('that is revoked opens nothing five seconds later, at services that knew it well', async () => {
    const { id, key } = await made(['stock:read', 'orders:read', 'users:read'])
    const opens = () => Promise.all(['/warehouses', '/orders', `/users/${owner.userId}`].map((to) => statusOf(key, to)))
    expect(await opens()).toEqual([200, 200, 200])
    await owner.api.revokeApiKey({ params: { id } })
    await advance('5s')
    expect(await opens()).toEqual([401, 401, 401])
    expect(await owner.api.getApiKey({ params: { id } })).toHaveProperty('revokedAt')
    await owner.api.revokeApiKey({ params: { id } })
    await expect(owner.api.rotateApiKey({ params: { id } })).rejects.toMatchObject({ status: 409, code: 'key_ended' })
  })

  it('that expires opens nothing from that moment', async () => {
    const now = Date.parse((await made(['stock:read'])).createdAt)
    const { key } = await made(['stock:read'], { expiresAt: new Date(now + 60_000).toISOString() })
    expect(await statusOf(key)).toBe(200)
    await advance('61s')
    expect(await statusOf(key)).toBe(401)
  })

  it('that is rotated goes on for the overlap beside the new secret, and a second rotation ends the oldest', async () => {
    const { id, key: first } = await made(['stock:read'])
    const { key: second, overlapUntil } = await owner.api.rotateApiKey({ params: { id }, body: { overlapSeconds: 60 } })
    expect(overlapUntil).toBeDefined()
    expect(await Promise.all([first, second].map((key) => statusOf(key)))).toEqual([200, 200])
    await advance('61s')
    expect(await Promise.all([first, second].map((key) => statusOf(key)))).toEqual([401, 200])
    const { key: third } = await owner.api.rotateApiKey({ params: { id } })
    const { key: fourth } = await owner.api.rotateApiKey({ params: { id } })
    await advance('5s')
    expect(await Promise.all([second, third, fourth].map((key) => statusOf(key)))).toEqual([401, 200, 200])
    const { key: fifth } = await owner.api.rotateApiKey({ params: { id }, body: { overlapSeconds: 0 } })
    await advance('5s')
    expect(await Promise.all([third, fourth, fifth].map((key) => statusOf(key)))).toEqual([401, 401, 200])
  })

  it('shrinks to what its maker may do now, and ends with its maker', async () => {
    const { key, maker } = await madeBySomebody(['stock:read', 'payments:read'])
    const opens = () => Promise.all(['/warehouses', '/payments?onHold=true'].map((to) => statusOf(key, to)))
    expect(await opens()).toEqual([200, 200])
    await owner.api.setRoles({ params: { id: maker }, body: { roles: ['warehouse'] } })
    await advance('5s')
    expect(await opens()).toEqual([200, 403])
    await owner.api.disableUser({ params: { id: maker } })
    await advance('5s')
    expect(await opens()).toEqual([401, 401])
    await owner.api.enableUser({ params: { id: maker } })
    await settle()
  })

  it('shows when it was last used, to a minute', async () => {
    const { id, key } = await made(['stock:read'])
    const lastUsed = async () => (await owner.api.getApiKey({ params: { id } })).lastUsedAt
    expect(await lastUsed()).toBeUndefined()
    await statusOf(key)
    const first = await lastUsed()
    expect(first).toBeDefined()
    await statusOf(key)
    expect(await lastUsed()).toBe(first)
    await advance('61s')
    await statusOf(key)
    expect(Date.parse((await lastUsed())!)).toBeGreaterThanOrEqual(Date.parse(first!) + 60_000)
  })

  it('lies in no table', async () => {
    const idempotencyKey = unique('key')
    const { id, key = '' } = await owner.api.createApiKey({
      idempotencyKey,
      body: { name: unique('key'), scopes: ['stock:read'] },
    })
    const rotated = await owner.api.rotateApiKey({ params: { id }, idempotencyKey })
    const stored = JSON.stringify(await everything())
    expect(stored).toContain(id)
    for (const secret of [key, rotated.key!]) expect(stored).not.toContain(secret.slice(20, 40))
  })
})

/** A key of an owner who is nobody else's. */
async function madeBySomebody(scopes: KeyScope[]) {
  const account = { email: `${unique('maker')}@holdfast.test`, password: 'Somebody-1!' }
  const { id: maker } = await anonymous.register({ body: account })
  await owner.api.setRoles({ params: { id: maker }, body: { roles: ['owner'] } })
  const somebody: SignedIn = await signIn(account)
  const { key } = await somebody.api.createApiKey({ body: { name: unique('key'), scopes } })
  return { key, maker }
}

/** All that the tables hold. */
async function everything(): Promise<unknown[]> {
  const client = await tables()
  const items: unknown[] = []
  for await (const page of paginateListTables({ client }, {}))
    for (const TableName of page.TableNames ?? [])
      if (/Users|Principals/.test(TableName))
        for await (const { Items } of paginateScan({ client }, { TableName })) items.push(Items)
  return items
}
