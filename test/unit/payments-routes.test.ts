import { headerOf } from '../claims.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { maxAmount } from '../../schemas/shared.ts'
import { events as users } from '../../schemas/users.ts'
import { type PaymentsWorld, customer, day, gbp, id, operator, other, paymentsWorld, start } from './payments-world.ts'

let world: PaymentsWorld
beforeEach(() => {
  world = paymentsWorld()
})
const refused = (status: number, code: string) => ({ status, body: { code } })

describe('paying an order', () => {
  beforeEach(() => world.reserve({ method: 'card' }))

  it('by card sets the money aside', async () => {
    const reply = await world.pay()
    expect(reply).toMatchObject({ status: 201, body: { status: 'authorized', attempts: [{ state: 'authorized' }] } })
    expect(JSON.stringify(reply.body)).not.toContain('tok_')
  })
  it('from the wallet takes it', async () => {
    await world.deposit(1_000)
    expect(await world.pay({ method: 'wallet' })).toMatchObject({ status: 201, body: { status: 'captured' } })
    expect((await world.wallet()).balance).toEqual(gbp(0))
  })
  it('may be tried three times, the amount is always the order’s', async () => {
    for (const left of [2, 1]) {
      expect((await world.pay({ method: 'card', token: 'tok_declined' })).body.status).toBe('requested')
      expect((await world.publish()).at(-1)?.data).toMatchObject({ attemptsLeft: left })
    }
    const last = await world.pay({ method: 'card', token: 'tok_expired_card' })
    expect(last.body).toMatchObject({ status: 'failed', reason: 'card_declined', amount: gbp(1_000) })
    expect(await world.pay()).toMatchObject(refused(409, 'order_closed'))
  })
  it('may go another way after a declined card', async () => {
    await world.deposit(1_000)
    await world.pay({ method: 'card', token: 'tok_declined' })
    expect((await world.pay({ method: 'wallet' })).body).toMatchObject({ status: 'captured', method: 'wallet' })
  })
  it('twice is refused, whether the first is in flight or done', async () => {
    await world.pay({ method: 'card', token: 'tok_slow' })
    expect(await world.pay()).toMatchObject(refused(409, 'payment_in_flight'))
    world.now += 60_000
    await world.sweep()
    expect(await world.pay()).toMatchObject(refused(409, 'already_paid'))
    expect(await world.pay({ method: 'wallet' })).toMatchObject(refused(409, 'already_paid'))
  })
  it('in two tabs at once charges once', async () => {
    const replies = await Promise.all([world.pay(), world.pay()])
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409])
    expect(replies.find(({ status }) => status === 409)?.body.code).toMatch(/payment_in_flight|already_paid/)
    expect(world.calls).toEqual(['authorize'])
  })
  it('again under the same key is one attempt, and answers with what has become of it', async () => {
    const body = { method: 'card', token: 'tok_slow' }
    const first = await world.pay(body, { key: 'k' })
    expect(first.body.status).toBe('in_flight')
    world.now += 60_000
    const again = await world.pay(body, { key: 'k' })
    expect(again).toMatchObject({
      status: 201,
      headers: { 'idempotent-replayed': 'true' },
      body: { status: 'authorized', attempts: [{}] },
    })
    expect(await world.pay({ method: 'wallet' }, { key: 'k' })).toMatchObject(refused(422, 'idempotency_key_reused'))
  })
  it('is too late when the hold is over or the order closed', async () => {
    world.now = start + day
    expect(await world.pay()).toMatchObject(refused(409, 'order_closed'))
    world.now = start
    await world.cancel()
    expect(await world.pay()).toMatchObject(refused(409, 'order_closed'))
    expect(world.calls).toEqual([])
  })
  it('stands as in flight when the provider does not answer', async () => {
    world.beforeCall = async () => Promise.reject(new Error('no answer'))
    expect(await world.pay()).toMatchObject({ status: 201, body: { status: 'in_flight' } })
  })
  it('is not known of orders of others, or of none', async () => {
    const body = { method: 'card', token: 'tok_accepted' }
    for (const [claims, orderId] of [
      [other, id],
      [customer, 'ord_none'],
      [operator, 'ord_none'],
    ] as const)
      expect(await world.call(claims, 'POST /orders/{id}/payments', { id: orderId, body })).toMatchObject(
        refused(404, 'order_not_found'),
      )
    expect(await world.call(other, 'GET /orders/{id}/payments')).toMatchObject(refused(404, 'order_not_found'))
  })
  it('takes as long to be refused for an order of somebody else as for none', async () => {
    const took: number[] = []
    for (const [claims, orderId] of [
      [other, id],
      [other, 'ord_none'],
    ] as const) {
      const begun = world.now
      const body = { method: 'card', token: 'tok_accepted' }
      expect(await world.call(claims, 'POST /orders/{id}/payments', { id: orderId, body })).toMatchObject(
        refused(404, 'order_not_found'),
      )
      took.push(world.now - begun)
    }
    expect(took).toEqual([1_000, 1_000])
  })
  it.each([
    [{ method: 'card' }],
    [{ method: 'wallet', token: 'tok_accepted' }],
    [{ method: 'manual' }],
    [{ method: 'card', token: 'tok_accepted', amount: 1 }],
    [{ method: 'card', token: '4242 4242 4242 4242' }],
    [{}],
  ])('is refused as %j', async (body) => {
    expect(await world.pay(body)).toMatchObject(refused(400, 'validation_failed'))
  })
})

