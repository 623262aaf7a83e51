import { holdOf } from '../../../functions/payments/core/hold.ts'
import type { Payment } from '../../../functions/payments/core/payment.ts'
import { pay } from './customers.ts'
import { peek } from './peek.ts'
import { type Workload, operator } from './workload.ts'

/** Nobody has these ids; a guest has no wallet. */
const strangers = ['nobody', 'guest', 'toString'] as const

/** Somebody pays money into wallets, pays orders that are still open, and gives some money back. */
export async function collect(workload: Workload): Promise<void> {
  const { chance } = workload.world
  const rich = chance.pick([0.4, 1])
  for (let customer = workload.times(1, 4); customer > 0; customer -= 1)
    if (chance.maybe(rich)) {
      const once = () => deposit(workload, workload.customerName(customer), chance.between(2, 16) * 250)
      await Promise.all(chance.maybe(0.2) ? [once(), once()] : [once()])
    }
  for (let left = workload.times(0, 6); left > 0; left -= 1) {
    await workload.pause(60_000)
    const order = chance.pick(workload.orders)
    const does = chance.pick(['deposit', 'deposit', 'correct', 'pay', 'refund', 'refund', 'read'] as const)
    const who = chance.maybe(0.15) ? chance.pick(strangers) : workload.customerName(chance.between(1, 4))
    if (does === 'deposit') await deposit(workload, who, chance.between(1, 8) * 250)
    if (does === 'correct') await correct(workload, who, chance.between(1, 10) * 250)
    if (order === undefined) continue
    if (does === 'pay') await pay(workload, order.customer, order.id)
    if (does === 'refund') await refund(workload, await paidOne(workload, order.id))
    if (does === 'read') await readAll(workload, order)
  }
}

/** Money comes into a wallet, in minor units; once in a while of another country. */
export async function deposit(workload: Workload, customer: string, sum: number): Promise<void> {
  const key = workload.newKey()
  const currency = workload.world.chance.maybe(0.07) ? 'EUR' : 'GBP'
  const more = workload.world.chance.maybe(0.3) && { reference: 'BACS' }
  const route = 'POST /users/{id}/wallet/deposits'
  const ask = (amount: number) => {
    const body = { amount: { amount, currency }, ...more }
    return { as: operator, route, params: { id: customer }, body, key }
  }
  // Two clerks enter the same slip at once, one of them wrongly.
  const { asked, reply } = workload.world.chance.maybe(0.1)
    ? await workload.askEither('payments', [ask(sum), ask(sum + 2)])
    : { asked: ask(sum), reply: await workload.askOnceOrTwice('payments', ask(sum)) }
  if (reply?.status !== 201) return
  const { amount } = (asked.body as ReturnType<typeof ask>['body']).amount
  const { id } = reply.body['entry'] as { id: string }
  workload.acknowledged.push({ what: 'deposited', customer, entry: id, amount })
  await workload.misuseKey('payments', asked, { amount: { amount: amount + 1, currency } })
}

/** Takes money back that was deposited by mistake, in minor units; the customer may have spent it. */
async function correct(workload: Workload, customer: string, sum: number): Promise<void> {
  const currency = workload.world.chance.maybe(0.07) ? 'EUR' : 'GBP'
  const body = { amount: { amount: sum, currency }, reason: 'typing error' }
  const route = 'POST /users/{id}/wallet/corrections'
  const asked = { as: operator, route, params: { id: customer }, body, key: workload.newKey() }
  const reply = await workload.askOnceOrTwice('payments', asked)
  if (reply?.status !== 201) return
  const { id } = reply.body['entry'] as { id: string }
  workload.acknowledged.push({ what: 'deposited', customer, entry: id, amount: -sum })
  await workload.misuseKey('payments', asked, { ...body, reason: 'another' })
}

/**
 * Sees to a payment on hold, for as long as it is: something has to be cleared up with the provider before it may go on, or a refund is paid by
 * hand. A cashier pays by hand what the provider will never pay.
 */
export async function seeTo(workload: Workload, orderId: string, paymentOf: () => Payment | undefined): Promise<void> {
  const { world } = workload
  const { chance } = world
  for (let payment = paymentOf(); payment && holdOf(payment) !== undefined; payment = paymentOf()) {
    await world.sleep(chance.between(60_000, chance.pick([600_000, 7_200_000])))
    world.provider.seeTo(orderId)
    const params = { id: orderId }
    const moves: Promise<unknown>[] = []
    for (const { id, state, attempt } of payment.refunds) {
      const never = payment.attempts[attempt - 1]?.token === 'tok_dead'
      if (chance.maybe(0.05)) moves.push(payByHand(workload, id.replace('ref_', '')))
      if (chance.maybe(never ? 0.9 : !workload.hasTill ? 0 : state === 'failed' ? 0.4 : 0.2))
        moves.push(payByHand(workload, id))
    }
    if (moves.length === 0 || chance.maybe(0.4))
      moves.push(workload.ask('payments', { as: operator, route: 'POST /orders/{id}/payments/resume', params }))
    await Promise.all(moves)
  }
}

/** Pays a refund out of the till, once it is sure that the provider will not. */
async function payByHand(workload: Workload, id: string): Promise<void> {
  const body = { reference: `till ${workload.newKey()}` }
  const asked = { as: operator, route: 'POST /refunds/{id}/close', params: { id }, body, key: workload.newKey() }
  const reply = await workload.askOnceOrTwice('payments', asked)
  if (reply?.status !== 200) return
  workload.acknowledged.push({ what: 'closed', refundId: id, reference: body.reference })
  await workload.misuseKey('payments', asked, { reference: 'another' })
}

/** An order that money was taken for, if the first looks find one. */
async function paidOne(workload: Workload, first: string): Promise<string> {
  let id = first
  for (let looks = 3; looks > 0; looks -= 1) {
    const reply = await workload.ask('payments', { as: operator, route: 'GET /orders/{id}/payments', params: { id } })
    const [payment] = (reply?.body['items'] ?? []) as { status: string }[]
    if (payment?.status === 'captured') return id
    id = workload.world.chance.pick(workload.orders).id
  }
  return id
}

async function refund(workload: Workload, orderId: string): Promise<void> {
  const { chance } = workload.world
  const amount = chance.pick([undefined, 100, 250, 1_000_000])
  const body = {
    ...(amount !== undefined && { amount: { amount, currency: 'GBP' } }),
    ...(chance.maybe(0.3) && { reason: 'broken' }),
  }
  const asked = { as: operator, route: 'POST /orders/{id}/refunds', params: { id: orderId }, body }
  const reply = await workload.askOnceOrTwice('payments', { ...asked, key: workload.newKey() })
  if (reply?.status === 201) workload.acknowledged.push({ what: 'refunded', orderId })
}

async function readAll(
  workload: Workload,
  { id, customer }: { readonly id: string; readonly customer: string },
): Promise<void> {
  const as = { sub: customer }
  await peek(workload, { id, customer })
  await workload.ask('payments', { as, route: 'GET /users/me/wallet' })
  const page = await workload.ask('payments', { as, route: 'GET /users/me/wallet', query: { limit: '1' } })
  const cursor = page?.body['cursor']
  if (typeof cursor === 'string')
    await workload.ask('payments', { as, route: 'GET /users/me/wallet', query: { limit: '1', cursor } })
}
