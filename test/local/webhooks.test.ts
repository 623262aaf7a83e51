import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { mostWebhooks } from '../../schemas/webhook.ts'
import { advance, settle, state } from './control.ts'
import { type SignedIn, newcomer, place, receiverUrl, signIn, stocked, unique, until } from './target.ts'
import { type Behaviour, type Got, type Receiver, receiver } from './webhook-receiver.ts'

let operator: SignedIn
const receivers: Receiver[] = []
const made: string[] = []

beforeAll(async () => {
  operator = await signIn('operator')
})

afterEach(async () => {
  vi.useRealTimers()
  for (const id of made.splice(0)) await operator.api.deleteWebhook({ params: { id } }).catch(() => undefined)
  for (const each of receivers.splice(0)) await each.close()
})

// The last wake-ups of what is deleted.
afterAll(() => advance('2m'))

async function listening(events: readonly string[], behaviour?: Behaviour) {
  const there = await receiver(behaviour)
  receivers.push(there)
  const webhook = await operator.api.createWebhook({ body: { url: there.url, events: [...events] } })
  made.push(webhook.id)
  return { ...webhook, secret: webhook.secret ?? '', there, params: { id: webhook.id } }
}

const deliveriesOf = async (id: string) =>
  (await operator.api.listWebhookDeliveries({ params: { id }, query: { limit: 100 } })).items

/** Waits until the first delivery has had so many attempts, and all of that is written down. */
const attempts = (id: string, count: number) =>
  until(
    () => deliveriesOf(id),
    ([first]) => first?.attempts.length === count,
  )

/** Whether the outside party takes it as genuine, at the time of the stack. */
async function verified(secret: string, { text, headers }: Got): Promise<unknown> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse((await state()).now) })
  try {
    return new Webhook(secret).verify(text, headers as Record<string, string>)
  } finally {
    vi.useRealTimers()
  }
}

/** An order that is confirmed; its id. */
async function confirmed(): Promise<string> {
  const customer = await newcomer()
  const sku = await stocked(operator, 5)
  const { id } = await place(customer, { [sku]: 1 })
  await operator.api.approveOrder({ params: { id } })
  return id
}

