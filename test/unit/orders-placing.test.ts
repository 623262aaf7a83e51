import { beforeEach, describe, expect, it, vi } from 'vitest'
import { StoreUnavailable, type Write } from '../../functions/runtime/store.ts'
import { logger } from '../../functions/runtime/log.ts'
import { events as catalog } from '../../schemas/catalog.ts'
import { Order } from '../../schemas/order.ts'
import { events as users } from '../../schemas/users.ts'
import { type OrdersWorld, customer, operator, ordersWorld, other } from './orders-world.ts'

const body = { lines: [{ sku: 'mug', quantity: 2 }], payment: { method: 'manual' } }
let world: OrdersWorld
const post = (
  sent: unknown = body,
  more: { key?: string; prefer?: string } = {},
  claims: Record<string, string> = customer,
) => world.call(claims, 'POST /orders', { body: sent, key: 'one', ...more })

beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
  await world.sells('cup', { price: { amount: 100, currency: 'GBP' } })
})

describe('placing an order', () => {
  it('leaves nothing behind where its write comes to nothing: no lines, no guest, no labels', async () => {
    const lost = new StoreUnavailable('lost')
    const write = world.table.write.bind(world.table)
    const whole = vi.spyOn(world.table, 'write')
    whole.mockImplementation((...writes: [Write]) =>
      writes.some((each) => 'put' in each && each.put.sk === 'order') ? Promise.reject(lost) : write(...writes),
    )
    const before = world.table.items().length
    const large = {
      notes: 'x'.repeat(1_000),
      reference: 'PO 1',
      customerId: 'guest',
      guest: { name: 'Ann', email: 'a@b.test' },
    }
    expect(await post({ ...body, ...large }, {}, operator)).toMatchObject({ status: 503 })
    expect(world.table.items()).toHaveLength(before)
    vi.restoreAllMocks()
    expect(await post({ ...body, ...large }, {}, operator)).toMatchObject({ status: 201 })
    expect(world.table.items()).toHaveLength(before + 7)
  })

  it('answers with the order and its prices, and emits order.placed', async () => {
    const reply = await post({ ...body, lines: [...body.lines, { sku: 'cup', quantity: 1 }], notes: 'Gift' })
    expect(reply.status).toBe(201)
    expect(Order.parse(reply.body)).toEqual(reply.body)
    expect(reply.body).toMatchObject({
      status: 'placed',
      customerId: customer.sub,
      number: expect.stringMatching(/^261121-[0-9A-Z]{8}$/),
      lines: [
        {
          sku: 'mug',
          name: 'Product mug',
          quantity: 2,
          unitPrice: { amount: 250, currency: 'GBP' },
          total: { amount: 500 },
        },
        { sku: 'cup', quantity: 1, total: { amount: 100 } },
      ],
      total: { amount: 600, currency: 'GBP' },
      facts: { stock: 'requested', payment: 'none', closing: 'none', fulfilment: 'none' },
      notes: 'Gift',
      placedAt: '2026-11-21T10:00:00.000Z',
    })
    const [placed] = await world.publish()
    expect(JSON.parse(placed!.detail)).toMatchObject({
      correlationId: reply.body['id'],
      causationId: 'request-1',
      data: {
        lines: [
          ['mug', 2],
          ['cup', 1],
        ],
        holdSeconds: 86_400,
        status: 'placed',
      },
    })
  })
  it('leaves nothing of a large order behind when its idempotency key was used before', async () => {
    await post()
    const before = world.table.items()
    expect(await post({ ...body, notes: 'x'.repeat(2_000) })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect(world.table.items()).toEqual(before)
  })
  it('keeps what stands beside a large order when it is sent again', async () => {
    const large = { ...body, notes: 'x'.repeat(2_000) }
    await post(large)
    const again = await post(large, { prefer: 'wait=0' })
    expect(again).toMatchObject({ status: 201, body: { notes: large.notes } })
  })
  it('shows the address that it was placed with when it is sent again, also once it goes elsewhere', async () => {
    const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }
    for (const [key, sent] of Object.entries({ with: { ...body, shippingAddress: home }, without: body })) {
      const first = await post(sent, { key })
      const id = String(first.body['id'])
      const shippingAddress = { ...home, city: 'York' }
      await world.call(customer, 'PATCH /orders/{id}', { id, body: { shippingAddress } })
      expect(await world.get(id)).toMatchObject({ shippingAddress })
      const again = await post(sent, { key })
      expect(again.body).toEqual(first.body)
      expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' })
      expect((await post(sent, { key, prefer: 'wait=1' })).body).toMatchObject({ shippingAddress })
    }
  })
  it('is found in the logs by its id', async () => {
    const keys = vi.spyOn(logger, 'appendKeys')
    const { body: order } = await post()
    expect(keys).toHaveBeenCalledWith({ correlationId: order['id'] })
    keys.mockClear()
    await world.call(customer, 'GET /orders/{id}', { id: String(order['id']) })
    expect(keys).toHaveBeenCalledWith({ correlationId: order['id'] })
  })
  it('takes one write', async () => {
    world.writes.length = 0
    await post()
    expect(world.writes).toHaveLength(1)
  })
  it('merges lines with one sku before anything else sees them', async () => {
    const { body: order } = await post({ ...body, lines: [...body.lines, { sku: 'cup', quantity: 1 }, ...body.lines] })
    expect(order).toMatchObject({ lines: [{ sku: 'mug', quantity: 4 }, { sku: 'cup' }], total: { amount: 1_100 } })
  })
  it('keeps the price and name of that moment', async () => {
    const order = await world.place()
    await world.receive(catalog.productUpdated, {
      sku: 'mug',
      name: 'Dear mug',
      price: { amount: 999, currency: 'GBP' },
      active: true,
      unique: false,
      version: 2,
    })
    expect((await world.get(order.id)).lines).toEqual(order.lines)
    expect((await world.place()).lines[0]).toMatchObject({ name: 'Dear mug', unitPrice: { amount: 999 } })
  })
  it('is for somebody else, or a guest, by operators only', async () => {
    expect((await post({ ...body, customerId: 'guest' }, {}, operator)).body).toMatchObject({ customerId: 'guest' })
    const refused = await post({ ...body, customerId: other.sub })
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'customer_not_allowed', errors: [{ path: 'customerId' }] },
    })
  })
  describe('for a guest', () => {
    const ann = { name: 'Ann', email: 'ann@holdfast.test' }
    const byAnn = { ...body, customerId: 'guest', guest: ann }
    const place = (more: object = {}) => post({ ...byAnn, ...more }, { key: 'ann' }, operator)

    it('mails the link once, and keeps its token as a hash', async () => {
      expect(await place()).toMatchObject({ status: 201, body: { guest: ann } })
      expect(await place()).toMatchObject({ status: 201, body: { guest: ann } })
      expect(world.mails).toMatchObject([{ to: ann.email }])
      const [, token = ''] = /guest-orders\/(\w{43})/.exec(world.mails[0]!.text) ?? []
      expect(token).not.toBe('')
      expect(JSON.stringify(world.table.items())).not.toContain(token)
    })
    it('keeps who it is, whoever comes with the same key and another body', async () => {
      await place()
      const other = await place({ guest: { name: 'Bob', email: 'bob@holdfast.test' } })
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
      const id = String((await place()).body['id'])
      expect(await world.get(id)).toMatchObject({ guest: ann })
      expect(world.mails).toHaveLength(1)
    })
    it('keeps the one whose order stands, where another attempt died before its order', async () => {
      world.beforeWrite = async ([write]) => {
        if (write && 'put' in write && write.put.sk === 'order') throw new StoreUnavailable('away')
      }
      expect(await place({ guest: { name: 'Bob', email: 'bob@holdfast.test' } })).toMatchObject({ status: 503 })
      world.beforeWrite = async () => {}
      const { body: placed } = await place()
      expect(await world.get(String(placed['id']))).toMatchObject({ guest: ann })
      expect(world.mails).toMatchObject([{ to: ann.email }])
    })
    describe('who asks for the link again', () => {
      const link = () => /guest-orders\/(\w{43})/.exec(world.mails.at(-1)?.text ?? '')?.[1] ?? ''
      const again = (id: unknown, claims: Record<string, string> = operator) =>
        world.call(claims, 'POST /orders/{id}/guest-link', { id: String(id) })
      const opened = async (token: string) =>
        (await world.call(customer, 'GET /guest-orders/{token}', { token })).status

      it('gets one that opens the order, a minute later, and keeps the first', async () => {
        const { id } = (await place()).body
        const earlier = link()
        expect(await again(id)).toMatchObject({ status: 202 })
        expect(world.mails).toHaveLength(1)
        world.now += 60_000
        expect([(await again(id)).status, (await again(id)).status]).toEqual([202, 202])
        expect(world.mails.map(({ to }) => to)).toEqual([ann.email, ann.email])
        expect(link()).not.toBe(earlier)
        expect([await opened(link()), await opened(earlier)]).toEqual([200, 200])
      })
      it('gets one once mails can be sent again', async () => {
        const { mailer } = world.terms.guests
        world.terms.guests.mailer = { send: async () => Promise.reject(new Error('away')) }
        const known = await place()
        expect(known.status).toBe(503)
        const id = world.table.items().find(({ sk }) => sk === 'order')?.pk
        expect(await again(id)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
        world.terms.guests.mailer = mailer
        expect(await again(id)).toMatchObject({ status: 202 })
        expect(await opened(link())).toBe(200)
      })
      it('finds the link closed after 90 days, and gets another', async () => {
        const { id } = (await place()).body
        const earlier = link()
        world.now += 90 * 86_400_000 - 1_000
        expect(await opened(earlier)).toBe(200)
        world.now += 2_000
        expect(await opened(earlier)).toBe(404)
        await again(id)
        expect(await opened(link())).toBe(200)
      })
      it('is an operator, and the order is one of a guest', async () => {
        const { id } = (await place()).body
        expect(await again(id, customer)).toMatchObject({ status: 403 })
        expect(await again('ord_none')).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
        for (const claims of [customer, operator]) {
          const order = await post(body, { key: 'own' }, claims)
          expect(await again(order.body['id'])).toMatchObject({ status: 409, body: { code: 'no_guest' } })
        }
      })
    })
    it('is refused to customers, and beside a user', async () => {
      expect(await post(byAnn)).toMatchObject({ status: 403, body: { code: 'customer_not_allowed' } })
      expect(await post({ ...body, guest: ann }, {}, operator)).toMatchObject({ status: 400 })
      expect(world.mails).toEqual([])
    })
  })
  it('is for a user whom the users service knows, and for nobody else', async () => {
    const before = world.table.items()
    const began = world.now
    const refused = await post({ ...body, customerId: 'nobody' }, {}, operator)
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'unknown_customer', errors: [{ path: 'customerId', message: 'there is no user nobody' }] },
    })
    expect([world.now - began, world.table.items()]).toEqual([1_000, before])
    const own = await post({ ...body, customerId: operator.sub }, {}, operator)
    expect(own).toMatchObject({ status: 201, body: { customerId: operator.sub } })
  })
  it('is for a user who is on the way', async () => {
    const data = { userId: 'late', email: 'late@example.com', roles: ['customer' as const] }
    world.onSleep = async () => void (await world.receive(users.userRegistered, data))
    const order = await post({ ...body, customerId: 'late' }, {}, operator)
    expect(order).toMatchObject({ status: 201, body: { customerId: 'late' } })
  })
})

