import { byClaims, headerOf } from '../claims.ts'
import type { DataOf, EventContract } from '../../schemas/contract.ts'
import { events as orders } from '../../schemas/orders.ts'
import { type Facts } from '../../schemas/order-status.ts'
import { tokenStandIn } from '../../schemas/stand-ins.ts'
import type { Payment, PaymentMethod } from '../../schemas/payment.ts'
import { routes } from '../../schemas/payments.ts'
import type { PaymentRates } from '../../schemas/rates.ts'
import { consumer } from '../../functions/payments/events.ts'
import { handlers } from '../../functions/payments/http.ts'
import type { CardProvider, Charge, Repayment } from '../../functions/payments/adapters/provider.ts'
import { sandboxProvider } from '../../functions/payments/adapters/provider.sandbox.ts'
import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import { sweepPayments } from '../../functions/payments/on/due.ts'
import { toEvent } from '../../functions/payments/outbox-events.ts'
import { type Clock, timeOf } from '../../functions/runtime/clock.ts'
import type { Failure, Received } from '../../functions/runtime/events.ts'
import { type GatewayEvent, dispatch, problemOf } from '../../functions/runtime/http.ts'
import { learnUser } from '../../functions/runtime/known-users.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store, Write } from '../../functions/runtime/store.ts'

export const customer = { sub: 'b4d8c2e1-1111-4222-8333-444455556666' }
export const other = { sub: '0d0d0d0d-1111-4222-8333-444455556666' }
export const operator = {
  sub: 'aaaaaaaa-1111-4222-8333-444455556666',
  roles: 'operator',
}

export interface Reply {
  readonly status: number
  readonly headers: Record<string, unknown>
  // What a test expects of it is the test's own matter.
  readonly body: ReturnType<typeof JSON.parse>
}

export const start = Date.parse('2026-11-21T10:00:00.000Z')
export const day = 86_400_000
export const id = 'ord_1'
export const total = { amount: 1_000, currency: 'GBP' }
export const gbp = (amount: number) => ({ amount, currency: 'GBP' })
export const secrets = ['the old secret', 'the new secret'] as const

const held: Facts = { stock: 'held', payment: 'none', closing: 'none', fulfilment: 'none' }

