import type { Asked, Reply } from '../engine/request.ts'
import type { Simulated } from '../engine/services.ts'
import { Violation } from '../invariants/violation.ts'
import { keep } from './customers.ts'
import { type Workload, operator } from './workload.ts'

/**
 * A shopkeeper lists new products while nothing is out of order, and they are filled, held and ordered as soon as that is answered: the answer
 * comes when inventory knows them, however long their events take. Where these take less than a second, nobody is refused a product that the
 * catalogue shows, or the payment of an order that is reserved.
 */
export async function launch(workload: Workload): Promise<void> {
  const { world } = workload
  const { chance } = world
  const transitMs = chance.pick([0, 300, 2_500])
  const behindMs = chance.pick([0, 500])
  const behind = chance.pick<Simulated>(['orders', 'payments', 'inventory'])
  world.transitMs = (service) => transitMs + (service === behind ? behindMs : 0)
  const isQuick = transitMs < 1_000
  const skus = Array.from({ length: chance.between(1, 3) }, (_, index) => `new-${index + 1}`)
  const listed = async (): Promise<void> => {
    await list(workload, skus)
    await Promise.all(skus.map((sku) => trade(workload, sku, isQuick)))
  }
  await Promise.all([listed(), ...(isQuick ? [overtake(workload, skus[0]!)] : [])])
  if (world.endChance.maybe(0.2) && !world.releases.areMixed) await takeOff(workload)
  if (world.endChance.maybe(0.3) && !world.releases.areMixed) await reprice(workload, skus[0]!)
  world.transitMs = () => 0
}

/** One by one, or as a file. */
async function list(workload: Workload, skus: readonly string[]): Promise<void> {
  const price = { amount: workload.price, currency: 'GBP' }
  const products = skus.map((sku) => ({ sku, name: sku, price }))
  if (workload.world.chance.maybe(0.4)) {
    const text = products.map((product) => JSON.stringify(product)).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    await demand(workload, 'catalog', { route: 'POST /products/import', text, headers })
  } else for (const body of products) await demand(workload, 'catalog', { route: 'POST /products', body })
}

/** What becomes of a product right after its listing was answered. */
async function trade(workload: Workload, sku: string, isQuick: boolean): Promise<void> {
  const ways = [[fill, order], [order], [hold, fill], [fill, hold, order], []]
  for (const act of workload.world.chance.pick(ways)) await act(workload, sku, isQuick)
}

/** A shopkeeper deletes a product, and changes or lists it again as soon as that is answered: nothing that is acknowledged then goes with it. */
async function takeOff(workload: Workload): Promise<void> {
  const sku = 'old-1'
  const params = { sku }
  const body = { sku, name: sku, price: { amount: workload.price, currency: 'GBP' } }
  await demand(workload, 'catalog', { route: 'POST /products', body })
  await demand(workload, 'inventory', { route: 'DELETE /products/{sku}', params })
  const isChanged = workload.world.endChance.maybe(0.5)
  const reply = isChanged
    ? await workload.ask('catalog', {
        as: operator,
        route: 'PATCH /products/{sku}',
        params,
        body: { name: 'Late' },
      })
    : await workload.ask('catalog', { as: operator, route: 'POST /products', body, key: workload.newKey() })
  if (reply?.status !== (isChanged ? 404 : 201))
    throw new Violation('what is deleted is gone when the answer comes', JSON.stringify(reply))
}

/** A shopkeeper gives a product another price, or takes it off sale, and the next order is placed as soon as that is answered. */
async function reprice(workload: Workload, sku: string): Promise<void> {
  const { endChance } = workload.world
  const params = { sku }
  const price = { amount: workload.price > 1 ? workload.price - 1 : 2, currency: 'GBP' }
  const [change, status] = endChance.pick([
    [{ price }, 201],
    [{ active: false }, 422],
  ] as const)
  if (endChance.maybe(0.4)) {
    const text = JSON.stringify({ sku, ...change })
    const headers = { 'content-type': 'application/x-ndjson' }
    await demand(workload, 'catalog', { route: 'POST /products/import', text, headers })
  } else await demand(workload, 'catalog', { route: 'PATCH /products/{sku}', params, body: change })
  const body = { lines: [{ sku, quantity: 1 }], expectedTotal: price, payment: { method: 'manual' } }
  const asked = { as: { sub: workload.customerName(1) }, route: 'POST /orders', body, key: workload.newKey() }
  const reply = await workload.ask('orders', asked)
  if (reply?.status !== status)
    throw new Violation('what is changed is in force when the answer comes', `${status}: ${JSON.stringify(reply)}`)
  if (status === 201) await keep(workload, asked, body.lines, reply)
}

/** Somebody finds a product in the catalogue before its listing was answered. */
async function overtake(workload: Workload, sku: string): Promise<void> {
  const { chance } = workload.world
  const shown = () => workload.ask('catalog', { as: operator, route: 'GET /products/{sku}', params: { sku } })
  while ((await shown())?.status !== 200) await workload.world.sleep(chance.between(5, 50))
  await chance.pick([fill, hold, order])(workload, sku, true)
}

async function fill(workload: Workload, sku: string): Promise<void> {
  const body = { warehouseId: workload.warehouses[0], delta: 5, reason: 'received' }
  await demand(workload, 'inventory', { route: 'POST /inventory/{sku}/adjustments', params: { sku }, body })
}

async function hold(workload: Workload, sku: string): Promise<void> {
  const body = { lines: [{ sku, quantity: 1 }], holdSeconds: 60 }
  await demand(workload, 'inventory', { route: 'POST /reservations', body })
}

async function order(workload: Workload, sku: string, isQuick: boolean): Promise<void> {
  const name = workload.customerName(1)
  const lines = [{ sku, quantity: 1 }]
  // Not every price can be paid by card.
  const body = { lines, payment: { method: workload.price === 250 ? 'card' : 'manual' } }
  const asked = { as: { sub: name }, route: 'POST /orders', body, key: workload.newKey(), waitSeconds: 8 }
  const placed = await demand(workload, 'orders', asked)
  const id = await keep(workload, asked, lines, placed)
  if (!isQuick || placed.body['status'] !== 'reserved' || id === undefined) return
  const payment = { as: { sub: name }, route: 'POST /orders/{id}/payments', params: { id }, body: { method: 'wallet' } }
  const paid = await demand(workload, 'payments', payment)
  if (paid.body['status'] === 'captured') workload.acknowledged.push({ what: 'paid', orderId: id })
}

/** What may be refused for want of units or money, but not because something is not known. */
async function demand(workload: Workload, service: Simulated, asked: Asked): Promise<Reply> {
  const reply = await workload.ask(service, { as: operator, key: workload.newKey(), ...asked })
  if (reply === undefined || reply.status === 404 || reply.status === 422)
    throw new Violation('what is created is known at once', `${asked.route}: ${JSON.stringify(reply)}`)
  return reply
}