describe('the payments of an order whose first event has not arrived', () => {
  const list = (claims: Record<string, string>) => world.call(claims, 'GET /orders/{id}/payments', { id: 'ord_new' })
  it('are none for who may see the order, in the name of who asks', async () => {
    const asked: string[] = []
    world.ordersAnswer = async (orderId, authorization) => {
      asked.push(`${orderId} ${authorization}`)
      return authorization === headerOf(other) ? 404 : 200
    }
    expect(await list(customer)).toMatchObject({ status: 200, body: { items: [] } })
    expect(await list(operator)).toMatchObject({ status: 200, body: { items: [] } })
    expect(await list(other)).toMatchObject(refused(404, 'order_not_found'))
    expect(asked).toEqual([customer, operator, other].map((claims) => `ord_new ${headerOf(claims)}`))
  })
  it('are of no order where there is none, for operators, too', async () => {
    for (const claims of [customer, operator]) expect(await list(claims)).toMatchObject(refused(404, 'order_not_found'))
  })
  it('are of no order that is seen by who may see payments and no orders', async () => {
    world.ordersAnswer = async () => 403
    expect(await list(operator)).toMatchObject(refused(404, 'order_not_found'))
  })
  it.each([401, 429, 500, 503, 302])('are to be asked for again when orders answer %d', async (status) => {
    world.ordersAnswer = async () => status
    expect(await list(customer)).toMatchObject({ ...refused(503, 'unavailable'), headers: { 'retry-after': '1' } })
  })
  it('are to be asked for again when orders do not answer', async () => {
    world.ordersAnswer = async () => Promise.reject(new Error('no answer'))
    expect(await list(customer)).toMatchObject(refused(503, 'unavailable'))
  })
  it('are not asked of orders once the first event has arrived', async () => {
    world.ordersAnswer = async () => Promise.reject(new Error('asked'))
    await world.reserve({ method: 'card' })
    expect(await world.call(customer, 'GET /orders/{id}/payments')).toMatchObject({ status: 200 })
    expect(await world.call(other, 'GET /orders/{id}/payments')).toMatchObject(refused(404, 'order_not_found'))
  })
})

