import { beforeAll, describe, expect, it } from 'vitest'
import { heedsMatch } from '../../schemas/contract.ts'
import { routes } from '../../schemas/client.ts'
import {
  type SignedIn,
  baseUrl,
  isLocal,
  newcomer,
  place,
  raw,
  receiverUrl,
  signIn,
  stocked,
  unique,
} from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

const json = { 'content-type': 'application/json' }
const address = { name: 'A', line1: '1 Road', city: 'Derby', country: 'GB', type: 'shipping' }

/** What each route that changes or removes something is asked, and whose path it is. */
const changes = {
  updateProduct: async () => ({ by: operator, path: `/products/${await stocked(operator, 0)}`, body: { name: 'B' } }),
  replaceProduct: async () => ({
    by: operator,
    path: `/products/${await stocked(operator, 0)}`,
    body: { name: 'B', price: { amount: 1, currency: 'GBP' } },
  }),
  updateProductLabels: async () => ({
    by: operator,
    path: `/products/${await stocked(operator, 0)}/labels`,
    body: { metadata: { erp: unique('label') } },
  }),
  retireProduct: async () => ({ by: operator, path: `/products/${await stocked(operator, 0)}` }),
  updateCategory: async () => ({ ...(await newCategory()), body: { name: unique('d') } }),
  deleteCategory: () => newCategory(),
  cancelImport: async () => {
    const { id } = await operator.api.createImport({ body: { kind: 'products' } })
    return { by: operator, path: `/imports/${id}` }
  },
  cancelStockImport: async () => {
    const { id } = await operator.api.createStockImport({ body: { kind: 'adjustments' } })
    return { by: operator, path: `/stock-imports/${id}` }
  },
  updateWarehouse: async () => {
    const { id } = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    return { by: operator, path: `/warehouses/${id}`, body: { priority: 901 } }
  },
  updateInbound: async () => ({ ...(await newInbound()), body: { quantity: 3 } }),
  cancelInbound: () => newInbound(),
  recallTransfer: async () => {
    const sku = await stocked(operator, 1)
    const { id: toWarehouseId } = await operator.api.createWarehouse({ body: { name: unique('t'), priority: 900 } })
    const body = { fromWarehouseId: 'main', toWarehouseId, quantity: 1, expectedAt: '2099-01-01T00:00:00Z' }
    const { transfer } = await operator.api.transferStock({ params: { sku }, body })
    return { by: operator, path: `/transfers/${transfer?.id}` }
  },
  cancelCount: async () => {
    const body = { warehouseId: 'main', skus: [await stocked(operator, 1)] }
    const { id } = await operator.api.createCount({ body, idempotencyKey: unique('count') })
    return { by: operator, path: `/counts/${id}` }
  },
  updateOrder: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    const { type: _, ...shippingAddress } = address
    return { by: customer, path: `/orders/${id}`, body: { shippingAddress } }
  },
  cancelShipments: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    return { by: customer, path: `/orders/${id}/shipments` }
  },
  updateMe: async () => ({ by: customer, path: '/users/me', body: { preferences: { theme: unique('t') } } }),
  eraseMe: async () => ({ by: await newcomer(), path: '/users/me' }),
  eraseUser: async () => ({ by: operator, path: `/users/${(await newcomer()).userId}` }),
  replaceAddress: async () => ({ ...(await newAddress()), body: { ...address, city: 'Leeds' } }),
  removeAddress: () => newAddress(),
  setRoles: async () => ({ ...(await newUser('roles')), body: { roles: ['operator'] } }),
  renameApiKey: async () => ({ ...(await newKey()), body: { name: unique('k') } }),
  revokeApiKey: () => newKey(),
  updateWebhook: async () => ({ ...(await newWebhook()), body: { description: unique('k') } }),
  deleteWebhook: () => newWebhook(),
  setLimits: async () => ({ ...(await newUser('limits')), body: { openHolds: 3 } }),
}

async function newUser(what: string) {
  const { userId } = await newcomer()
  return { by: operator, path: `/users/${userId}/${what}` }
}

async function newWebhook() {
  const { id } = await operator.api.createWebhook({ body: { url: receiverUrl, events: ['stock.low'] } })
  return { by: operator, path: `/webhooks/${id}` }
}

async function newKey() {
  const { id } = await operator.api.createApiKey({ body: { name: unique('k'), scopes: ['stock:read'] } })
  return { by: operator, path: `/api-keys/${id}` }
}

async function newInbound() {
  const body = { warehouseId: 'main', quantity: 2, expectedAt: '2099-01-01T00:00:00Z' }
  const params = { sku: await stocked(operator, 0) }
  const { id } = await operator.api.createInbound({ params, body, idempotencyKey: unique('inbound') })
  return { by: operator, path: `/inbound/${id}` }
}

