import { paymentIdOf } from '../../../functions/payments/core/payment.ts'
import type { Asked, Reply } from '../engine/request.ts'
import type { Simulated } from '../engine/services.ts'
import { Violation } from '../invariants/violation.ts'
import { list } from './shopkeepers.ts'
import { type Workload, operator } from './workload.ts'

/** A product that stays, one that goes and comes again under its sku, and those that go while their first labels come. */
const [staying, passing] = ['label-1', 'label-2']
const leaving = ['label-3', 'label-4', 'label-5']

/** Systems label products of their own at the same time, each under its keys, while one of the products goes now and then. */
export async function labelProducts(workload: Workload): Promise<void> {
  for (const sku of [staying, passing]) await list(workload, sku, false)
  const lives = new Lives()
  const systems = ['erp', 'crm', 'pim'].map((system) => label(workload, lives, system))
  const late = leaving.map((sku) => labelLate(workload, sku))
  await Promise.all([...systems, adjust(workload), comeAndGo(workload, lives), ...late])
}

/** Systems label payments at the same time, each under its keys, the newest above all: while money comes and goes. */
export async function labelPayments(workload: Workload): Promise<void> {
  await Promise.all(['books', 'bank'].map((system) => labelPaymentsAs(workload, system)))
}

async function labelPaymentsAs(workload: Workload, system: string): Promise<void> {
  const { world, paymentLabels: labels } = workload
  const { markChance: chance } = world
  const key = labels.newKey(system)
  const waits = chance.pick([500, 20_000, 120_000])
  for (let left = chance.between(3, 12); left > 0; left -= 1) {
    await world.sleep(chance.below(waits))
    const order = chance.maybe(0.7) ? workload.orders.at(-1) : chance.pick(workload.orders)
    if (order === undefined) continue
    const { value, names, body } = changeOf(chance, key, left, system === 'bank')
    const params = { id: paymentIdOf(order.id) }
    const reply = await once(workload, 'payments', { route: 'PATCH /payments/{id}', params, body })
    if (isRefused(reply)) continue
    for (const name of names) labels.sent(order.id, name, value, reply?.status === 200)
  }
}

/** Sets the key of a system to another value, or removes it; and the reference with it, where it may do that. */
function changeOf(chance: Workload['world']['markChance'], key: string, left: number, mayRefer: boolean) {
  const value = chance.maybe(0.2) ? undefined : `${key} ${left}`
  const refers = mayRefer && chance.maybe(0.5)
  return {
    value,
    names: refers ? [key, 'reference'] : [key],
    body: { metadata: { [key]: value ?? null }, ...(refers && { reference: value ?? null }) },
  }
}

/** Which life of the sku that passes is known to last; none from the request that ends it until it is there again. */
class Lives {
  #known = 1
  #lasts = true

  get lasting(): number | undefined {
    return this.#lasts ? this.#known : undefined
  }

  ends(): void {
    this.#lasts = false
  }

  begins(): void {
    this.#lasts = true
    this.#known += 1
  }
}

async function label(workload: Workload, lives: Lives, system: string): Promise<void> {
  const { world, productLabels: labels } = workload
  const { markChance: chance } = world
  const key = labels.newKey(system)
  const waits = chance.pick([50, 5_000, 120_000])
  for (let left = chance.between(3, 9); left > 0; left -= 1) {
    await world.sleep(chance.below(waits))
    const sku = chance.maybe(0.7) ? staying : passing
    const { value, names, body } = changeOf(chance, key, left, system === 'erp')
    const life = lives.lasting
    const reply = await relabel(workload, sku, body)
    const isKnown = sku === staying || (life !== undefined && life === lives.lasting)
    if (isRefused(reply)) continue
    for (const name of names) labels.sent(sku, name, value, reply?.status === 200 && isKnown)
  }
}

