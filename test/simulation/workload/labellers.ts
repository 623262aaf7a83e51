import type { Reply } from '../engine/request.ts'
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
  await Promise.all([...systems, comeAndGo(workload, lives), ...leaving.map((sku) => labelLate(workload, sku))])
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
    const value = chance.maybe(0.2) ? undefined : `${key} ${left}`
    const names = system === 'erp' && chance.maybe(0.5)
    const body = { metadata: { [key]: value ?? null }, ...(names && { reference: value ?? null }) }
    const life = lives.lasting
    const reply = await once(workload, 'PATCH /products/{sku}/labels', sku, body)
    const isKnown = sku === staying || (life !== undefined && life === lives.lasting)
    if (reply !== undefined && reply.status < 500 && reply.status !== 200) continue
    for (const name of names ? [key, 'reference'] : [key])
      labels.sent(sku, name, value, reply?.status === 200 && isKnown)
  }
}

async function comeAndGo(workload: Workload, lives: Lives): Promise<void> {
  const { world, productLabels: labels } = workload
  const { markChance: chance } = world
  for (let left = chance.below(4); left > 0; left -= 1) {
    await world.sleep(chance.below(chance.pick([500, 60_000, 240_000])))
    lives.ends()
    labels.going(passing)
    const reply = await once(workload, 'DELETE /products/{sku}', passing)
    // It may yet go at any time.
    if (reply === undefined || reply.status >= 500) return
    await world.sleep(chance.below(90_000))
    if (!(await list(workload, passing, false))) return
    labels.gone(passing)
    lives.begins()
  }
}

async function labelLate(workload: Workload, sku: string): Promise<void> {
  const { world, productLabels: labels } = workload
  const { markChance: chance } = world
  for (let left = chance.below(4); left > 0; left -= 1) {
    if (!(await list(workload, sku, false))) return
    labels.sent(sku, 'late', 'yes', false)
    const late = world
      .sleep(chance.below(100))
      .then(() => once(workload, 'PATCH /products/{sku}/labels', sku, { metadata: { late: 'yes' } }))
    await Promise.all([late, once(workload, 'DELETE /products/{sku}', sku)])
    await world.sleep(chance.below(90_000))
  }
}

/** One attempt: what is sent again after later ones would come to stand again. */
async function once({ world }: Workload, route: string, sku: string, body?: object): Promise<Reply | undefined> {
  const service = route.startsWith('DELETE') ? 'inventory' : 'catalog'
  const reply = await world.request(service, { as: operator, route, params: { sku }, ...(body && { body }) })
  world.trace.write(`labeller: ${route} ${sku} ${JSON.stringify(body ?? {})} -> ${reply?.status ?? 'no answer'}`)
  if (reply?.status === 500) throw new Violation('no request fails unexpectedly', String(reply.body['error']))
  return reply
}
