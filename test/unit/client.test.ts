import { describe, expect, expectTypeOf, it } from 'vitest'
import { api, ApiProblem, client, send } from '../../schemas/client.ts'
import type { Order } from '../../schemas/order.ts'
import * as orders from '../../schemas/orders.ts'

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A `fetch` that gives always the same answer and remembers what it was asked. */
function answering(status: number, body?: unknown, type = 'application/json') {
  const sent: Sent[] = []
  const fetch = (async (url: string, init: RequestInit) => {
    sent.push({
      url,
      method: init.method!,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: init.body === null ? undefined : init.body,
    })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(body === undefined ? null : text, { status, headers: { 'content-type': type } })
  }) as typeof globalThis.fetch
  return { sent, options: { baseUrl: 'http://api.test', token: 'secret', fetch } }
}

describe('the client', () => {
  it('sends a request by its contract', async () => {
    const { sent, options } = answering(201, { id: 'ord_1' })
    const body = { lines: [{ sku: '85123A', quantity: 2 }], payment: { method: 'manual' as const } }
    const order = await api(options).placeOrder({ body, idempotencyKey: 'k-1', prefer: 'wait=5' })
    expect(order.id).toBe('ord_1')
    expect(sent).toEqual([
      {
        url: 'http://api.test/orders',
        method: 'POST',
        headers: {
          authorization: 'Bearer secret',
          'content-type': 'application/json',
          'idempotency-key': 'k-1',
          prefer: 'wait=5',
        },
        body: JSON.stringify(body),
      },
    ])
  })

  it('puts parameters into the path and the query, encoded, and leaves out what is undefined', async () => {
    const { sent, options } = answering(200, { items: [] })
    await api(options).getStock({ params: { sku: 'A B/C' } })
    await api(options).listOrders({ query: { status: 'reserved', limit: 10, cursor: undefined } })
    await api(options).listOrders()
    expect(sent.map(({ url }) => url)).toEqual([
      'http://api.test/inventory/A%20B%2FC',
      'http://api.test/orders?status=reserved&limit=10',
      'http://api.test/orders',
    ])
  })

  it('sends text as it is, under its media type', async () => {
    const { sent, options } = answering(200, { rows: [], counts: {} })
    await api(options).importProducts({ text: 'sku,name\n', mediaType: 'text/csv' })
    expect(sent[0]).toMatchObject({ headers: { 'content-type': 'text/csv' }, body: 'sku,name\n' })
  })

  it('throws the problem that was answered, with its status, code and failing fields', async () => {
    const problem = { status: 422, code: 'unknown_sku', detail: 'No such sku.', errors: [{ path: 'a', message: 'b' }] }
    const { sent, options } = answering(422, problem, 'application/problem+json')
    const failure = await api(options)
      .getOrder({ params: { id: 'ord_1' } })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ApiProblem)
    expect(failure).toMatchObject({
      status: 422,
      code: 'unknown_sku',
      errors: problem.errors,
      message: 'getOrder: 422 unknown_sku: No such sku.',
    })
    expect(sent).toHaveLength(1)
  })

  it('gives an answer of the gateway, which has no code, one made of its status', async () => {
    const { options } = answering(401, { message: 'Unauthorized' })
    await expect(api(options).getMe()).rejects.toMatchObject({ status: 401, code: 'http_401' })
  })

  it('gives undefined where the contract has no body', async () => {
    const { options } = answering(204)
    expect(await api(options).retireProduct({ params: { sku: 'A' } })).toBeUndefined()
  })

  it('hands out any answer to a raw request', async () => {
    const { options } = answering(418, 'short and stout', 'text/plain')
    expect(await send(options, { method: 'BREW', path: '/pot' })).toMatchObject({
      status: 418,
      body: 'short and stout',
    })
  })

  it('knows from the contract what a call takes and gives', () => {
    const calls = client(orders.routes, { baseUrl: '' })
    expectTypeOf(calls.placeOrder).returns.resolves.toEqualTypeOf<Order>()
    expectTypeOf(calls.placeOrder).parameter(0).toHaveProperty('idempotencyKey').toEqualTypeOf<string>()
    expectTypeOf(calls.listOrders).parameter(0).toBeNullable()
    // @ts-expect-error an order needs a body
    expectTypeOf(calls.placeOrder).toBeCallableWith({ idempotencyKey: 'k' })
    // @ts-expect-error reading takes no idempotency key
    expectTypeOf(calls.getOrder).toBeCallableWith({ params: { id: 'o' }, idempotencyKey: 'k' })
    // @ts-expect-error only placing waits
    expectTypeOf(calls.approveOrder).toBeCallableWith({ params: { id: 'o' }, prefer: 'wait=5' })
  })
})