async function newCategory() {
  const { id } = await operator.api.createCategory({ body: { name: unique('c') } })
  return { by: operator, path: `/categories/${id}` }
}

async function newAddress() {
  const { id } = await customer.api.addAddress({ body: address as never })
  return { by: customer, path: `/users/me/addresses/${id}` }
}

describe('If-Match', () => {
  it('is tried on every route that heeds it', () => {
    const heeding = Object.entries(routes).flatMap(([name, route]) => (heedsMatch(route) ? [name] : []))
    expect(Object.keys(changes).toSorted()).toEqual(heeding.toSorted())
  })

  it.each(Object.entries(changes))('lets %s change nothing newer than what was read', async (name, make) => {
    const { by, path, ...given } = await make()
    const { method } = routes[name as keyof typeof changes]
    const read = await by.send({ method: 'GET', path })
    const etag = read.headers.get('etag') ?? ''
    const body = 'body' in given && { body: JSON.stringify(given.body) }
    const change = (tag: string) => by.send({ method, path, ...body, headers: { ...json, 'if-match': tag } })
    const stale = await change('"0"')
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, etag])
    expect((await by.send({ method: 'GET', path })).body).toEqual(read.body)
    const changed = await change(etag)
    // An account is erased later.
    if (method === 'DELETE') return expect(changed.status).toBe(name.startsWith('erase') ? 202 : 204)
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
    const after = await by.send({ method: 'GET', path })
    expect([after.headers.get('etag'), after.body]).toEqual([changed.headers.get('etag'), changed.body])
    return expect((await change(etag)).status).toBe(412)
  })

  it('lets a product go in the version that was made a moment ago', async () => {
    const path = `/products/${await stocked(operator, 0)}`
    const renamed = { method: 'PATCH', path, body: JSON.stringify({ name: unique('n') }), headers: json }
    const tag = (await operator.send(renamed)).headers.get('etag') ?? ''
    expect((await operator.send({ method: 'DELETE', path, headers: { 'if-match': tag } })).status).toBe(204)
  })
})

describe('a web page of another origin', () => {
  const ask = (origin: string, method: string, headers: object = {}) =>
    fetch(`${baseUrl}/orders`, { method, headers: { origin, ...headers } })
  const asking = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' }

  it.runIf(isLocal)('of the stage may call, and sees why it is refused', async () => {
    const ready = await ask('http://localhost:5173', 'OPTIONS', asking)
    expect([ready.status, ready.headers.get('access-control-allow-origin')]).toEqual([204, 'http://localhost:5173'])
    expect(ready.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(ready.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('idempotency-key')
    const refused = await ask('http://localhost:5173', 'GET')
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'http://localhost:5173'])
    expect(refused.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('etag')
  })

  it('that the stage does not name may not', async () => {
    for (const answer of [await ask('https://evil.test', 'OPTIONS', asking), await ask('https://evil.test', 'GET')])
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('an answer', () => {
  it('of an order is known by its tag, kept by no cache, and found at its Location', async () => {
    const body = { lines: [{ sku: await stocked(operator, 1), quantity: 1 }], payment: { method: 'manual' } }
    const placed = await customer.send({
      method: 'POST',
      path: '/orders',
      body: JSON.stringify(body),
      headers: { ...json, 'idempotency-key': unique('k'), prefer: 'Wait="5"' },
    })
    expect([placed.status, placed.headers.get('preference-applied')]).toEqual([201, 'wait=5'])
    const path = placed.headers.get('location') ?? ''
    const read = await customer.send({ method: 'GET', path })
    expect(read.body).toMatchObject({ id: (placed.body as { id: string }).id })
    expect(read.headers.get('cache-control')).toBe('no-store')
    const known = { 'if-none-match': read.headers.get('etag') ?? '' }
    expect((await customer.send({ method: 'GET', path, headers: known })).status).toBe(304)
    expect((await customer.send({ method: 'HEAD', path, headers: known })).status).toBe(304)
  })

  it.each(
    Object.values(routes).filter(({ method, who, path }) => method === 'GET' && who === 'open' && !path.includes('{')),
  )('of HEAD $path is that of GET without the body', async ({ path }) => {
    const [get, head] = [await raw({ method: 'GET', path }), await raw({ method: 'HEAD', path })]
    expect([head.status, head.body]).toEqual([get.status, undefined])
    for (const name of ['content-type', 'cache-control', 'x-content-type-options'])
      expect(head.headers.get(name), name).toBe(get.headers.get(name))
    expect(head.headers.get('x-content-type-options')).toBe('nosniff')
  })
})
