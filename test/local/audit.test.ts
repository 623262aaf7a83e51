import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chanceOf } from '../../bin/fuzz/chance.ts'
import { type Request, written } from '../../bin/fuzz/request.ts'
import type { RouteName } from '../../bin/fuzz/run.ts'
import type { Stack } from '../../bin/replay/stack.ts'
import type { Person } from '../../bin/fuzz/shop.ts'
import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import { isRecorded } from '../../schemas/action.ts'
import type { AuditRecord } from '../../schemas/audit.ts'
import { api, routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'
import { type FurnishedShop, furnishedShop } from './furnished-shop.ts'
import { isLocal, receiverUrl, unique } from './target.ts'
import { receiver } from './webhook-receiver.ts'

let fixture: FurnishedShop | undefined
let { local, stack, wire, shop, plans, run, webhookSecret } = {} as FurnishedShop
let requests = 0
const chance = () => chanceOf((requests += 1))

beforeAll(async () => {
  if (!isLocal) return
  fixture = await furnishedShop('audit')
  ;({ local, stack, wire, shop, plans, run, webhookSecret } = fixture)
}, 240_000)

beforeEach(() => fixture?.renewOnceIn(20))
afterAll(() => fixture?.stop())

/** Somebody with a session of their own. */
async function somebody(): Promise<Person> {
  const account = { email: `${unique('somebody')}@holdfast.test`, password: 'Somebody-1!' }
  const { id } = await stack.api.register({ body: account })
  const { accessToken: token, refreshToken } = await stack.api.signIn({ body: account })
  return { ...account, id, token, refreshToken }
}

/** A photo of a product that nobody else changes. */
async function photo(): Promise<{ readonly sku: string; readonly id: string }> {
  const sku = unique('photographed')
  await stack.api.createProduct({ body: { sku, name: sku, price: { amount: 1, currency: 'GBP' } } })
  const { id } = await stack.api.addPhoto({ params: { sku }, body: { contentType: 'image/png' } })
  return { sku, id }
}

const accountOf = ({ email, password }: Person) => ({ email, password })

/** Requests that the plans make without an effect. */
const prepared: Partial<Record<RouteName, () => Promise<Request>>> = {
  setRoles: async () => ({
    as: shop.operator,
    params: { id: (await somebody()).id },
    body: { roles: ['support'] },
  }),
  endSessionsOf: async () => ({ as: shop.operator, params: { id: (await somebody()).id } }),
  keepUser: async () => {
    const params = { id: (await somebody()).id }
    await stack.api.eraseUser({ params })
    return { as: shop.operator, params }
  },
  renameApiKey: async () => ({
    as: shop.operator,
    params: { id: (await stack.api.createApiKey({ body: { name: unique('key'), scopes: ['orders:read'] } })).id },
    body: { name: unique('renamed') },
  }),
  updatePhoto: async () => ({ as: shop.operator, params: await photo(), body: { alt: unique('photo') } }),
  updateProductLabels: async () => ({
    as: shop.operator,
    params: { sku: (await photo()).sku },
    body: { metadata: { erp: unique('labelled') } },
  }),
  updateWebhook: async () => ({ as: shop.operator, params: await webhook(), body: { description: unique('renamed') } }),
  redeliverFailedDeliveries: async () => ({
    as: shop.operator,
    params: await failedWebhook(),
    body: { since: '2020-01-01T00:00:00Z' },
  }),
  resumePayment: async () => ({ as: shop.operator, params: { id: await paymentOnHold() } }),
  updatePayment: async () => ({
    as: shop.operator,
    params: { id: `pay_${(await paymentOnHold()).replace('ord_', '')}` },
    body: { metadata: { books: unique('labelled') } },
  }),
  updateOrder: async () => ({ as: shop.operator, ...(await orderElsewhere()) }),
  // Units can be set aside whatever has happened before, and brought back only once some are.
  moveUnavailable: async () => ({
    as: shop.operator,
    params: { sku: shop.skus[0]! },
    idempotencyKey: unique('aside'),
    body: { warehouseId: 'main', quantity: 1, kind: 'damaged', move: 'in', reason: 'dropped' },
  }),
  mailGuestLink: async () => ({ as: shop.operator, params: { id: await orderOfGuest() } }),
  adjustMany: async () => ({
    as: shop.operator,
    body: { rows: [{ key: unique('row'), sku: shop.skus[0]!, warehouseId: 'main', delta: 1, reason: 'found' }] },
  }),
}

/** A webhook whose receiver takes everything, in the place of the oldest one. */
async function webhook(url = receiverUrl): Promise<{ readonly id: string }> {
  const { items } = await stack.api.listWebhooks({ query: { limit: 100 } })
  if (items.length > 10) await stack.api.deleteWebhook({ params: { id: items.at(-1)!.id } })
  const { id } = await stack.api.createWebhook({ body: { url, events: ['stock.low'] } })
  return { id }
}

/** One of which a delivery has failed for good: it is on again. */
async function failedWebhook(): Promise<{ readonly id: string }> {
  const gone = await receiver(410)
  const params = await webhook(gone.url)
  await stack.api.testWebhook({ params })
  await gone.has(1)
  await stack.control!.settle()
  await gone.close()
  await stack.api.updateWebhook({ params, body: { active: true, url: receiverUrl } })
  return params
}

/** The id of an order whose provider reports another amount than it was asked for. */
async function paymentOnHold(): Promise<string> {
  const body = { lines: [{ sku: shop.skus[0]!, quantity: 1 }], payment: { method: 'card' as const, token: 'tok_late' } }
  const { id: orderId } = await stack.api.placeOrder({ idempotencyKey: unique('hold'), body })
  await stack.control!.settle()
  const { items } = await stack.api.listPayments({ params: { id: orderId } })
  const about = { orderId, paymentId: items[0]!.id, attempt: 1, amount: { amount: 1, currency: 'GBP' } }
  const text = JSON.stringify({ type: 'captured', data: about })
  const signature = signatureHeader([webhookSecret], Math.floor(Date.now() / 1_000), text)
  const headers = { 'holdfast-signature': signature }
  const params = { provider: 'sandbox' }
  await send('receiveWebhook', { as: undefined, params, text, mediaType: 'application/json', headers })
  return orderId
}

/** An order that goes where no other one does: the same address again changes nothing, and once it is confirmed shipping has the record. */
async function orderElsewhere(): Promise<Pick<Request, 'params' | 'body'>> {
  const lines = [{ sku: shop.skus[0]!, quantity: 1 }]
  const body = { lines, payment: { method: 'manual' as const } }
  const { id } = await stack.api.placeOrder({ idempotencyKey: unique('elsewhere'), body })
  const shippingAddress = { name: 'Ann', line1: unique('road'), city: 'Leeds', postalCode: 'LS1 4AP', country: 'GB' }
  return { params: { id }, body: { shippingAddress } }
}

/** The id of a guest's order whose link was mailed more than a minute ago. */
async function orderOfGuest(): Promise<string> {
  const { id } = await stack.api.placeOrder({
    idempotencyKey: unique('guest'),
    body: {
      lines: [{ sku: shop.skus[0]!, quantity: 1 }],
      payment: { method: 'manual' },
      customerId: 'guest',
      guest: { name: 'Gil Guest', email: 'gil@holdfast.test' },
    },
  })
  await stack.control!.advance('2m')
  return id
}

/** A good request of the route, once what it is about is there. */
async function goodRequest(name: RouteName): Promise<Request> {
  const request = await prepared[name]?.()
  if (request) return request
  await fixture?.prepare(name)
  for (let tries = 0; tries < 600; tries += 1) {
    const planned = plans[name].ask({ shop, chance: chance(), take: (shelf) => shop.take(shelf) })
    if (planned) return planned
    await Promise.all([1, 2, 3, 4].map(() => run.toward(name, chance())))
  }
  throw new Error(`there is nothing to ask ${name} for`)
}

/** The request with a name for its sender, by which its records are found. */
const sentBy = (userAgent: string, request: Request): Request => ({
  ...request,
  headers: { ...request.headers, 'user-agent': userAgent },
})

async function send(name: RouteName, request: Request) {
  const { method, path } = routes[name]
  const { status, text } = await wire.send(written(method, path, request))
  return { status, body: text === '' ? undefined : JSON.parse(text) }
}

type Query = NonNullable<Parameters<Stack['api']['listAudit']>[0]>['query']

/** All records of that query, by its pages. */
async function audited(query: Query = {}): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = []
  let cursor: string | undefined
  do {
    const page = await stack.api.listAudit({ query: { limit: 100, ...query, ...(cursor && { cursor }) } })
    found.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

async function recordsOf(userAgent: string, query?: Query): Promise<readonly AuditRecord[]> {
  await stack.control!.settle()
  return (await audited(query)).filter(({ from }) => from.userAgent === userAgent)
}

const passing: ReadonlySet<number> = new Set([404, 409, 422])

/** Routes of orders that ask shipping: where its event is faster than the answer, the record is that of the route of shipping alone. */
const askShipping: ReadonlySet<RouteName> = new Set(['cancelOrder', 'cancelOrderLine'])

/** Lets no event reach orders while the request is under way. */
async function beforeItsEvents<Result>(ask: () => Promise<Result>): Promise<Result> {
  const { queues } = (await (await fetch(`${local.url}/_local/state`)).json()) as { queues: { name: string }[] }
  const { name } = queues.find((queue) => /orders-EventsQueue/.test(queue.name))!
  const control = (act: 'hold' | 'release') => fetch(`${local.url}/_local/queues/${name}/${act}`, { method: 'POST' })
  await control('hold')
  try {
    return await ask()
  } finally {
    await control('release')
  }
}

/** Whether the record is that of what orders asked of shipping. */
const isRecordedByShipping = async ({ params }: Request): Promise<boolean> =>
  (await audited()).some(
    ({ operation, subject }) => operation.startsWith('cancelShipment') && subject.endsWith(`/${params?.['id']}`),
  )

const recorded = (Object.keys(routes) as RouteName[]).filter((name) => isRecorded(routes[name]))

describe.runIf(isLocal)('what an operator changes', () => {
  it.each(recorded)('is recorded exactly once: %s', async (name) => {
    const route: RouteContract = routes[name]
    let userAgent = ''
    let request: Request | undefined
    let status = 0
    let body: unknown
    let records: readonly AuditRecord[] = []
    for (let tries = 0; tries < 12; tries += 1) {
      userAgent = unique(name)
      request = sentBy(userAgent, { ...(await goodRequest(name)), as: shop.operator })
      const asked = request
      const ask = () => send(name, asked)
      ;({ status, body } = await (askShipping.has(name) ? beforeItsEvents(ask) : ask()))
      records = await recordsOf(userAgent)
      const isOfShipping = records.length === 0 && askShipping.has(name) && (await isRecordedByShipping(asked))
      if (!passing.has(status) && !isOfShipping) break
    }
    expect(status, JSON.stringify([request?.body, body])).toBe(route.answer.status)
    expect(records).toMatchObject([
      {
        operation: name,
        actor: { kind: 'user', id: shop.operator.id },
        from: { ip: expect.stringMatching(/^[\d.:a-f]+$/) },
        fields: expect.arrayContaining(Object.keys((request?.body as object | undefined) ?? {})),
        subject: expect.stringMatching(/^[a-z-]+\/[^/]+$/),
        requestId: expect.stringMatching(/./),
      },
    ])
    const [, id] = records[0]!.subject.split('/')
    const [named] = Object.values(request?.params ?? {})
    if (named !== undefined) expect(id).toBe(named)
    expect(await recordsOf(userAgent, { subject: records[0]!.subject })).toEqual(records)
  })

  it('is recorded as done by the API key that did it', async () => {
    const userAgent = unique('by-key')
    const { id, key } = await stack.api.createApiKey({ body: { name: userAgent, scopes: ['stock:adjust'] } })
    const request: Request = {
      as: { ...shop.operator, id, token: key! },
      params: { sku: shop.skus[0]! },
      body: { warehouseId: 'main', delta: 1, reason: 'found' },
      idempotencyKey: userAgent,
    }
    expect(await send('adjustStock', sentBy(userAgent, request))).toMatchObject({ status: 201 })
    expect(await recordsOf(userAgent)).toMatchObject([{ actor: { kind: 'key', id }, operation: 'adjustStock' }])
    expect(await recordsOf(userAgent, { actor: id })).toHaveLength(1)
  })

  it('is recorded once when it is asked for again by its key', async () => {
    const userAgent = unique('again')
    const body = { amount: { amount: 7, currency: 'GBP' }, reference: 'a secret reference' }
    const params = { id: shop.customers[0]!.id }
    const request = sentBy(userAgent, { as: shop.operator, params, body, idempotencyKey: userAgent })
    const answers = await Promise.all([1, 2, 3].map(() => send('depositToWallet', request)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const records = await recordsOf(userAgent)
    expect(records).toHaveLength(1)
    expect(JSON.stringify(records)).not.toContain('secret')
  })

  it('has the reason that was given, and its actor for as long as it is kept', async () => {
    const userAgent = unique('reason')
    const leaving = await somebody()
    const owner = unique('owner')
    await stack.api.setRoles({ params: { id: leaving.id }, body: { roles: ['support'] } })
    const { accessToken: token } = await api({ baseUrl: local.url }).signIn({ body: accountOf(leaving) })
    const sku = shop.skus[0]!
    const customer = shop.customers[0]!
    const placed = await send('placeOrder', {
      as: customer,
      body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' } },
      idempotencyKey: owner,
    })
    const cancelling = { as: { ...leaving, token }, params: { id: placed.body.id }, body: { reason: 'asked by phone' } }
    expect(await send('cancelOrder', sentBy(userAgent, cancelling))).toMatchObject({ status: 200 })
    await stack.api.disableUser({ params: { id: leaving.id } })
    expect(await recordsOf(userAgent, { actor: leaving.id })).toMatchObject([
      { reason: 'asked by phone', actor: { kind: 'user', id: leaving.id }, subject: `orders/${placed.body.id}` },
    ])
    const both = { actor: leaving.id, subject: `orders/${placed.body.id}` }
    expect(await recordsOf(userAgent, both)).toHaveLength(1)
    expect(await recordsOf(userAgent, { ...both, actor: shop.operator.id })).toEqual([])
  })
})

describe.runIf(isLocal)('money that an operator moves', () => {
  it('keeps its actor, whom operators see and customers do not', async () => {
    const customer = shop.customers[2]!
    const as = (token: string) => api({ baseUrl: local.url, token })
    const key = unique('actor')
    const deposited = { amount: { amount: 7, currency: 'GBP' } }
    await stack.api.depositToWallet({ params: { id: customer.id }, idempotencyKey: key, body: deposited })
    const newest = async (wallet: Promise<{ items: readonly object[] }>) => (await wallet).items[0]
    const by = shop.operator.id
    expect(await newest(stack.api.getWalletOf({ params: { id: customer.id } }))).toMatchObject({ amount: 7, by })
    expect(await newest(as(customer.token).getWallet())).toMatchObject({ amount: 7 })
    expect(await newest(as(customer.token).getWallet())).not.toHaveProperty('by')
    const body = { lines: [{ sku: shop.skus[0]!, quantity: 1 }], payment: { method: 'wallet' as const } }
    const { id } = await as(customer.token).placeOrder({ idempotencyKey: key, body })
    await stack.control!.settle()
    await stack.api.refundOrder({
      params: { id },
      idempotencyKey: key,
      body: { amount: { amount: 1, currency: 'GBP' } },
    })
    const refundsSeen = async (who: Stack['api']) => (await who.listPayments({ params: { id } })).items[0]?.refunds
    expect(await refundsSeen(stack.api)).toMatchObject([{ by }])
    expect((await refundsSeen(as(customer.token)))?.[0]).not.toHaveProperty('by')
  })
})

describe.runIf(isLocal)('the audit', () => {
  it('has nothing of what customers do with what is their own', async () => {
    const userAgent = unique('customer')
    const body = { lines: [{ sku: shop.skus[0]!, quantity: 1 }], payment: { method: 'manual' } }
    const as = shop.customers[1]!
    const placed = await send('placeOrder', sentBy(userAgent, { as, body, idempotencyKey: userAgent }))
    await send('cancelOrder', sentBy(userAgent, { as, params: { id: placed.body.id } }))
    expect(placed.status).toBe(201)
    expect(await recordsOf(userAgent)).toEqual([])
  })

  it('has nothing of what was refused', async () => {
    const userAgent = unique('refused')
    const adjusting = { as: shop.operator, params: { sku: shop.skus[0]! }, idempotencyKey: userAgent }
    const body = { warehouseId: 'main', delta: -1_000_000_000, reason: 'lost' }
    expect((await send('adjustStock', sentBy(userAgent, { ...adjusting, body }))).status).toBe(409)
    expect(await recordsOf(userAgent)).toEqual([])
  })

  it('is listed by pages, the newest first, none left out and none twice', async () => {
    await stack.control!.settle()
    const all = await audited({ limit: 100 })
    const byThree = await audited({ limit: 3 })
    expect(all.length).toBeGreaterThan(20)
    expect(byThree).toEqual(all)
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    )
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    const [from, to] = [all.at(-5)!.at, all[5]!.at]
    const between = await audited({ from, to })
    expect(between).toEqual(all.filter(({ at }) => at >= from && at < to))
    expect(await audited({ actor: shop.operator.id })).toEqual(all.filter(({ actor }) => actor.id === shop.operator.id))
  })

  it('is for owners alone', async () => {
    const operator = await somebody()
    await stack.api.setRoles({ params: { id: operator.id }, body: { roles: ['operator', 'read-only'] } })
    const { accessToken: token } = await api({ baseUrl: local.url }).signIn({ body: accountOf(operator) })
    expect((await send('listAudit', { as: { ...operator, token } })).status).toBe(403)
  })
})
