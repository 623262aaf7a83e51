import type { Order } from '../../../schemas/orders.ts'
import { send } from './carriers.ts'
import { peek } from './peek.ts'
import { type Lines, type People, operator } from './workload.ts'
import type { Asked, Reply } from '../engine/request.ts'

/** A customer buys a few times, looks at it, and sometimes thinks better of it. */
export async function shop(people: People, name: string): Promise<void> {
  const { chance } = people.world
  for (let count = people.times(1, 3); count > 0; count -= 1) {
    await people.pause(30_000)
    const body = basket(people)
    const key = people.newKey()
    const asked = { as: { sub: name }, route: 'POST /orders', body, key, ...(chance.maybe(0.2) && { waitSeconds: 4 }) }
    const sending = [chance.maybe(0.1) ? placeEither(people, asked, body.lines) : place(people, asked, body.lines)]
    if (chance.maybe(0.15)) sending.push(place(people, asked, body.lines))
    // The same once more, which is another order.
    if (chance.maybe(body.payment.method === 'wallet' ? 0.35 : 0.05))
      sending.push(place(people, { ...asked, key: people.newKey() }, body.lines))
    const [order] = await Promise.all(sending)
    if (order === undefined) continue
    if (body.payment.method !== 'manual' && chance.maybe(declines.has(body.payment.token) ? 0.8 : 0.4)) {
      if (chance.maybe(people.late)) await untilNearEnd(people, order, chance.pick([500, 30_000]))
      await pay(people, name, order)
    }
    await people.misuseKey('orders', asked, { ...body, notes: 'something else' })
    if (!chance.maybe(people.fickle)) continue
    const when = chance.pick(['at once', 'near its end', 'some time'] as const)
    if (when === 'at once') await people.world.sleep(chance.below(1_500))
    else if (when === 'near its end') await untilNearEnd(people, order)
    else await people.pause(600_000)
    await move(people, name, 'cancel', order)
  }
}

/** An operator decides about orders, now and around the end of their holds. */
export async function approve(people: People): Promise<void> {
  const { chance } = people.world
  const seen = new Set<unknown>()
  for (let count = people.times(1, 8); count > 0; count -= 1) {
    await people.pause(chance.pick([40_000, 400_000]))
    if (chance.maybe(0.1)) await orderFor(people)
    const open = people.orders.filter((order) => !seen.has(order))
    const order = chance.pick(open.length > 0 && chance.maybe(0.8) ? open : people.orders)
    if (order === undefined) continue
    seen.add(order)
    if (chance.maybe(people.late)) await untilNearEnd(people, order.id)
    const moving = [move(people, operator.sub, chance.maybe(0.85) ? 'approve' : 'cancel', order.id)]
    if (chance.maybe(0.2)) moving.push(move(people, operator.sub, 'cancel', order.id))
    await Promise.all(moving)
  }
}

/** An operator orders for somebody on the telephone, and may have misheard who it is. */
async function orderFor(people: People): Promise<void> {
  const { chance } = people.world
  const customerId = chance.pick([people.customerName(chance.between(1, 4)), 'guest', 'nobody', 'constructor'])
  const { payment, ...contents } = basket(people)
  const body = { ...contents, payment: { method: payment.method }, customerId }
  await place(people, { as: operator, route: 'POST /orders', body, key: people.newKey() }, body.lines)
}

type Placing = Asked & { readonly key: string }

async function place(people: People, asked: Placing, lines: Lines): Promise<string | undefined> {
  return keep(people, asked, lines, await people.ask('orders', asked))
}

/** A basket changes in one tab while it is ordered in another one. */
async function placeEither(people: People, asked: Placing, lines: Lines): Promise<string | undefined> {
  const changed = [...lines, { sku: people.world.chance.pick(people.skus), quantity: 1 }]
  const other = { ...asked, body: { ...(asked.body as object), lines: changed } }
  const had = await people.askEither('orders', [asked, other])
  return keep(people, asked, had.asked === other ? changed : lines, had.reply)
}