describe('an order of a product on its way', () => {
  const product = { sku: 'late', name: 'Late mug', price: { amount: 5, currency: 'GBP' }, active: true, unique: false }

  it('is placed at the price that arrives', async () => {
    world.onSleep = async () => void (await world.receive(catalog.productCreated, { ...product, version: 1 }))
    const placed = await post({ ...body, lines: [{ sku: 'late', quantity: 1 }] })
    expect(placed).toMatchObject({ status: 201, body: { total: { amount: 5 } } })
  })
  it('is placed when the product was deleted before, and is created again', async () => {
    await world.receive(catalog.productCreated, { ...product, version: 1 })
    await world.receive(catalog.productDeleted, { sku: 'late', version: 2 })
    world.onSleep = async () => void (await world.receive(catalog.productCreated, { ...product, version: 3 }))
    expect(await post({ ...body, lines: [{ sku: 'late', quantity: 1 }] })).toMatchObject({ status: 201 })
  })
  it('waits one second in all for products and a customer that do not come', async () => {
    const began = world.now
    const lines = ['late', 'later'].map((sku) => ({ sku, quantity: 1 }))
    expect(await post({ ...body, lines })).toMatchObject({ status: 422, body: { code: 'unknown_sku' } })
    expect(world.now - began).toBe(1_000)
    world.onSleep = async () => {
      if (world.now - began > 1_500) await world.receive(catalog.productCreated, { ...product, version: 1 })
    }
    const late = { ...body, customerId: 'nobody', lines: lines.slice(0, 1) }
    expect(await post(late, {}, operator)).toMatchObject({ status: 422, body: { code: 'unknown_customer' } })
    expect(world.now - began).toBe(2_000)
  })
})

