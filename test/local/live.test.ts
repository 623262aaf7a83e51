import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { advance, died, killAt, settle, state, without } from './control.ts'
import { type LiveClient, connect as open } from './live-client.ts'
import { type SignedIn, deposit, newcomer, place, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let sku: string
const clients: LiveClient[] = []

async function connect(how: Parameters<typeof open>[0]): Promise<LiveClient> {
  const client = await open(how)
  clients.push(client)
  return client
}

beforeAll(async () => {
  operator = await signIn('operator')
  customer = await newcomer()
  await deposit(operator, customer, 100_000)
  sku = await stocked(operator, 1_000)
})

afterEach(() => {
  for (const client of clients.splice(0)) client.socket.terminate()
})

describe('a connection is opened', () => {
  it('with a token in the header', async () => {
    const client = await connect({ token: customer.token })
    client.send({ action: 'ping' })
    expect(await client.next('pong')).toEqual({ type: 'pong' })
  })

  it('with a ticket, once and within thirty seconds', async () => {
    const { ticket, expiresAt } = await customer.api.createLiveTicket({})
    expect(Date.parse(expiresAt)).toBeGreaterThan(0)
    const client = await connect({ ticket })
    client.send({ action: 'ping' })
    await client.next('pong')
    await expect(connect({ ticket })).rejects.toThrow('refused with 403')
    const late = await customer.api.createLiveTicket({})
    await advance('31s')
    await expect(connect({ ticket: late.ticket })).rejects.toThrow('refused with 403')
  })

  it('by nobody without a token, or with one that is no good', async () => {
    await expect(connect({})).rejects.toThrow('refused with 403')
    await expect(connect({ token: 'nonsense' })).rejects.toThrow('refused with 403')
    await expect(connect({ ticket: 'nonsense' })).rejects.toThrow('refused with 403')
    await expect(connect({ ticket: 'A'.repeat(43) })).rejects.toThrow('refused with 403')
  })
})

describe('an order is followed', () => {
  it('with its last state first, and each of its events after that', async () => {
    const order = await place(customer, { [sku]: 2 })
    const client = await connect({ token: customer.token })
    const first = await client.follow(order.id)
    expect(first).toMatchObject({
      orderId: order.id,
      order: { id: order.id, number: order.number, status: 'reserved', total: order.total, lineCount: 1 },
    })
    await operator.api.approveOrder({ params: { id: order.id } })
    const confirmed = await client.next('event', ({ event }) => event.type === 'order.confirmed')
    expect(confirmed.order).toMatchObject({
      id: order.id,
      status: 'confirmed',
      facts: { payment: 'paid' },
      lineCount: 1,
    })
    await customer.api.cancelOrder({ params: { id: order.id } })
    await client.next('event', ({ event }) => event.type === 'order.cancelled')
    expect(client.eventsOf(order.id)).toEqual(['order.confirmed', 'order.cancelled'])
  })

  it('by an operator, among all orders', async () => {
    const client = await connect({ token: operator.token })
    client.send({ action: 'subscribe', orders: '*' })
    await client.next('subscribed')
    const order = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
    await client.next('event', ({ event }) => event.orderId === order.id && event.type === 'order.confirmed')
    // What a queue brings late is left out where a newer state has been sent.
    const steps = ['order.placed', 'order.reserved', 'order.confirmed']
    const events = client.eventsOf(order.id)
    expect(events).toEqual(steps.filter((step) => events.includes(step)))
    expect(events.at(-1)).toBe('order.confirmed')
  })

  it('by nobody else', async () => {
    const order = await place(customer, { [sku]: 1 })
    const stranger = await newcomer()
    const client = await connect({ token: stranger.token })
    client.send({ action: 'subscribe', orderId: order.id })
    expect(await client.next('error')).toEqual({ type: 'error', code: 'order_not_found', orderId: order.id })
    client.send({ action: 'subscribe', orders: '*' })
    await client.next('error', ({ code }) => code === 'forbidden')
    await operator.api.approveOrder({ params: { id: order.id } })
    await settle()
    expect(client.eventsOf(order.id)).toEqual([])
  })

  it('until it is not any more', async () => {
    const order = await place(customer, { [sku]: 1 })
    const client = await connect({ token: customer.token })
    await client.follow(order.id)
    client.send({ action: 'unsubscribe', orderId: order.id })
    await client.next('unsubscribed')
    await operator.api.approveOrder({ params: { id: order.id } })
    await settle()
    expect(client.eventsOf(order.id)).toEqual([])
  })
})

describe('rights end on an open connection', () => {
  /** Follows an order that an operator approves once `ended` is done: nothing may come of that. */
  async function silentAfter(who: SignedIn, orderId: string, ended: () => Promise<unknown>) {
    const client = await connect({ token: who.token })
    await client.follow(orderId)
    await ended()
    // Changes are known four seconds late at most.
    await advance('5s')
    await operator.api.approveOrder({ params: { id: orderId } })
    await settle()
    return { events: client.eventsOf(orderId), closed: await client.end() }
  }
  const silent = { events: [], closed: 1000 }

  /** A customer with an order, who needs no wallet. */
  async function buyer(): Promise<{ readonly who: SignedIn; readonly orderId: string }> {
    const who = await newcomer()
    return { who, orderId: (await place(who, { [sku]: 1 })).id }
  }

  it('with the sign-out', async () => {
    const { who, orderId } = await buyer()
    expect(await silentAfter(who, orderId, () => who.api.signOut({}))).toEqual(silent)
  })

  it('with the account', async () => {
    const { who, orderId } = await buyer()
    const disable = () => operator.api.disableUser({ params: { id: who.userId } })
    expect(await silentAfter(who, orderId, disable)).toEqual(silent)
  })

  it('with the role', async () => {
    const staff = await newcomer()
    await operator.api.setRoles({ params: { id: staff.userId }, body: { roles: ['support'] } })
    await advance('5s')
    const { orderId } = await buyer()
    const change = () => operator.api.setRoles({ params: { id: staff.userId }, body: { roles: ['customer'] } })
    expect(await silentAfter(staff, orderId, change)).toEqual(silent)
  })

  it('with the API key', async () => {
    const { id, key = '' } = await operator.api.createApiKey({ body: { name: unique('key'), scopes: ['orders:read'] } })
    const client = await connect({ token: key })
    client.send({ action: 'subscribe', orders: '*' })
    await client.next('subscribed')
    const first = await place(customer, { [sku]: 1 })
    await client.next('event', ({ event }) => event.orderId === first.id && event.type === 'order.reserved')
    await operator.api.revokeApiKey({ params: { id } })
    await advance('5s')
    const second = await place(customer, { [sku]: 1 })
    await settle()
    expect(client.eventsOf(second.id)).toEqual([])
    expect(await client.end()).toBe(1000)
  })
})

describe('what a client may send', () => {
  it.each([
    ['garbage', 'garbage'],
    ['nothing', ''],
    ['an action that there is not', { action: 'shout' }],
    ['a route of the gateway', { action: '$connect' }],
    ['no order', { action: 'subscribe' }],
    ['something else as an order', { action: 'subscribe', orderId: { $ne: 1 } }],
    ['more than is asked for', { action: 'subscribe', orders: '*', orderId: 'ord_1' }],
    ['a list', [{ action: 'ping' }]],
  ])('is not %s', async (_, message) => {
    const client = await connect({ token: customer.token })
    client.send(message)
    expect(await client.next('error')).toEqual({ type: 'error', code: 'invalid_message' })
    client.send({ action: 'ping' })
    await client.next('pong')
  })

  it('is no frame of a megabyte, nor one of more than 32 KB', async () => {
    for (const bytes of [1_048_576, 32_769]) {
      const client = await connect({ token: customer.token })
      client.send('x'.repeat(bytes))
      expect(await client.end()).toBe(1009)
    }
  })

  it('follows a hundred orders, and no more', async () => {
    const lines = { [sku]: 1 }
    const orders = []
    for (let count = 0; count < 101; count += 1)
      orders.push(await place(customer, lines, { payment: { method: 'wallet' }, waits: false }))
    const client = await connect({ token: customer.token })
    for (const { id: orderId } of orders.slice(0, 100)) await client.follow(orderId)
    const [last] = orders.slice(-1)
    client.send({ action: 'subscribe', orderId: last!.id })
    expect(await client.next('error')).toEqual({ type: 'error', code: 'too_many_subscriptions', orderId: last!.id })
    client.send({ action: 'unsubscribe', orderId: orders[0]!.id })
    await client.next('unsubscribed')
    await client.follow(last!.id)
  })

  it('is no thousand orders of others', async () => {
    const client = await connect({ token: customer.token })
    for (let order = 0; order < 1_000; order += 1) client.send({ action: 'subscribe', orderId: `ord_${order}` })
    await client.until(() => client.frames.length === 1_000, 'answers are missing', 60_000)
    const answers = client.frames.map((frame) => (frame.type === 'error' ? frame.code : frame.type))
    // Where too many come at once, some are asked to come again.
    expect(answers.filter((code) => code !== 'order_not_found' && code !== 'unavailable')).toEqual([])
  })
})

describe('a connection that has gone', () => {
  it('is forgotten, whether it said so or not', async () => {
    const order = await place(customer, { [sku]: 1 })
    const client = await connect({ token: customer.token })
    await client.follow(order.id)
    client.socket.terminate()
    await settle()
    await operator.api.approveOrder({ params: { id: order.id } })
    await settle()
    expect((await state()).queues.filter(({ name, depth }) => name.includes('Fanout') && depth > 0)).toEqual([])
  })

  it('is 410 to whoever sends to it', async () => {
    const { endpoint, region } = await state()
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const management = new ApiGatewayManagementApiClient({ endpoint, region, credentials })
    const ConnectionId = 'bm9ib2R5LWF0LWFs='
    const post = management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('{}') }))
    await expect(post).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } })
    const get = management.send(new GetConnectionCommand({ ConnectionId }))
    await expect(get).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } })
  })
})

