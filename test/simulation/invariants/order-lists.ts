import { status } from '../../../functions/orders/core/status.ts'
import type { Labels } from '../../../schemas/labels.ts'
import type { OrderSummary } from '../../../schemas/order.ts'
import type { World } from '../engine/world.ts'
import type { LabelsWritten } from '../workload/labels-written.ts'
import { operator } from '../workload/workload.ts'
import { checkLabels } from './labels.ts'
import { isSame } from './is-same.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

type Query = Readonly<Record<string, string>>

/**
 * At rest: each filter lists the orders that it names, all of them and each once, by whatever pages; labels are those that were written last. All
 * of this release: an older one leaves orders out of lists until they change.
 */
export async function checkOrderLists(world: World, ledger: Ledger, labels: LabelsWritten): Promise<void> {
  const { labelChance: chance } = world
  const list = async (filter: Query): Promise<readonly OrderSummary[]> => {
    const listed: OrderSummary[] = []
    let cursor: string | undefined
    do {
      const query = { ...filter, limit: String(chance.pick([1, 2, 3, 100])), ...(cursor !== undefined && { cursor }) }
      const reply = await world.request('orders', { as: operator, route: 'GET /orders', query })
      if (reply?.status !== 200) throw new Violation('people get answers', `GET /orders: ${JSON.stringify(reply)}`)
      listed.push(...(reply.body['items'] as OrderSummary[]))
      cursor = reply.body['cursor'] as string | undefined
    } while (cursor !== undefined)
    return listed
  }
  const check = async (filter: Query, ids: readonly string[]): Promise<readonly OrderSummary[]> => {
    const listed = await list(filter)
    const found = listed.map(({ id }) => id)
    if (!isSame(found.toSorted(), ids.toSorted()))
      throw new Violation(
        'lists are complete',
        `GET /orders ${JSON.stringify(filter)}: ${found.join(' ')}, and not ${ids.join(' ')}`,
      )
    return listed
  }
  const orders = [...ledger.orders.values()].map(({ state }) => state)
  const from = new Date(world.startedAt).toISOString()
  const all = await check({ from }, idsOf(orders))
  for (const [is, of] of Map.groupBy(orders, ({ facts }) => status(facts))) await check({ status: is, from }, idsOf(of))
  await check(
    { status: 'confirmed,completed,cancelled', from },
    idsOf(orders.filter(({ facts }) => chosen.has(status(facts)))),
  )
  for (const { id, number } of all) await check({ number }, [id])
  await checkChanges(orders, all, check)
  const placed = [...labels.guests].filter(([id]) => ledger.orders.has(id))
  for (const [address, of] of Map.groupBy(placed, ([, email]) => email))
    await check(
      { email: address },
      of.map(([id]) => id),
    )
  for (const [reference, of] of Map.groupBy(all, (order) => order.reference))
    if (reference !== undefined) await check({ reference }, idsOf(of))
  for (const order of all) checkLabels(order.id, order as Labels, labels)
}

const chosen: ReadonlySet<string> = new Set(['confirmed', 'completed', 'cancelled'])

/** Whoever asks for changes since a time gets each order that has changed since, at least. */
async function checkChanges(
  orders: readonly Ordered[],
  all: readonly OrderSummary[],
  check: (filter: Query, ids: readonly string[]) => Promise<readonly OrderSummary[]>,
): Promise<void> {
  for (const { id, history } of orders) {
    const { updatedAt = '' } = all.find((order) => order.id === id) ?? {}
    const changed = new Date(history.at(-1)?.at ?? 0).toISOString()
    if (updatedAt < changed) throw new Violation('a change moves an order', `${id}: ${updatedAt}, and not ${changed}`)
  }
  for (const updatedSince of new Set(all.map(({ updatedAt }) => updatedAt))) {
    const since = all.filter(({ updatedAt }) => updatedAt >= updatedSince)
    const listed = await check({ updatedSince }, idsOf(since))
    const times = listed.map(({ updatedAt }) => updatedAt)
    if (!isSame(times, times.toSorted()))
      throw new Violation('changes are in their order', `since ${updatedSince}: ${times.join(' ')}`)
  }
}

type Ordered =
  Ledger['orders'] extends ReadonlyMap<string, infer Stored extends { state: unknown }> ? Stored['state'] : never

const idsOf = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id)