describe('an order that cannot be placed', () => {
  const refusal = async (lines: readonly { sku: string; quantity: number }[]) => {
    const { status, body } = await post({ payment: { method: 'manual' }, lines })
    return { status, code: body['code'], paths: (body['errors'] as { path: string }[]).map(({ path }) => path) }
  }
  beforeEach(async () => {
    await world.sells('old', { active: false })
    await world.sells('euro', { price: { amount: 1, currency: 'EUR' } })
    await world.sells('yacht', { price: { amount: 1_000_000_000_000, currency: 'GBP' } })
  })
  it('names every line without a product', async () => {
    await world.sells('gone')
    await world.receive(catalog.productDeleted, { sku: 'gone', version: 2 })
    const lines = ['mug', 'nil', 'gone', 'nil'].map((sku) => ({ sku, quantity: 1 }))
    expect(await refusal(lines)).toEqual({
      status: 422,
      code: 'unknown_sku',
      paths: ['lines[1].sku', 'lines[2].sku', 'lines[3].sku'],
    })
  })
  it('names all that is wrong at once', async () => {
    const lines = ['mug', 'euro', 'old', 'nil'].map((sku) => ({ sku, quantity: 1 }))
    expect(await refusal(lines)).toEqual({
      status: 422,
      code: 'unknown_sku',
      paths: ['lines[1].sku', 'lines[2].sku', 'lines[3].sku'],
    })
  })
  it('has a product that is not active', async () => {
    expect(await refusal([{ sku: 'old', quantity: 1 }])).toMatchObject({ status: 422, code: 'product_inactive' })
  })
  it('has two currencies', async () => {
    const lines = ['mug', 'euro'].map((sku) => ({ sku, quantity: 1 }))
    expect(await refusal(lines)).toEqual({ status: 422, code: 'currency_mismatch', paths: ['lines[1].sku'] })
  })
  it('has too many units of one sku over all its lines', async () => {
    const lines = [1_000_000, 1].map((quantity) => ({ sku: 'mug', quantity }))
    expect(await refusal(lines)).toEqual({ status: 400, code: 'validation_failed', paths: ['lines[1].quantity'] })
  })
  it('costs more than an amount can hold', async () => {
    expect(await refusal([{ sku: 'yacht', quantity: 2 }])).toMatchObject({ status: 422, code: 'total_too_large' })
  })
  it.each([
    [{ amount: 1_235, currency: 'KWD' }, 1, 'steps of 0.010 KWD'],
    [{ amount: 1_050, currency: 'MGA' }, 1, 'steps of 1.00 MGA'],
    [{ amount: 1_000, currency: 'IQD' }, 1, 'not charged in IQD'],
  ])('is to be paid by a card that cannot be charged with %j', async (price, quantity, message) => {
    await world.sells('odd', { price })
    const lines = [{ sku: 'odd', quantity }]
    world.writes.length = 0
    for (const token of [undefined, 'tok_accepted'])
      expect(await post({ payment: { method: 'card', ...(token && { token }) }, lines })).toMatchObject({
        status: 422,
        body: {
          code: 'not_payable_by_card',
          errors: [{ path: 'payment.method', message: expect.stringContaining(message) }],
        },
      })
    expect(world.writes).toEqual([])
    for (const method of ['manual', 'wallet'])
      expect(await post({ payment: { method }, lines }, { key: method })).toMatchObject({ status: 201 })
  })
  it("is a guest's and paid from a wallet, which no guest has", async () => {
    world.writes.length = 0
    const guests = { ...body, customerId: 'guest', payment: { method: 'wallet' } }
    expect(await post(guests, { key: 'guest' }, operator)).toMatchObject({
      status: 400,
      body: {
        code: 'validation_failed',
        errors: [{ path: 'payment.method', message: 'a guest has no wallet: card or manual' }],
      },
    })
    expect(world.writes).toEqual([])
  })
  it('costs something else than the buyer was shown', async () => {
    const total = { amount: 500, currency: 'GBP' }
    world.writes.length = 0
    expect(await post({ ...body, expectedTotal: { ...total, amount: 499 } }, { key: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'price_changed', total },
    })
    for (const amount of [499, 500])
      expect(await post({ ...body, expectedTotal: { amount, currency: 'EUR' } }, { key: 'other' })).toMatchObject({
        status: 422,
        body: {
          code: 'currency_mismatch',
          errors: [{ path: 'expectedTotal.currency', message: 'the products are in GBP' }],
        },
      })
    expect(world.writes).toEqual([])
    const placed = { status: 201, body: { total } }
    expect(await post({ ...body, expectedTotal: total }, { key: 'now' })).toMatchObject(placed)
    await world.sells('mug', { price: { amount: 9_999, currency: 'GBP' }, version: 9 })
    expect(await post({ ...body, expectedTotal: total }, { key: 'now' })).toMatchObject(placed)
  })
  it('costs a sum that a card can be charged with, though one line alone does not', async () => {
    await world.sells('odd', { price: { amount: 1_235, currency: 'KWD' } })
    const lines = [{ sku: 'odd', quantity: 2 }]
    expect(await post({ payment: { method: 'card' }, lines })).toMatchObject({ status: 201 })
  })
  it('leaves nothing behind', async () => {
    world.writes.length = 0
    await refusal([{ sku: 'nil', quantity: 1 }])
    expect(world.writes).toEqual([])
  })
})

