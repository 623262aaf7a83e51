import { derivedId } from '../../../functions/runtime/ids.ts'
import { Violation } from '../invariants/violation.ts'
import { place } from './customers.ts'
import { type Workload, operator } from './workload.ts'

/**
 * Another system puts what it knows onto orders, the newest above all, while others do the same under keys of their own. `erp` gives references
 * too.
 */
export function labelAs(system: 'erp' | 'crm') {
  return async (workload: Workload): Promise<void> => {
    const { world, labels } = workload
    const { labelChance: chance } = world
    const key = labels.newKey(system)
    const own = new Set<string>()
    for (let left = chance.between(2, 6); left > 0; left -= 1) {
      await world.sleep(chance.below(chance.pick([50, 5_000, 300_000])))
      const order = chance.maybe(0.7) ? workload.orders.at(-1) : chance.pick(workload.orders)
      if (order === undefined) continue
      const value = chance.maybe(0.2) ? undefined : `${key} ${left}`
      // Two systems that give references to one order would have one key.
      const names = system === 'erp' && chance.maybe(0.5) && (own.has(order.id) || !hasReference(workload, order.id))
      if (names) own.add(order.id)
      const body = { metadata: { [key]: value ?? null }, ...(names && { reference: value ?? null }) }
      if (names) labels.sent(order.id, 'reference', value, false)
      const isAnswered = await isTaken(workload, order.id, body)
      labels.sent(order.id, key, value, isAnswered)
      if (names && isAnswered) labels.sent(order.id, 'reference', value, true)
    }
  }
}

const hasReference = ({ labels }: Workload, orderId: string): boolean =>
  labels.orders.get(orderId)?.has('reference') ?? false

/** One attempt: what is sent again after later ones would come to stand again. */
async function isTaken({ world }: Workload, id: string, body: object): Promise<boolean> {
  const reply = await world.request('orders', { as: operator, route: 'PATCH /orders/{id}', params: { id }, body })
  world.trace.write(`integrator: PATCH ${id} ${JSON.stringify(body)} -> ${reply?.status ?? 'no answer'}`)
  if (reply?.status === 500) throw new Violation('no request fails unexpectedly', String(reply.body['error']))
  return reply?.status === 200
}

/** A clerk orders for people without an account, with references and what else is known of them. */
export async function orderForGuests(workload: Workload): Promise<void> {
  const { world, labels } = workload
  const { labelChance: chance } = world
  for (let left = chance.between(1, 3); left > 0; left -= 1) {
    await world.sleep(chance.below(chance.pick([5_000, 300_000])))
    const lines = workload.lines()
    const guest = { name: 'A. Guest', email: `guest-${chance.between(1, 2)}@holdfast.test` }
    const reference = chance.pick([undefined, 'PO-1', 'PO-2'])
    const metadata = chance.pick([undefined, { channel: 'telephone' }])
    const more = { ...(reference !== undefined && { reference }), ...(metadata && { metadata }) }
    const body = { lines, payment: { method: 'manual' }, customerId: 'guest', guest, ...more }
    const key = workload.newKey()
    // It is known before: an order without an answer may be placed all the same.
    const id = derivedId('ord', operator.sub, key)
    labels.guests.set(id, guest.email)
    const sent = (isAnswered: boolean): void => {
      if (reference !== undefined) labels.sent(id, 'reference', reference, isAnswered)
      labels.sent(id, 'channel', metadata?.channel, isAnswered)
    }
    sent(false)
    if (await place(workload, { as: operator, route: 'POST /orders', body, key }, lines)) sent(true)
  }
}