/** Remembers the order that was placed. */
async function keep(
  people: People,
  asked: Placing,
  lines: Lines,
  reply: Reply | undefined,
): Promise<string | undefined> {
  if (reply?.status !== 201) return undefined
  const order = reply.body as unknown as Order
  people.told.push({ what: 'placed', key: `${asked.as?.['sub']} ${asked.key}`, lines, order })
  people.orders.push({ id: order.id, customer: order.customerId })
  if (people.world.chance.maybe(0.1)) await peek(people, { id: order.id, customer: order.customerId })
  return order.id
}

async function move(people: People, by: string, does: 'cancel' | 'approve', orderId: string): Promise<void> {
  const { chance } = people.world
  const as = by === operator.sub ? operator : { sub: by }
  const key = chance.maybe(0.5) ? people.newKey() : undefined
  const reason = chance.pick([undefined, 'too late', 'x'.repeat(500)])
  const body = does === 'cancel' && reason !== undefined ? { reason } : undefined
  const asked = { as, route: `POST /orders/{id}/${does}`, params: { id: orderId }, key, body }
  const hurry = does === 'cancel' && chance.maybe(people.hurry) ? send(people, orderId) : undefined
  const [reply] = await Promise.all([people.askOnceOrTwice('orders', asked), hurry])
  if (reply?.status !== 200) return
  people.told.push({ what: does === 'cancel' ? 'cancelled' : 'approved', orderId, status: reply.body['status'] })
}

async function untilNearEnd(people: People, id: string, most = 70_000): Promise<void> {
  const { chance, clock } = people.world
  const reply = await people.ask('orders', { as: operator, route: 'GET /orders/{id}', params: { id } })
  const expiresAt = reply?.body['expiresAt']
  if (typeof expiresAt !== 'string') return
  const wait = Date.parse(expiresAt) + chance.between(-2_000, most) - clock.now()
  if (wait > 0) await people.world.sleep(wait)
}

const home = { name: 'A. Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }

function basket(people: People) {
  const { chance } = people.world
  const holdSeconds = chance.pick(
    people.day === 'last moments' ? [60, 300, 900] : [undefined, undefined, 60, 300, 86_400],
  )
  return {
    lines: chance.maybe(0.03) ? absurd(people) : people.lines(),
    payment: means(people),
    ...(holdSeconds !== undefined && { holdSeconds }),
    ...(chance.maybe(0.2) && { notes: 'x'.repeat(chance.pick([12, 1_200])) }),
    ...(chance.maybe(0.2) && { shippingAddress: home, ...(chance.maybe(0.3) && { billingAddress: home }) }),
  }
}

/** Who is declined tries again. */
const declines: ReadonlySet<string | undefined> = new Set(['tok_no', 'tok_back'])

/** A card without a token is paid later, or never. */
function means({ world: { chance }, methods, cards }: People): { readonly method: string; readonly token?: string } {
  const method = chance.pick(methods)
  return method === 'card' && chance.maybe(0.75) ? { method, token: chance.pick(cards) } : { method }
}

/** Pays an order, sometimes in two tabs at once and in two ways. */
export async function pay(people: People, name: string, orderId: string): Promise<void> {
  const { chance } = people.world
  const once = async (): Promise<void> => {
    await people.pause(chance.pick([1_000, 100_000]))
    const body = chance.maybe(0.5) ? { method: 'wallet' } : { method: 'card', token: chance.pick(people.cards) }
    const asked = { as: { sub: name }, route: 'POST /orders/{id}/payments', params: { id: orderId }, body }
    const key = people.newKey()
    const first = await people.askOnceOrTwice('payments', { ...asked, key })
    const again = chance.maybe(0.25)
    if (again) await people.untilTheMinute()
    const reply = again ? await people.ask('payments', { ...asked, key }) : first
    const paid = reply?.status === 201 && ['authorized', 'captured'].includes(String(reply.body['status']))
    if (paid) people.told.push({ what: 'paid', orderId })
  }
  await Promise.all(Array.from({ length: chance.pick([1, 1, 1, 2, 3]) }, once))
}

/** More than anybody has, or than one may order. */
function absurd(people: People): Lines {
  const { chance } = people.world
  const sku = chance.pick(people.skus)
  return chance.pick([
    [{ sku, quantity: 1_000_000 }],
    [
      { sku, quantity: 600_000 },
      { sku, quantity: 600_000 },
    ],
  ])
}