describe('the same order sent again', () => {
  it('is answered as it was placed, whatever has become of it', async () => {
    const first = await post()
    const id = String(first.body['id'])
    await world.reserve(id)
    await world.call(customer, 'POST /orders/{id}/cancel', { id })
    const again = await post()
    expect(again).toEqual({ ...first, headers: { ...first.headers, 'idempotent-replayed': 'true' } })
    expect(world.emitted().filter((name) => name === 'order.placed')).toHaveLength(1)
  })
  it('is answered as it stands for those who wait', async () => {
    const { body: first } = await post()
    await world.refuse(String(first['id']), [{ sku: 'mug', requested: 2, available: 0 }])
    const again = await post(body, { prefer: 'wait=5' })
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', 'preference-applied': 'wait=5' })
    expect(again.body).toMatchObject({
      status: 'rejected',
      reason: { code: 'insufficient_stock', shortages: [{ sku: 'mug', requested: 2, available: 0 }] },
    })
  })
  it('is answered although its product is gone', async () => {
    const first = await post()
    await world.receive(catalog.productDeleted, { sku: 'mug', version: 2 })
    expect((await post()).body).toEqual(first.body)
  })
  it('keeps its prices although they have changed meanwhile, also where the lines are beside the header', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => ({ sku: `sku-${index}`, quantity: 1 }))
    for (const { sku } of lines) await world.sells(sku)
    const first = await post({ ...body, lines })
    await world.sells('sku-0', { price: { amount: 1, currency: 'GBP' }, version: 2 })
    expect((await post({ ...body, lines })).body).toEqual(first.body)
    expect(await world.get(String(first.body['id']))).toEqual({ ...first.body, sequence: 1 })
  })
  it('is another order for another caller', async () => {
    const mine = await post()
    const theirs = await post(body, {}, other)
    expect(theirs.body['id']).not.toBe(mine.body['id'])
    expect(theirs.headers).not.toHaveProperty('idempotent-replayed')
  })
  it('is refused with another body, also where that could not be placed anyway', async () => {
    await post()
    const changed = { ...body, lines: [{ sku: 'mug', quantity: 3 }] }
    expect(await post(changed)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    const unknown = { ...body, lines: [{ sku: 'nil', quantity: 3 }] }
    expect(await post(unknown)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })
  it('needs an Idempotency-Key', async () => {
    const reply = await world.call(customer, 'POST /orders', { body })
    expect(reply).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } })
  })
  it('can be placed under the same key after a refusal', async () => {
    expect((await post({ ...body, lines: [{ sku: 'nil', quantity: 1 }] })).status).toBe(422)
    expect((await post()).status).toBe(201)
  })
})