/** The payments service alone, by default with the sandbox, on a table in memory and a clock that only moves by hand. */
export function paymentsWorld(make?: (clock: Clock) => CardProvider) {
  const changed: Item[] = []
  const table = memoryStore({ onChange: (_, after) => after && changed.push(after) })
  const world = {
    now: start,
    /** Called before each write, to let somebody be faster or something fail. */
    beforeWrite: async (_: readonly Write[]): Promise<void> => {},
    /** Called before each call of the provider, to let somebody be faster or something fail. */
    beforeCall: async (_: string): Promise<void> => {},
    /** In the place of what the provider finds. */
    findAnswer: undefined as 'unsure' | undefined,
    /** The status of `GET /orders/{id}`, asked in the name of that `sub`. */
    ordersAnswer: async (_: string, __: string): Promise<number> => 404,
    rates: { declinedCards: { most: 1_000, seconds: 86_400 } } as PaymentRates,
    /** Every call of the provider. */
    calls: [] as string[],
    /** What holds of users now. */
    principals: memoryStore(),
  }
  const store: Store = {
    ...table,
    write: async (...writes) => {
      await world.beforeWrite(writes)
      return table.write(...writes)
    },
  }
  const clock = { now: () => world.now, sleep: async (milliseconds: number) => void (world.now += milliseconds) }
  const real = make?.(clock) ?? sandboxProvider({ clock, webhookSecrets: async () => secrets })
  const watched =
    <Asked, Answer>(name: string, call: (asked: Asked) => Promise<Answer>) =>
    async (asked: Asked): Promise<Answer> => {
      world.calls.push(name)
      await world.beforeCall(name)
      return call(asked)
    }
  const provider: CardProvider = {
    ...real,
    authorize: watched('authorize', (charge: Charge) => real.authorize(charge)),
    find: watched('find', async (charge: Charge) => world.findAnswer ?? real.find(charge)),
    capture: watched('capture', (charge: Charge) => real.capture(charge)),
    void: watched('void', (charge: Charge) => real.void(charge)),
    refund: watched('refund', (repayment: Repayment) => real.refund(repayment)),
  }
  const askOrders = async (orderId: string, authorization: string) => world.ordersAnswer(orderId, authorization)
  const deps = {
    store,
    clock,
    random: () => 0.5,
    provider,
    askOrders,
    currency: 'GBP',
    principals: world.principals,
    get rates() {
      return world.rates
    },
  }
  // At once, because the table is in memory.
  for (const { sub } of [customer, other])
    void learnUser(
      { ...deps, store: table },
      { userId: sub },
      { cause: `${sub}/user@1/user.registered`, at: start, by: 'users' },
    )
  const serve = dispatch(routes, handlers(deps), byClaims)
  const consume = consumer(deps)
  let requests = 0
  let keys = 0

  async function send(event: object): Promise<Reply> {
    requests += 1
    const requestId = `request-${requests}`
    try {
      const given = event as { requestContext?: object }
      const context = { requestId, ...given.requestContext }
      const answer = await serve({ ...event, requestContext: context } as unknown as GatewayEvent)
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers ?? {},
        body: JSON.parse(answer.body ?? '{}'),
      }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.status === 500) throw error
      return { status: problem.status, headers: problem.headers, body: problem.body(requestId) }
    }
  }

  function call(
    claims: Record<string, string>,
    routeKey: string,
    given: { id?: string; query?: Record<string, string>; body?: unknown; key?: string } = {},
  ): Promise<Reply> {
    keys += 1
    return send({
      routeKey,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': given.key ?? `key-${keys}`,
        authorization: headerOf(claims),
      },
      pathParameters: { id: given.id ?? id },
      ...(given.query && { queryStringParameters: given.query }),
      ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
      requestContext: {},
    })
  }

  let deliveries = 0
  const received = <Contract extends EventContract>(
    contract: Contract,
    data: DataOf<Contract>,
    eventId?: string,
  ): Received => {
    deliveries += 1
    const unique = eventId ?? `event-${deliveries}`
    const messageId = `message-${deliveries}`
    return { contract, data, id: unique, messageId, time: timeOf(world.now), correlationId: 'c', causationId: 'c' }
  }
  const receive = <Contract extends EventContract>(
    contract: Contract,
    data: DataOf<Contract>,
    eventId?: string,
  ): Promise<readonly Failure[]> => consume([received(contract, data, eventId)])

  const ofOrder = (orderId: string, more: Partial<Facts> = {}) => ({
    orderId,
    customerId: customer.sub,
    number: '261121-1',
    status: 'reserved' as const,
    facts: { ...held, ...more },
    total,
  })

  const post = (
    body: unknown,
    { provider = 'sandbox', header, headers }: { provider?: string; header?: string; headers?: object } = {},
  ) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return send({
      routeKey: 'POST /payments/webhooks/{provider}',
      headers: {
        'content-type': 'application/json',
        'holdfast-signature': header ?? signatureHeader([secrets[1]], Math.floor(world.now / 1_000), text),
        ...headers,
      },
      pathParameters: { provider },
      body: text,
    })
  }

  return Object.assign(world, {
    table,
    call,
    post,
    receive,
    received,
    consume,
    ofOrder,
    reserve: (
      payment: { method: PaymentMethod; token?: string },
      {
        orderId = id,
        eventId,
        ...more
      }: { orderId?: string; eventId?: string; total?: typeof total; customerId?: string } = {},
    ) => {
      const data = { ...ofOrder(orderId), expiresAt: timeOf(start + day), payment, ...more }
      return receive(orders.orderReserved, data, eventId ?? `${orderId}/order@2/order.reserved`)
    },
    /** An order waits for its stock, and pays at placing where it names how. */
    backorder: (payment?: { method: PaymentMethod; tokenApart?: boolean }, waitsUntil = start + day) =>
      receive(
        orders.orderBackordered,
        { ...ofOrder(id, { stock: 'backordered' }), waitsUntil: timeOf(waitsUntil), ...(payment && { payment }) },
        `${id}/order@2/order.backordered`,
      ),
    /** The token of its card. */
    backorderCard: (token: string, waitsUntil = start + day) =>
      receive(
        orders.paymentCardToken,
        { orderId: id, customerId: customer.sub, total, expiresAt: timeOf(waitsUntil), token, atOnce: true },
        `${id}/order@2/payment.card_token`,
      ),
    /** The same, where the token travels apart. */
    reserveApart: (token?: string, eventId = `${id}/order@2/order.reserved`) => {
      const payment = { method: 'card', token: tokenStandIn, tokenApart: true } as const
      const reserved = { ...ofOrder(id), expiresAt: timeOf(start + day), payment }
      if (token === undefined) return receive(orders.orderReserved, reserved, eventId)
      const card = { orderId: id, customerId: customer.sub, total, expiresAt: timeOf(start + day), token }
      return receive(orders.paymentCardToken, card, eventId.replace('order.reserved', 'payment.card_token'))
    },
    confirm: (orderId = id, eventId = `${orderId}/order@3/order.confirmed`) =>
      receive(orders.orderConfirmed, ofOrder(orderId, { payment: 'paid' }), eventId),
    cancel: (orderId = id, facts: Partial<Facts> = {}, eventId = `${orderId}/order@4/order.cancelled`) =>
      receive(orders.orderCancelled, ofOrder(orderId, { closing: 'cancelled', ...facts }), eventId),
    comeBack: (amount: number, orderId = id) =>
      receive(orders.orderReturned, { ...ofOrder(orderId), refundDue: gbp(amount) }),
    notice: (type: string, data: object = {}) =>
      post({ id: 'n', type, data: { orderId: id, paymentId: 'pay_1', attempt: 1, amount: total, ...data } }),
    deposit: (amount: number, to = customer.sub, currency = 'GBP') =>
      call(operator, 'POST /users/{id}/wallet/deposits', { id: to, body: { amount: { amount, currency } } }),
    pay: (body: unknown = { method: 'card', token: 'tok_accepted' }, more: { id?: string; key?: string } = {}) =>
      call(customer, 'POST /orders/{id}/payments', { body, ...more }),
    refund: (body: unknown = {}, more: { id?: string; key?: string } = {}) =>
      call(operator, 'POST /orders/{id}/refunds', { body, ...more }),
    payment: async (orderId = id): Promise<Payment> =>
      (await call(operator, 'GET /orders/{id}/payments', { id: orderId })).body.items[0],
    wallet: async (claims: Record<string, string> = customer) => (await call(claims, 'GET /users/me/wallet')).body,
    item: (orderId = id): Item => table.items().find(({ pk, sk }) => pk === orderId && sk === 'payment')!,
    sweep: () => sweepPayments(deps),
    /** Names of all events that the stream of the table has carried, in their order. */
    emitted: () => changed.flatMap(({ outbox }) => outbox ?? []),
    /** Those events as they go on the bus, checked by their contracts. */
    publish: async () =>
      Promise.all(
        changed.flatMap((item) =>
          (item.outbox ?? []).map(async (name) => JSON.parse(entryOf(item, await toEvent(item, name)).detail)),
        ),
      ),
  })
}

export type PaymentsWorld = ReturnType<typeof paymentsWorld>
