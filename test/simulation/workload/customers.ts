import type { Order } from '../../../schemas/order.ts'
import type { OrderInput } from '../../../schemas/order-input.ts'
import { maxAmount } from '../../../schemas/shared.ts'
import { isSame } from '../invariants/is-same.ts'
import { Violation } from '../invariants/violation.ts'
import { send } from './carriers.ts'
import { peek } from './peek.ts'
import { cancelLine, moveHouse, stop } from './second-thoughts.ts'
import { type Lines, type Workload, operator } from './workload.ts'
import type { Asked, Reply } from '../engine/request.ts'

/** A customer buys a few times, looks at it, and sometimes thinks better of it. */
export async function shop(workload: Workload, name: string): Promise<void> {
  const { chance } = workload.world
  for (let count = workload.times(1, 3); count > 0; count -= 1) {
    await workload.pause(30_000)
    const body = shorter(basket(workload), workload.world.holdSeconds)
    const key = workload.newKey()
    const asked = { as: { sub: name }, route: 'POST /orders', body, key, ...(chance.maybe(0.2) && { waitSeconds: 4 }) }
    const sending = [chance.maybe(0.1) ? placeEither(workload, asked, body.lines) : place(workload, asked, body.lines)]
    if (chance.maybe(0.15)) sending.push(place(workload, asked, body.lines))
    // The same once more, which is another order.
    if (chance.maybe(body.payment.method === 'wallet' ? 0.35 : 0.05))
      sending.push(place(workload, { ...asked, key: workload.newKey() }, body.lines))
    const [order] = await Promise.all(sending)
    if (order === undefined) continue
    if (body.payment.method !== 'manual' && chance.maybe(declines.has(body.payment.token) ? 0.8 : 0.4)) {
      if (chance.maybe(workload.late)) await untilNearEnd(workload, order, chance.pick([500, 30_000]))
      await pay(workload, name, order)
    }
    await workload.misuseKey('orders', asked, { ...body, notes: 'something else' })
    if (chance.maybe(workload.fickle)) await reconsider(workload, name, order)
    if (workload.world.side.maybe(0.25)) await moveHouse(workload, name, order, () => send(workload, order))
    if (!chance.maybe(workload.fickle)) continue
    const when = chance.pick(['at once', 'near its end', 'some time'] as const)
    if (when === 'at once') await workload.world.sleep(chance.below(1_500))
    else if (when === 'near its end') await untilNearEnd(workload, order)
    else await workload.pause(600_000)
    await move(workload, name, 'cancel', order)
  }
}

/** An operator decides about orders, now and around the end of their holds. */
export async function approve(workload: Workload): Promise<void> {
  const { chance } = workload.world
  const seen = new Set<unknown>()
  for (let count = workload.times(1, 8); count > 0; count -= 1) {
    await workload.pause(chance.pick([40_000, 400_000]))
    if (chance.maybe(0.1)) await orderFor(workload)
    const open = workload.orders.filter((order) => !seen.has(order))
    const order = chance.pick(open.length > 0 && chance.maybe(0.8) ? open : workload.orders)
    if (order === undefined) continue
    seen.add(order)
    if (chance.maybe(workload.late)) await untilNearEnd(workload, order.id)
    const moving = [move(workload, operator.sub, chance.maybe(0.85) ? 'approve' : 'cancel', order.id)]
    if (chance.maybe(0.2)) moving.push(move(workload, operator.sub, 'cancel', order.id))
    await Promise.all(moving)
    if (chance.maybe(workload.fickle)) await reconsider(workload, operator.sub, order.id)
  }
}

/** An operator orders for somebody on the telephone, and may have misheard who it is. */
async function orderFor(workload: Workload): Promise<void> {
  const { chance } = workload.world
  const customerId = chance.pick([workload.customerName(chance.between(1, 4)), 'guest', 'nobody', 'constructor'])
  const { payment, ...contents } = basket(workload)
  const body = { ...contents, payment: { method: payment.method }, customerId }
  await place(workload, { as: operator, route: 'POST /orders', body, key: workload.newKey() }, body.lines)
}

