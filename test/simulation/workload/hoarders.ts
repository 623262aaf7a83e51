import { type Stored, isOrder, readOrder } from '../../../functions/orders/store/order-item.ts'
import { status } from '../../../functions/orders/core/status.ts'
import type { Reply } from '../engine/request.ts'
import { Violation } from '../invariants/violation.ts'
import { type Workload, operator } from './workload.ts'

/** Longer than a call lasts and an index is behind, in milliseconds: what is older than this is seen, whatever goes wrong. */
const seenMs = 240_000
const dayMs = 86_400_000

/** What an operator has set for the hoarder: whole numbers, or `unlimited`. */
interface Allowed {
  readonly openHolds: number | 'unlimited'
  readonly unitsPerSku: number | 'unlimited'
}

/** Somebody who is nobody else orders more than they are allowed to hold, pays for little of it, and lets most of it expire. */
export async function hoard(workload: Workload): Promise<void> {
  const { chance } = workload.world
  const name = workload.customerName(5)
  for (let often = chance.between(1, 2); often > 0; often -= 1) {
    const allowed: Allowed = {
      openHolds: chance.pick([0, 1, 2, 2, 3, 'unlimited']),
      unitsPerSku: chance.pick(['unlimited', 'unlimited', 2, 4]),
    }
    if (!(await isSet(workload, name, allowed))) return
    await workload.world.sleep(seenMs)
    const method = chance.pick(['manual', 'card', 'card'] as const)
    for (let count = chance.between(3, 6); count > 0; count -= 1) {
      await Promise.all([
        order(workload, name, allowed, method),
        chance.maybe(0.3) ? orderForHoarder(workload, name) : undefined,
      ])
      await workload.world.sleep(chance.pick([seenMs, seenMs, 1_200_000]))
      if (chance.maybe(0.3)) await makeRoom(workload, name)
    }
  }
}

/** Sets the limits, also where another operator sets some at the same time: one after the other, and the last ones stand. */
async function isSet(workload: Workload, name: string, allowed: Allowed): Promise<boolean> {
  const asked = { as: operator, route: 'PUT /users/{id}/limits', params: { id: name } }
  if (workload.world.chance.maybe(0.5)) {
    const other = { openHolds: null, unitsPerSku: null }
    await Promise.all([
      workload.ask('orders', { ...asked, body: allowed }),
      workload.ask('orders', { ...asked, body: other }),
    ])
  }
  return (await workload.ask('orders', { ...asked, body: allowed }))?.status === 200
}

async function order(workload: Workload, name: string, allowed: Allowed, method: 'manual' | 'card'): Promise<void> {
  const { chance, clock, holdSeconds } = workload.world
  const sku = chance.pick(workload.skus)
  const quantity = chance.pick([1, 1, 2, 3])
  const tooLong = chance.maybe(0.1)
  const body = {
    lines: [{ sku, quantity }],
    payment: { method },
    holdSeconds: tooLong ? holdSeconds + 1 : chance.pick([60, holdSeconds]),
    ...(chance.maybe(0.2) && { notes: 'x'.repeat(1_200) }),
  }
  const asked = { as: { sub: name }, route: 'POST /orders', body, key: workload.newKey() }
  const before = ordersOf(workload, name)
  const sentAt = clock.now()
  const reply = await workload.ask('orders', asked)
  if (reply === undefined) return
  const after = ordersOf(workload, name)
  if (reply.status === 201) {
    workload.orders.push({ id: String(reply.body['id']), customer: name })
    if (tooLong) throw new Violation('customers hold no longer than the stage', String(reply.body['id']))
    checkTaken(before, after, { sentAt, allowed, sku, quantity }, clock.now())
  } else if (reply.body['code'] === 'too_many_holds')
    checkRefused(before, after, { sentAt, allowed, sku, quantity }, reply)
}

type Orders = ReadonlyMap<string, Stored>

function ordersOf({ world }: Workload, name: string): Orders {
  const items = world.deployed.orders.table.primary.items()
  const own = items
    .filter(isOrder)
    .filter(({ customerPk }) => customerPk === name)
    .map(readOrder)
  return new Map(own.filter(({ state }) => state.history[0]?.by === name).map((stored) => [stored.state.id, stored]))
}