describe('a webhook', () => {
  it('gets each event that it asks for once, signed so that the outside party takes it', async () => {
    const { there, secret, id } = await listening(['order.*', 'order.placed', 'stock.low'])
    const orderId = await confirmed()
    const got = await there.has(3)
    const bodies = await Promise.all(got.map((each) => verified(secret, each)))
    const types = bodies.map((body) => (body as { type: string }).type)
    expect(types.toSorted()).toEqual(['order.confirmed', 'order.placed', 'order.reserved'])
    const placed = got.find(({ text }) => text.includes('"order.placed"'))!
    expect(JSON.parse(placed.text)).toMatchObject({
      id: placed.headers['webhook-id'],
      type: 'order.placed',
      orderId,
      sequence: 1,
      timestamp: expect.stringMatching(/Z$/) as string,
      data: { orderId, status: 'placed' },
    })
    await settle()
    expect(there.got).toHaveLength(3)
    const items = await until(
      () => deliveriesOf(id),
      (all) => all.length === 3 && all.every(({ state }) => state === 'delivered'),
    )
    expect(items.find(({ type }) => type === 'order.placed')).toMatchObject({
      eventId: placed.headers['webhook-id'],
      attempts: [{ status: 204, durationMs: expect.any(Number) as number }],
    })
  })

  it('is refused a signature that was changed', async () => {
    const { there, secret } = await listening(['order.placed'])
    await confirmed()
    const [first] = await there.has(1)
    await expect(verified(secret, { ...first!, text: first!.text.replace('placed', 'stolen') })).rejects.toThrow(
      'No matching signature found',
    )
  })

  it('gets no event that is not public', async () => {
    const { there } = await listening(['*'])
    const customer = await newcomer()
    await place(customer, { [await stocked(operator, 1)]: 1 })
    await there.has(3)
    await settle()
    const types = new Set(there.got.map(({ text }) => (JSON.parse(text) as { type: string }).type))
    expect([...types].filter((type) => /^(user|action)\.|order\.address|payment\.card_token/.test(type))).toEqual([])
  })

  it('shows its secret once, also to who repeats the request', async () => {
    const there = await receiver()
    receivers.push(there)
    const request = { idempotencyKey: unique('hook'), body: { url: there.url, events: ['stock.low'] } }
    const first = await operator.api.createWebhook(request)
    made.push(first.id)
    expect(first.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const again = await operator.api.createWebhook(request)
    expect(again).toEqual({ ...first, secret: undefined, withheld: ['secret'] })
    const shown = await operator.api.getWebhook({ params: { id: first.id } })
    expect(JSON.stringify(shown)).not.toContain('whsec_')
    expect((await operator.api.listWebhooks({ query: { limit: 100 } })).items).toContainEqual(shown)
  })

  it('signs with both secrets while they rotate, then with the new one alone', async () => {
    const { there, secret, params } = await listening(['order.placed'])
    const { secret: second = '', overlapUntil } = await operator.api.rotateWebhookSecret({ params })
    expect(overlapUntil).toBeDefined()
    await confirmed()
    const [first] = await there.has(1)
    await verified(secret, first!)
    await verified(second, first!)
    await operator.api.rotateWebhookSecret({ params, body: { overlapSeconds: 60 } })
    const { secret: third = '' } = await operator.api.rotateWebhookSecret({ params, body: { overlapSeconds: 0 } })
    await confirmed()
    const [, last] = await there.has(2)
    await verified(third, last!)
    await expect(verified(second, last!)).rejects.toThrow('No matching signature found')
    expect(last!.headers['webhook-signature']).not.toContain(' ')
  })

  it('can be tried out, whatever it asks for', async () => {
    const { there, secret, params } = await listening(['stock.low'])
    const sent = await operator.api.testWebhook({ params, idempotencyKey: 'try' })
    expect(sent).toMatchObject({ type: 'webhook.test', state: 'pending' })
    expect(await operator.api.testWebhook({ params, idempotencyKey: 'try' })).toEqual(sent)
    const [got] = await there.has(1)
    expect(await verified(secret, got!)).toMatchObject({ type: 'webhook.test', id: sent.eventId })
    await settle()
    expect(there.got).toHaveLength(1)
  })

  it('is one of at most so many', async () => {
    const { items } = await operator.api.listWebhooks({ query: { limit: 100 } })
    const free = mostWebhooks - items.length
    for (let count = 0; count < free; count += 1)
      made.push((await operator.api.createWebhook({ body: { url: receiverUrl, events: ['stock.low'] } })).id)
    const refused = operator.api.createWebhook({ body: { url: receiverUrl, events: ['stock.low'] } })
    await expect(refused).rejects.toMatchObject({ code: 'too_many_webhooks' })
  })
})

describe('what is queued', () => {
  it('stops when its webhook is paused, and goes on when that is over', async () => {
    const { there, params } = await listening(['order.placed'], 500)
    await confirmed()
    await attempts(params.id, 1)
    await operator.api.updateWebhook({ params, body: { active: false } })
    await confirmed()
    const before = there.got.length
    await advance('2h')
    await settle()
    expect(there.got).toHaveLength(before)
    there.behave(204)
    await operator.api.updateWebhook({ params, body: { active: true } })
    await until(
      () => deliveriesOf(params.id),
      (all) => all.every(({ state }) => state === 'delivered'),
    )
    // What came meanwhile was not asked for.
    expect(await deliveriesOf(params.id)).toHaveLength(1)
  })

  it('stops when its webhook is deleted', async () => {
    const { there, params } = await listening(['order.placed'], 500)
    await confirmed()
    await attempts(params.id, 1)
    await operator.api.deleteWebhook({ params })
    const before = there.got.length
    await advance('2h')
    await settle()
    expect(there.got).toHaveLength(before)
    await expect(operator.api.getWebhook({ params })).rejects.toMatchObject({ status: 404 })
  })
})

describe('a delivery', () => {
  it('comes again after it failed, later and later, with the same id and a new signature', async () => {
    const { there, secret, params } = await listening(['order.placed'], (response, _, nth) => {
      response.writeHead(nth < 3 ? 500 : 200).end(`answer ${nth}`)
    })
    await confirmed()
    await attempts(params.id, 1)
    await advance('13s')
    await attempts(params.id, 2)
    await advance('20s')
    expect(there.got).toHaveLength(2)
    await advance('20s')
    const got = await there.has(3)
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(got.map(({ headers }) => headers['webhook-signature'])).size).toBe(3)
    await verified(secret, got[2]!)
    const [delivery] = await until(
      () => deliveriesOf(params.id),
      ([first]) => first?.state === 'delivered',
    )
    expect(delivery!.attempts.map(({ status, body }) => [status, body])).toEqual([
      [200, 'answer 3'],
      [500, 'answer 2'],
      [500, 'answer 1'],
    ])
  })

  it('waits as long as the receiver asks for', async () => {
    const { there, params } = await listening(['order.placed'], (response, _, nth) => {
      if (nth === 1) response.writeHead(429, { 'retry-after': '600' }).end()
      else response.writeHead(204).end()
    })
    await confirmed()
    await attempts(params.id, 1)
    await advance('9m')
    expect(there.got).toHaveLength(1)
    await advance('2m')
    await there.has(2)
  })

  it('is sent once more when asked for, also when it arrived', async () => {
    const { there, params } = await listening(['order.placed'])
    await confirmed()
    await there.has(1)
    const [first] = await until(
      () => deliveriesOf(params.id),
      ([each]) => each?.state === 'delivered',
    )
    const asked = { params: { ...params, deliveryId: first!.id }, idempotencyKey: unique('again') }
    await operator.api.redeliverWebhookDelivery(asked)
    await operator.api.redeliverWebhookDelivery(asked)
    const got = await there.has(2)
    expect(got[1]!.headers['webhook-id']).toBe(got[0]!.headers['webhook-id'])
    await settle()
    expect(there.got).toHaveLength(2)
    const [again] = await until(
      () => deliveriesOf(params.id),
      ([each]) => each?.attempts.length === 2,
    )
    expect(again).toMatchObject({ id: first!.id, state: 'delivered' })
  })
})
