import { type Payment, holdOf } from '../../../functions/payments/core/payment.ts'
import { pay } from './customers.ts'
import { peek } from './peek.ts'
import { type People, operator } from './workload.ts'

/** Nobody has these ids; a guest has no wallet. */
const strangers = ['nobody', 'guest', 'toString'] as const

/** Somebody pays money into wallets, pays orders that are still open, and gives some money back. */
export async function collect(people: People): Promise<void> {
  const { chance } = people.world
  const rich = chance.pick([0.4, 1])
  for (let customer = people.times(1, 4); customer > 0; customer -= 1)
    if (chance.maybe(rich)) {
      const once = () => deposit(people, people.customerName(customer), chance.between(2, 16) * 250)
      await Promise.all(chance.maybe(0.2) ? [once(), once()] : [once()])
    }
  for (let left = people.times(0, 6); left > 0; left -= 1) {
    await people.pause(60_000)
    const order = chance.pick(people.orders)
    const does = chance.pick(['deposit', 'deposit', 'pay', 'refund', 'refund', 'look'] as const)
    const who = chance.maybe(0.15) ? chance.pick(strangers) : people.customerName(chance.between(1, 4))
    if (does === 'deposit') await deposit(people, who, chance.between(1, 8) * 250)
    if (order === undefined) continue
    if (does === 'pay') await pay(people, order.customer, order.id)
    if (does === 'refund') await refund(people, await paidOne(people, order.id))
    if (does === 'look') await look(people, order)
  }
}

/** Money comes into a wallet, in minor units; once in a while of another country. */
export async function deposit(people: People, customer: string, sum: number): Promise<void> {
  const key = people.newKey()
  const currency = people.world.chance.maybe(0.07) ? 'EUR' : 'GBP'
  const more = people.world.chance.maybe(0.3) && { reference: 'BACS' }
  const route = 'POST /users/{id}/wallet/deposits'
  const ask = (amount: number) => {
    const body = { amount: { amount, currency }, ...more }
    return { as: operator, route, params: { id: customer }, body, key }
  }
  // Two clerks enter the same slip at once, one of them wrongly.
  const { asked, reply } = people.world.chance.maybe(0.1)
    ? await people.askEither('payments', [ask(sum), ask(sum + 2)])
    : { asked: ask(sum), reply: await people.askOnceOrTwice('payments', ask(sum)) }
  if (reply?.status !== 201) return
  const { amount } = (asked.body as ReturnType<typeof ask>['body']).amount
  const { id } = reply.body['entry'] as { id: string }
  people.told.push({ what: 'deposited', customer, entry: id, amount })
  await people.misuseKey('payments', asked, { amount: { amount: amount + 1, currency } })
}

/**
 * Sees to a payment on hold, for as long as it is: something has to be cleared up with the bank before it may go on, or a refund is paid by
 * hand. Who pays by hand knows why: what he read, or that the bank will never do it.
 */
export async function seeTo(people: People, orderId: string, paymentOf: () => Payment | undefined): Promise<void> {
  const { world } = people
  const { chance } = world
  for (let payment = paymentOf(); payment && holdOf(payment) !== undefined; payment = paymentOf()) {
    await world.sleep(chance.between(60_000, chance.pick([600_000, 7_200_000])))
    world.bank.seeTo(orderId)
    const params = { id: orderId }
    const moves: Promise<unknown>[] = []
    for (const { id, state, attempt } of payment.refunds) {
      const never = payment.attempts[attempt - 1]?.token === 'tok_dead'
      if (chance.maybe(0.05)) moves.push(payByHand(people, id.replace('ref_', '')))
      if (chance.maybe(never ? 0.9 : !people.hasTill ? 0 : state === 'failed' ? 0.4 : 0.2))
        moves.push(payByHand(people, id))
    }
    if (moves.length === 0 || chance.maybe(0.4))
      moves.push(people.ask('payments', { as: operator, route: 'POST /orders/{id}/payments/resume', params }))
    await Promise.all(moves)
  }
}

/** Pays a refund out of the till, once it is sure that the bank will not. */
async function payByHand(people: People, id: string): Promise<void> {
  const body = { reference: `till ${people.newKey()}` }
  const asked = { as: operator, route: 'POST /refunds/{id}/close', params: { id }, body, key: people.newKey() }
  const reply = await people.askOnceOrTwice('payments', asked)
  if (reply?.status !== 200) return
  people.told.push({ what: 'closed', refundId: id, reference: body.reference })
  await people.misuseKey('payments', asked, { reference: 'another' })
}

/** An order that money was taken for, if the first looks find one. */
async function paidOne(people: People, first: string): Promise<string> {
  let id = first
  for (let looks = 3; looks > 0; looks -= 1) {
    const reply = await people.ask('payments', { as: operator, route: 'GET /orders/{id}/payments', params: { id } })
    const [payment] = (reply?.body['items'] ?? []) as { status: string }[]
    if (payment?.status === 'captured') return id
    id = people.world.chance.pick(people.orders).id
  }
  return id
}

async function refund(people: People, orderId: string): Promise<void> {
  const { chance } = people.world
  const amount = chance.pick([undefined, 100, 250, 1_000_000])
  const body = {
    ...(amount !== undefined && { amount: { amount, currency: 'GBP' } }),
    ...(chance.maybe(0.3) && { reason: 'broken' }),
  }
  const asked = { as: operator, route: 'POST /orders/{id}/refunds', params: { id: orderId }, body }
  const reply = await people.askOnceOrTwice('payments', { ...asked, key: people.newKey() })
  if (reply?.status === 201) people.told.push({ what: 'refunded', orderId })
}

async function look(
  people: People,
  { id, customer }: { readonly id: string; readonly customer: string },
): Promise<void> {
  const as = { sub: customer }
  await peek(people, { id, customer })
  await people.ask('payments', { as, route: 'GET /users/me/wallet' })
  const page = await people.ask('payments', { as, route: 'GET /users/me/wallet', query: { limit: '1' } })
  const cursor = page?.body['cursor']
  if (typeof cursor === 'string')
    await people.ask('payments', { as, route: 'GET /users/me/wallet', query: { limit: '1', cursor } })
}