async function comeAndGo(workload: Workload, lives: Lives): Promise<void> {
  const { world, productLabels: labels } = workload
  const { markChance: chance } = world
  for (let left = chance.below(4); left > 0; left -= 1) {
    await world.sleep(chance.below(chance.pick([500, 60_000, 240_000])))
    lives.ends()
    labels.going(passing)
    const reply = await retire(workload, passing)
    // It may yet go at any time.
    if (reply === undefined || reply.status >= 500) return
    await world.sleep(chance.below(90_000))
    if (!(await list(workload, passing, false))) return
    labels.gone(passing)
    lives.begins()
  }
}

/** Units come to the product that stays, one by one and in lists, each with the document that it comes with. */
async function adjust(workload: Workload): Promise<void> {
  const { world, adjustmentLabels } = workload
  const { markChance: chance } = world
  const sent = new Map<string, boolean>()
  adjustmentLabels.set(staying, sent)
  const adjustment = () => {
    const key = workload.newKey()
    const metadata = { document: key }
    return { key, metadata, warehouseId: chance.pick(workload.warehouses), delta: 1, reason: 'delivery' }
  }
  const noted = (documents: readonly string[], isAnswered: boolean): void => {
    for (const each of documents) sent.set(each, isAnswered)
  }
  for (let left = chance.between(1, 5); left > 0; left -= 1) {
    await world.sleep(chance.below(60_000))
    const rows = Array.from({ length: chance.between(2, 4) }, () => ({ sku: staying, ...adjustment() }))
    const { key, ...body } = adjustment()
    const isOne = chance.maybe(0.5)
    const documents = isOne ? [key] : rows.map((row) => row.key)
    noted(documents, false)
    const params = { sku: staying }
    const reply = isOne
      ? await askAdjusting(workload, { route: 'POST /inventory/{sku}/adjustments', params, body, key })
      : await askAdjusting(workload, { route: 'POST /inventory/adjustments', body: { rows } })
    const results = (reply?.body['rows'] ?? []) as readonly { readonly key: string; readonly result: string }[]
    if (isOne) noted(documents, reply?.status === 201)
    else
      noted(
        results.flatMap((row) => (row.result === 'done' ? [row.key] : [])),
        true,
      )
  }
}

const askAdjusting = (workload: Workload, asked: Omit<Asked, 'as'>): Promise<Reply | undefined> =>
  workload.askOnceOrTwice('inventory', { as: operator, ...asked })

async function labelLate(workload: Workload, sku: string): Promise<void> {
  const { world, productLabels: labels } = workload
  const { markChance: chance } = world
  for (let left = chance.below(4); left > 0; left -= 1) {
    if (!(await list(workload, sku, false))) return
    labels.sent(sku, 'late', 'yes', false)
    const late = world.sleep(chance.below(100)).then(() => relabel(workload, sku, { metadata: { late: 'yes' } }))
    await Promise.all([late, retire(workload, sku)])
    await world.sleep(chance.below(90_000))
  }
}

const relabel = (workload: Workload, sku: string, body: object): Promise<Reply | undefined> =>
  once(workload, 'catalog', { route: 'PATCH /products/{sku}/labels', params: { sku }, body })
const retire = (workload: Workload, sku: string): Promise<Reply | undefined> =>
  once(workload, 'inventory', { route: 'DELETE /products/{sku}', params: { sku } })

/** Whether nothing comes of it, now or later. */
const isRefused = (reply: Reply | undefined): boolean =>
  reply !== undefined && reply.status >= 400 && reply.status < 500

/** One attempt: what is sent again after later ones would come to stand again. */
async function once({ world }: Workload, service: Simulated, asked: Omit<Asked, 'as'>): Promise<Reply | undefined> {
  const reply = await world.request(service, { as: operator, ...asked })
  const about = JSON.stringify([asked.params, asked.body])
  world.trace.write(`labeller: ${asked.route} ${about} -> ${reply?.status ?? 'no answer'}`)
  if (reply?.status === 500) throw new Violation('no request fails unexpectedly', String(reply.body['error']))
  return reply
}