describe('Prefer: wait', () => {
  it('answers as soon as stock has, with the result', async () => {
    world.onSleep = async () => {
      const placed = world.table.items().find(({ sk }) => sk === 'order')!
      if (world.now > Date.parse(placed.at!) + 300) await world.reserve(placed.pk)
    }
    const before = world.now
    const { body: order, headers } = await post(body, { prefer: 'wait=5' })
    expect(order).toMatchObject({ status: 'reserved', expiresAt: expect.any(String) })
    expect(headers).toMatchObject({ 'preference-applied': 'wait=5' })
    expect(world.now - before).toBeLessThan(1_000)
  })
  /** One at least in every partition of the index of days. */
  const placedEarlier = async (agoMs: number, sent: object = body): Promise<void> => {
    for (let number = 0; number < 40; number += 1) await post(sent, { key: `earlier-${number}` })
    world.now += agoMs
  }
  const reserveAll = async (): Promise<void> => {
    for (const { pk } of world.table.items().filter(({ sk }) => sk === 'order')) await world.reserve(pk)
  }
  const waited = async () => {
    const before = world.now
    const { status, headers, body: order } = await post(body, { key: `waits-${before}`, prefer: 'wait=5' })
    return { status, is: order['status'], ms: world.now - before, applied: headers['preference-applied'] }
  }

  it('answers at once while an order from more than two seconds ago waits for stock, or for the begin of its payment', async () => {
    await placedEarlier(2_001, { ...body, payment: { method: 'wallet' } })
    expect(await waited()).toEqual({ status: 201, is: 'placed', ms: 0, applied: undefined })
    await reserveAll()
    expect(await waited()).toMatchObject({ ms: 0 })
  })

  it.each([
    ['that old is answered', 2_001, true],
    ['is that old', 1_999, false],
    ['was placed in the last minute', 62_001, false],
  ])('waits where no order %s', async (_, agoMs, isAnswered) => {
    await placedEarlier(agoMs)
    if (isAnswered) await reserveAll()
    expect(await waited()).toEqual({ status: 201, is: 'placed', ms: 5_000, applied: 'wait=5' })
  })

  it('shows an order that is answered as it stands, however far others are behind', async () => {
    const { body: order } = await post(body, { key: 'mine' })
    await world.reserve(String(order['id']))
    await placedEarlier(2_001)
    const again = await post(body, { key: 'mine', prefer: 'wait=5' })
    expect(again.body).toMatchObject({ status: 'reserved' })
    expect(again.headers).toMatchObject({ 'preference-applied': 'wait=5' })
  })

  it('answers with the placed order when the time is over', async () => {
    const before = world.now
    let pauses = 0
    world.onSleep = async () => void (pauses += 1)
    const { status, body: order } = await post(body, { prefer: 'wait=2' })
    expect(pauses).toBeLessThan(20)
    expect({ status, is: order['status'], waited: world.now - before }).toEqual({
      status: 201,
      is: 'placed',
      waited: 2_000,
    })
  })
})