const isOpen = ({ state: { facts } }: Stored): boolean =>
  ['placed', 'reserved'].includes(status(facts)) && !['paid', 'refund_due', 'refunded'].includes(facts.payment)

interface Wanted {
  readonly sentAt: number
  readonly allowed: Allowed
  readonly sku: string
  readonly quantity: number
}

/** Of orders whose lines stand beside them no units are counted. */
const unitsIn = (orders: readonly Stored[], sku: string): number =>
  orders.flatMap(({ item }) => item.lines ?? []).reduce((sum, [of, , units]) => sum + (of === sku ? units : 0), 0)

/** What was open all the while, and long before, was counted. */
function checkTaken(before: Orders, after: Orders, { sentAt, allowed, sku, quantity }: Wanted, now: number): void {
  const held = [...before.values()].filter(({ state }) => {
    const later = after.get(state.id)
    return state.placedAt < sentAt - seenMs / 2 && later !== undefined && isOpen(later)
  })
  const { openHolds, unitsPerSku } = allowed
  const expired = expiriesOf(before)
  const isSlow = openHolds !== 'unlimited' && hasThree(expired, sentAt - seenMs / 2, now + seenMs / 2)
  const most = openHolds === 'unlimited' ? Infinity : isSlow ? Math.min(openHolds, 1) : openHolds
  if (held.length >= most)
    throw new Violation('nobody holds more unpaid orders than allowed', `${held.length + 1} of ${most}`)
  const units = unitsIn(held, sku) + quantity
  if (unitsPerSku !== 'unlimited' && units > unitsPerSku)
    throw new Violation('nobody holds more unpaid units than allowed', `${units} of ${unitsPerSku}`)
}

/** Only what was open then, or moments before, counts. */
function checkRefused(before: Orders, after: Orders, { sentAt, allowed, quantity }: Wanted, { body }: Reply): void {
  const { openHolds, unitsPerSku } = allowed
  const held = [...after.values()].filter((each) => {
    const last = each.state.history.at(-1)?.at ?? 0
    return isOpen(before.get(each.state.id) ?? each) || isOpen(each) || last > sentAt - seenMs / 2
  })
  const isSlow = [...after.values()].filter(({ state }) => status(state.facts) === 'expired').length >= 3
  const full = openHolds !== 'unlimited' && held.length >= (isSlow ? Math.min(openHolds, 1) : openHolds)
  const units = quantity + held.length * 3
  if (!full && (unitsPerSku === 'unlimited' || units <= unitsPerSku))
    throw new Violation(
      'nobody is refused who holds little',
      `${held.length} of ${openHolds}: ${String(body['detail'])}`,
    )
}

const expiriesOf = (orders: Orders): readonly number[] =>
  [...orders.values()]
    .filter(({ state }) => state.method === 'card' && status(state.facts) === 'expired')
    .map(({ state }) => state.history.at(-1)?.at ?? 0)
    .toSorted((a, b) => a - b)

/** Whether three of these times lie within a day, the last of them before `from` and no longer than a day before `to`. */
const hasThree = (times: readonly number[], from: number, to: number): boolean =>
  times.some((first, index) => {
    const third = times[index + 2]
    return third !== undefined && third - first < dayMs && third < from && to < third + dayMs
  })

/** What an operator places is not the hoarder's. */
async function orderForHoarder(workload: Workload, customerId: string): Promise<void> {
  const lines = [{ sku: workload.world.chance.pick(workload.skus), quantity: 1 }]
  const body = { lines, payment: { method: 'manual' }, customerId }
  const asked = { as: operator, route: 'POST /orders', body, key: workload.newKey() }
  const reply = await workload.ask('orders', asked)
  if (reply?.body['code'] === 'too_many_holds')
    throw new Violation('operators order without a limit', String(reply.body['detail']))
}

/** Cancels an order, or pays it. */
async function makeRoom(workload: Workload, name: string): Promise<void> {
  const open = [...ordersOf(workload, name).values()].find(isOpen)
  if (open === undefined) return
  const asked = { as: { sub: name }, params: { id: open.state.id }, key: workload.newKey() }
  const body = { method: 'card', token: 'tok_yes' }
  if (workload.world.chance.maybe(0.5)) await workload.ask('orders', { ...asked, route: 'POST /orders/{id}/cancel' })
  else await workload.ask('payments', { ...asked, route: 'POST /orders/{id}/payments', body })
}