it.each([
  { amount: 1_235, currency: 'KWD' },
  { amount: 1_050, currency: 'MGA' },
  { amount: 1_000, currency: 'IQD' },
])('no card is asked for %j', async (total) => {
  await world.reserve({ method: 'card' }, { total })
  const refusal = { code: 'not_payable_by_card', errors: [{ path: 'method' }] }
  expect(await world.pay()).toMatchObject({ status: 422, body: refusal })
  expect(world.calls).toEqual([])
  expect(await world.payment()).toMatchObject({ attempts: [] })
  await world.deposit(total.amount, customer.sub, total.currency)
  expect(await world.pay({ method: 'wallet' })).toMatchObject({ status: 201, body: { status: 'captured' } })
})

it('a guest pays from no wallet: there is none', async () => {
  await world.reserve({ method: 'card' }, { customerId: 'guest' })
  const pay = (body: object) => world.call(operator, 'POST /orders/{id}/payments', { body })
  const refusal = { code: 'validation_failed', errors: [{ path: 'method' }] }
  expect(await pay({ method: 'wallet' })).toMatchObject({ status: 400, body: refusal })
  expect(await pay({ method: 'card', token: 'tok_accepted' })).toMatchObject({ status: 201 })
})

it('an order that an operator approves cannot be paid otherwise', async () => {
  await world.reserve({ method: 'manual' })
  expect(await world.pay()).toMatchObject(refused(409, 'payment_manual'))
})