type Placing = Asked & { readonly key: string }

export async function place(workload: Workload, asked: Placing, lines: Lines): Promise<string | undefined> {
  return keep(workload, asked, lines, await workload.ask('orders', asked))
}

/** A basket changes in one tab while it is ordered in another one. */
async function placeEither(workload: Workload, asked: Placing, lines: Lines): Promise<string | undefined> {
  const changed = [...lines, { sku: workload.world.chance.pick(workload.skus), quantity: 1 }]
  const other = { ...asked, body: { ...(asked.body as object), lines: changed } }
  const had = await workload.askEither('orders', [asked, other])
  return keep(workload, asked, had.asked === other ? changed : lines, had.reply)
}

/** Remembers the order that was placed. */
export async function keep(
  workload: Workload,
  asked: Placing,
  lines: Lines,
  reply: Reply | undefined,
): Promise<string | undefined> {
  if (reply?.status !== 201) return undefined
  const order = reply.body as unknown as Order
  const { expectedTotal } = asked.body as Pick<OrderInput, 'expectedTotal'>
  // An answer that comes late shows the order as it stands: lines may have been cancelled since.
  const cancelled = (order.cancelledLines ?? []).reduce((sum, { total }) => sum + total.amount, 0)
  if (expectedTotal && !isSame(expectedTotal, { ...order.total, amount: order.total.amount + cancelled }))
    throw new Violation('nobody pays a price that was not shown', `${order.id}: ${order.total.amount}`)
  workload.acknowledged.push({ what: 'placed', key: `${asked.as?.['sub']} ${asked.key}`, lines, order })
  workload.orders.push({ id: order.id, customer: order.customerId })
  if (workload.world.chance.maybe(0.1)) await peek(workload, { id: order.id, customer: order.customerId })
  return order.id
}

async function move(workload: Workload, by: string, does: 'cancel' | 'approve', orderId: string): Promise<void> {
  const { chance } = workload.world
  const as = by === operator.sub ? operator : { sub: by }
  const key = chance.maybe(0.5) ? workload.newKey() : undefined
  const reason = chance.pick([undefined, 'too late', 'x'.repeat(500)])
  const body = does === 'cancel' && reason !== undefined ? { reason } : undefined
  const asked = { as, route: `POST /orders/{id}/${does}`, params: { id: orderId }, key, body }
  const hurry = does === 'cancel' && chance.maybe(workload.hurry) ? send(workload, orderId) : undefined
  // The last release of orders has no rule for the event that closes it then, and no archive has that.
  const { cancelChance, releases } = workload.world
  if (does === 'cancel' && cancelChance.maybe(0.2) && !releases.areMixed) return stop(workload, as, orderId, hurry)
  const [reply] = await Promise.all([workload.askOnceOrTwice('orders', asked), hurry])
  if (reply?.status !== 200) return
  workload.acknowledged.push({
    what: does === 'cancel' ? 'cancelled' : 'approved',
    orderId,
    status: reply.body['status'],
  })
}

/** Some lines of the order are not wanted after all. */
async function reconsider(workload: Workload, by: string, orderId: string): Promise<void> {
  const { chance } = workload.world
  for (let count = chance.pick([1, 1, 2, 3]); count > 0; count -= 1) {
    await workload.world.sleep(chance.pick([0, 2_000, 60_000]))
    const sku = chance.maybe(0.02) ? 'sku-0' : chance.pick(workload.skus)
    await cancelLine(workload, by, { orderId, sku }, chance.maybe(workload.hurry) ? send(workload, orderId) : undefined)
  }
}

async function untilNearEnd(workload: Workload, id: string, most = 70_000): Promise<void> {
  const { chance, clock } = workload.world
  const reply = await workload.ask('orders', { as: operator, route: 'GET /orders/{id}', params: { id } })
  const expiresAt = reply?.body['expiresAt']
  if (typeof expiresAt !== 'string') return
  const wait = Date.parse(expiresAt) + chance.between(-2_000, most) - clock.now()
  if (wait > 0) await workload.world.sleep(wait)
}