describe('nothing is missed', () => {
  it('when the gateway is away for a while', async () => {
    const order = await place(customer, { [sku]: 1 })
    const client = await connect({ token: customer.token })
    await client.follow(order.id)
    await without('apigatewaymanagementapi', async () => {
      await operator.api.approveOrder({ params: { id: order.id } })
      await advance('10s')
    })
    await advance('2m')
    const { order: state } = await client.next('event', ({ event }) => event.type === 'order.confirmed')
    expect(state.status).toBe('confirmed')
  })

  it.each(['before', 'after'] as const)('when who sends dies %s a frame', async (when) => {
    const order = await place(customer, { [sku]: 1 })
    const client = await connect({ token: customer.token })
    await client.follow(order.id)
    await killAt({ function: 'Fanout', operation: 'PostToConnection', nth: 1, when })
    await operator.api.approveOrder({ params: { id: order.id } })
    await died()
    await advance('4m')
    await customer.api.cancelOrder({ params: { id: order.id } })
    await settle()
    const types = client.eventsOf(order.id)
    expect(types.filter((type, at) => types.indexOf(type) === at)).toEqual(['order.confirmed', 'order.cancelled'])
  })
})

// Last: the tokens of all end with it.
describe('a token that ends', () => {
  it('ends its connection', async () => {
    const who = await newcomer()
    const client = await connect({ token: who.token })
    // Now and then a message, as the gateway closes what is idle.
    for (let minutes = 0; minutes < 65; minutes += 5) {
      await advance('5m')
      if (client.closed === undefined) client.send({ action: 'ping' })
      await settle()
    }
    expect(await client.next('error')).toEqual({ type: 'error', code: 'unauthenticated' })
    expect(await client.end()).toBe(1000)
    await expect(connect({ token: who.token })).rejects.toThrow('refused with 403')
  })
})