describe('refunding', () => {
  const paid = async (token = 'tok_accepted') => {
    await world.reserve({ method: 'card', token })
    await world.confirm()
  }
  it('gives back some, and then by default the rest', async () => {
    await paid()
    expect(await world.refund({ amount: gbp(300), reason: 'scratched' })).toMatchObject({
      status: 201,
      body: {
        status: 'captured',
        refunded: gbp(300),
        refunds: [{ amount: gbp(300), cause: 'operator', state: 'done', reason: 'scratched' }],
      },
    })
    expect((await world.refund()).body).toMatchObject({ refunded: gbp(1_000) })
    expect(await world.refund()).toMatchObject(refused(422, 'refund_exceeds_payment'))
  })
  it('never gives back more than came', async () => {
    await paid()
    expect(await world.refund({ amount: gbp(1_001) })).toMatchObject(refused(422, 'refund_exceeds_payment'))
    await world.refund({ amount: gbp(600) })
    expect(await world.refund({ amount: gbp(401) })).toMatchObject(refused(422, 'refund_exceeds_payment'))
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
    expect(await world.refund()).toMatchObject(refused(422, 'refund_exceeds_payment'))
  })
  it('twice at once, or twice under one key, gives back once', async () => {
    await paid()
    const both = await Promise.all([world.refund({ amount: gbp(600) }), world.refund({ amount: gbp(600) })])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422])
    const key = { key: 'k' }
    await world.refund({ amount: gbp(100) }, key)
    const again = await world.refund({ amount: gbp(100) }, key)
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } })
    expect(again.body.refunded).toEqual(gbp(700))
  })
  it('into the wallet is one transaction with its ledger', async () => {
    await world.deposit(1_000)
    await world.reserve({ method: 'wallet' })
    await world.confirm()
    await world.refund({ amount: gbp(250) })
    expect(await world.wallet()).toMatchObject({
      balance: gbp(250),
      items: [{ kind: 'refund', amount: 250, balance: 250, orderId: id }, {}, {}],
    })
  })
  it('that the provider does not answer stays due, and is done by the sweeper', async () => {
    await paid()
    world.beforeCall = async () => Promise.reject(new Error('no answer'))
    expect((await world.refund()).body).toMatchObject({ refunded: gbp(0), refunds: [{ state: 'due' }] })
    world.beforeCall = async () => {}
    world.now += 60_000
    await world.sweep()
    expect(await world.payment()).toMatchObject({ refunded: gbp(1_000), refunds: [{ state: 'done' }] })
  })
  it('is refused before money came, in another currency, and of no order', async () => {
    await world.reserve({ method: 'card', token: 'tok_accepted' })
    expect(await world.refund()).toMatchObject(refused(409, 'not_captured'))
    await world.confirm()
    expect(await world.refund({ amount: { amount: 1, currency: 'EUR' } })).toMatchObject(
      refused(422, 'currency_mismatch'),
    )
    expect(await world.refund({}, { id: 'ord_none' })).toMatchObject(refused(404, 'order_not_found'))
    expect(await world.call(customer, 'POST /orders/{id}/refunds', { body: {} })).toMatchObject(
      refused(403, 'forbidden'),
    )
  })
  it.each([0, -1, 1.5, maxAmount + 1, '1', null])('refuses the amount %j', async (amount) => {
    await paid()
    expect(await world.refund({ amount: { amount, currency: 'GBP' } })).toMatchObject(refused(400, 'validation_failed'))
  })
  it('by card goes in the steps of its currency, the last one with all that is left', async () => {
    const kwd = (amount: number) => ({ amount, currency: 'KWD' })
    await world.reserve({ method: 'card', token: 'tok_accepted' }, { total: kwd(2_470) })
    await world.confirm()
    expect(await world.refund({ amount: kwd(1_235) })).toMatchObject({
      status: 422,
      body: { code: 'not_payable_by_card', errors: [{ path: 'amount.amount', message: 'a multiple of 10' }] },
    })
    expect(await world.refund({ amount: kwd(1_230) })).toMatchObject({ status: 201, body: { refunded: kwd(1_230) } })
    expect(await world.refund()).toMatchObject({ status: 201, body: { refunded: kwd(2_470) } })
  })
  it('for returned goods is rounded up to what a card can be given back, and never beyond what came', async () => {
    const kwd = (amount: number) => ({ amount, currency: 'KWD' })
    await world.reserve({ method: 'card', token: 'tok_accepted' }, { total: kwd(2_470) })
    await world.confirm()
    await world.comeBack(1_235)
    expect(await world.payment()).toMatchObject({ refunded: kwd(1_240) })
    await world.comeBack(2_470)
    expect(await world.payment()).toMatchObject({ refunded: kwd(2_470), refunds: [{ amount: kwd(1_240) }, {}] })
  })
  it('is one of a hundred at most', async () => {
    await paid()
    for (let count = 0; count < 100; count += 1) await world.refund({ amount: gbp(1) })
    expect(await world.refund({ amount: gbp(1) })).toMatchObject(refused(409, 'too_many_refunds'))
    await world.cancel()
    expect(await world.payment()).toMatchObject({ status: 'refunded', refunded: gbp(1_000) })
  })
  it('that the provider refuses puts the payment on hold, until it is resumed', async () => {
    await paid('tok_refund_fails')
    expect((await world.refund()).body).toMatchObject({ onHold: expect.stringContaining('refund ref_1_1') })
    expect(await world.refund()).toMatchObject(refused(409, 'payment_on_hold'))
    expect(await world.call(customer, 'POST /orders/{id}/payments/resume')).toMatchObject(refused(403, 'forbidden'))
    const calls = world.calls.length
    const resumed = await world.call(operator, 'POST /orders/{id}/payments/resume')
    expect(resumed).toMatchObject({ status: 200, body: { onHold: expect.any(String) } })
    expect(world.calls.length).toBe(calls + 1)
  })
})