const home = { name: 'A. Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }

/** What the page shows the lines for; an old page shows what is not so any more. */
function shown({ world: { chance }, price }: Workload, lines: Lines) {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  const amount = units * (price - (price > 0 && chance.maybe(0.3) ? 1 : 0))
  return amount <= maxAmount ? { expectedTotal: { amount, currency: 'GBP' } } : {}
}

function basket(workload: Workload) {
  const { chance } = workload.world
  const lines = chance.maybe(0.03) ? absurd(workload) : workload.lines()
  const holdSeconds = chance.pick(
    workload.day === 'last moments' ? [60, 300, 900] : [undefined, undefined, 60, 300, 86_400],
  )
  return {
    lines,
    ...(chance.maybe(0.2) && shown(workload, lines)),
    payment: means(workload),
    ...(holdSeconds !== undefined && { holdSeconds }),
    ...patience(workload),
    ...(chance.maybe(0.2) && { notes: 'x'.repeat(chance.pick([12, 1_200])) }),
    ...(chance.maybe(0.1) && { shipFrom: [chance.pick(workload.warehouses), ...chance.pick([[], ['nowhere']])] }),
    ...(chance.maybe(0.2) && { shippingAddress: home, ...(chance.maybe(0.3) && { billingAddress: home }) }),
  }
}

/** In a shop with products that may be waited for, most customers would. */
function patience({ waits, world: { waitChance: chance, waitSeconds } }: Workload): {
  readonly backorder?: true | object
} {
  if (!waits || chance.maybe(0.3)) return {}
  const wait = Math.min(chance.pick([60, 600, 3_600, 43_200]), waitSeconds)
  const payAt = chance.pick(['filling', 'placing'])
  return { backorder: chance.maybe(0.2) || { waitSeconds: wait, payAt } }
}

/** Customers hold no longer than the stage. */
const shorter = <Body extends { readonly holdSeconds?: number }>(body: Body, most: number): Body =>
  body.holdSeconds === undefined ? body : { ...body, holdSeconds: Math.min(body.holdSeconds, most) }

/** Who is declined tries again. */
const declines: ReadonlySet<string | undefined> = new Set(['tok_no', 'tok_back'])

/** A card without a token is paid later, or never. */
function means({ world: { chance }, methods, cards }: Workload): { readonly method: string; readonly token?: string } {
  const method = chance.pick(methods)
  return method === 'card' && chance.maybe(0.75) ? { method, token: chance.pick(cards) } : { method }
}

/** Pays an order, sometimes in two tabs at once and in two ways. */
export async function pay(workload: Workload, name: string, orderId: string): Promise<void> {
  const { chance } = workload.world
  const once = async (): Promise<void> => {
    await workload.pause(chance.pick([1_000, 100_000]))
    const body = chance.maybe(0.5) ? { method: 'wallet' } : { method: 'card', token: chance.pick(workload.cards) }
    const asked = { as: { sub: name }, route: 'POST /orders/{id}/payments', params: { id: orderId }, body }
    const key = workload.newKey()
    const first = await workload.askOnceOrTwice('payments', { ...asked, key })
    const again = chance.maybe(0.25)
    if (again) await workload.untilTheMinute()
    const reply = again ? await workload.ask('payments', { ...asked, key }) : first
    const paid = reply?.status === 201 && ['authorized', 'captured'].includes(String(reply.body['status']))
    if (paid) workload.acknowledged.push({ what: 'paid', orderId })
  }
  await Promise.all(Array.from({ length: chance.pick([1, 1, 1, 2, 3]) }, once))
}

/** More than anybody has, or than one may order. */
function absurd(workload: Workload): Lines {
  const { chance } = workload.world
  const sku = chance.pick(workload.skus)
  return chance.pick([
    [{ sku, quantity: 1_000_000 }],
    [
      { sku, quantity: 600_000 },
      { sku, quantity: 600_000 },
    ],
  ])
}