describe('a wallet', () => {
  it('that nobody has paid into is empty, in the currency of the stage', async () => {
    expect(await world.wallet()).toEqual({ balance: gbp(0), items: [] })
  })
  it('is paid into once for one key', async () => {
    const call = () =>
      world.call(operator, 'POST /users/{id}/wallet/deposits', {
        id: customer.sub,
        body: { amount: gbp(500) },
        key: 'same',
      })
    const replies = [await call(), ...(await Promise.all([call(), call()]))]
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(replies[0]).toMatchObject({ status: 201, body: { balance: gbp(500), entry: { kind: 'deposit' } } })
    expect((await world.wallet()).balance).toEqual(gbp(500))
  })
  it('keeps what a deposit is called, shows it, and does not publish it', async () => {
    const body = { amount: gbp(500), reference: '  BACS 4711 ' }
    const reply = await world.call(operator, 'POST /users/{id}/wallet/deposits', { id: customer.sub, body })
    expect(reply).toMatchObject({ status: 201, body: { entry: { reference: 'BACS 4711' } } })
    expect((await world.wallet()).items).toMatchObject([{ kind: 'deposit', reference: 'BACS 4711' }])
    expect((await world.publish()).at(-1)?.data.entry).not.toHaveProperty('reference')
  })
  it.each(['', '   ', 'x'.repeat(101), 7])('refuses the reference %j', async (reference) => {
    const body = { amount: gbp(500), reference }
    expect(await world.call(operator, 'POST /users/{id}/wallet/deposits', { id: customer.sub, body })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'reference' }] },
    })
  })
  it('is made for users alone, and for those who are on the way', async () => {
    for (const id of ['nobody', 'guest'])
      expect(await world.deposit(5, id)).toMatchObject(refused(404, 'user_not_found'))
    expect(world.table.items().filter(({ pk }) => pk.startsWith('wallet_'))).toEqual([])
    const data = { userId: 'late', email: 'late@example.com', roles: ['customer' as const] }
    const [deposited] = await Promise.all([world.deposit(5, 'late'), world.receive(users.userRegistered, data)])
    expect(deposited).toMatchObject({ status: 201 })
    expect(await world.deposit(5, operator.sub)).toMatchObject({ status: 201 })
  })
  it('adds up when many pay into it at once', async () => {
    await Promise.all([1, 2, 3, 4, 5].map((amount) => world.deposit(amount)))
    const { balance, items } = await world.wallet()
    expect(balance).toEqual(gbp(15))
    expect(items).toHaveLength(5)
  })
  it('shows its ledger page by page, the newest first', async () => {
    for (const amount of [1, 2, 3]) await world.deposit(amount)
    const first = (await world.call(customer, 'GET /users/me/wallet', { query: { limit: '2' } })).body
    expect(first.items.map((entry: { amount: number }) => entry.amount)).toEqual([3, 2])
    const query = { limit: '2', cursor: first.cursor as string }
    const second = (await world.call(customer, 'GET /users/me/wallet', { query })).body
    expect(second.items.map((entry: { amount: number }) => entry.amount)).toEqual([1])
    expect(second.cursor).toBeUndefined()
    expect(await world.call(other, 'GET /users/me/wallet', { query })).toMatchObject(refused(400, 'invalid_cursor'))
  })
  it('takes no deposit while its account is to be erased, but lets be paid out what is in it', async () => {
    await world.deposit(5)
    const put = (leaving: object) =>
      world.principals.write({ put: { pk: customer.sub, sk: 'principal', version: 1, ...leaving }, if: 'any' })
    await put({ leaving: true })
    expect(await world.deposit(1)).toMatchObject(refused(409, 'account_leaving'))
    const body = { amount: gbp(5), reason: 'paid out' }
    const correct = world.call(operator, 'POST /users/{id}/wallet/corrections', { id: customer.sub, body, key: 'c' })
    expect(await correct).toMatchObject({ status: 201, body: { balance: gbp(0) } })
    await put({})
    expect(await world.deposit(1)).toMatchObject({ status: 201 })
  })
  it('keeps the currency of what is in it, and a limit', async () => {
    await world.deposit(1, customer.sub, 'EUR')
    expect(await world.deposit(1)).toMatchObject({
      ...refused(422, 'currency_mismatch'),
      body: { errors: [{ path: 'amount.currency', message: 'must be EUR' }] },
    })
    expect(await world.deposit(maxAmount, customer.sub, 'EUR')).toMatchObject({
      ...refused(422, 'balance_too_large'),
      body: { errors: [{ path: 'amount.amount' }] },
    })
    expect((await world.wallet()).balance).toEqual({ amount: 1, currency: 'EUR' })
  })
  it('takes another currency once the first is corrected away, and its ledger keeps both', async () => {
    await world.deposit(100, customer.sub, 'EUR')
    // An earlier release wrote no currency.
    const entry = world.table.items().find(({ sk }) => sk.startsWith('entry_'))!
    const { currency: _, ...bare } = entry['entry'] as Record<string, unknown>
    await world.table.write({ put: { ...entry, entry: bare }, if: 'any' })
    const body = { amount: { amount: 100, currency: 'EUR' }, reason: 'should be pounds' }
    const about = { id: customer.sub, body, key: 'c' }
    expect(await world.call(operator, 'POST /users/{id}/wallet/corrections', about)).toMatchObject({ status: 201 })
    expect(await world.deposit(100)).toMatchObject({ status: 201, body: { balance: gbp(100) } })
    expect(await world.deposit(1)).toMatchObject({ status: 201, body: { entry: { currency: 'GBP' } } })
    expect(await world.wallet()).toMatchObject({
      balance: gbp(101),
      items: [
        { amount: 1, currency: 'GBP' },
        { amount: 100, currency: 'GBP' },
        { amount: -100, currency: 'EUR' },
        { amount: 100, currency: 'EUR' },
      ],
    })
    await world.reserve({ method: 'wallet' }, { total: gbp(101) })
    expect(await world.payment()).toMatchObject({ status: 'captured' })
  })
  it('gives back once for one key what was deposited by mistake, never below zero', async () => {
    await world.deposit(500)
    const correct = (amount: number, key: string, more: object = {}) =>
      world.call(operator, 'POST /users/{id}/wallet/corrections', {
        id: customer.sub,
        body: { amount: gbp(amount), reason: 'typing error', ...more },
        key,
      })
    const replies = await Promise.all([correct(450, 'a'), correct(450, 'a')])
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    const entry = { kind: 'correction', amount: -450, balance: 50, reason: 'typing error' }
    expect(replies[0]).toMatchObject({ status: 201, body: { balance: gbp(50), entry: { ...entry, by: operator.sub } } })
    expect(await correct(51, 'b')).toMatchObject(refused(409, 'balance_too_small'))
    expect(await correct(50, 'c', { amount: { amount: 50, currency: 'EUR' } })).toMatchObject(
      refused(422, 'currency_mismatch'),
    )
    expect(await correct(50, 'd', { reason: ' ' })).toMatchObject(refused(400, 'validation_failed'))
    const seen = (await world.wallet()).items[0]
    expect(seen).toMatchObject(entry)
    expect(seen).not.toHaveProperty('by')
    const published = (await world.publish()).at(-1)?.data.entry
    expect(published).toMatchObject({ kind: 'correction', amount: -450 })
    expect(published).not.toHaveProperty('reason')
  })
  it('is corrected by operators alone, and only where there is one', async () => {
    const body = { amount: gbp(5), reason: 'typing error' }
    const ask = (who: Record<string, string>, id: string) =>
      world.call(who, 'POST /users/{id}/wallet/corrections', { id, body })
    expect(await ask(customer, customer.sub)).toMatchObject(refused(403, 'forbidden'))
    expect(await ask(operator, 'nobody')).toMatchObject(refused(404, 'user_not_found'))
    expect(await ask(operator, customer.sub)).toMatchObject(refused(409, 'balance_too_small'))
  })
  it.each([0, -5, 0.5, maxAmount + 1, '5'])('refuses a deposit of %j', async (amount) => {
    expect(await world.deposit(amount as number)).toMatchObject(refused(400, 'validation_failed'))
    expect((await world.wallet()).balance.amount).toBe(0)
  })
  it('is paid into by operators alone, in currencies that there are', async () => {
    const body = { amount: gbp(5) }
    const deposit = { id: customer.sub, body }
    expect(await world.call(customer, 'POST /users/{id}/wallet/deposits', deposit)).toMatchObject(
      refused(403, 'forbidden'),
    )
    expect(await world.deposit(5, customer.sub, 'XYZ')).toMatchObject(refused(400, 'validation_failed'))
  })
})
