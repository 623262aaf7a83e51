import { type EventContract, detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import { events } from '../../../schemas/users.ts'
import { type Workload, operator } from './workload.ts'
import { Violation } from '../invariants/violation.ts'

/** What the users service publishes of customers, also late, twice and out of order. */
export class Newcomers {
  readonly #workload: Workload
  readonly #promised: Set<string>
  /** Users by id, with the newest version that was published of each. */
  readonly versions = new Map<string, number>()

  /** The ids of events are added to those that were promised. */
  constructor(workload: Workload, promised: Set<string>) {
    this.#workload = workload
    this.#promised = promised
  }

  /** Customers register, some of them late; the events of some come twice, or change them. */
  async arrive(): Promise<void> {
    const { world, customerName } = this.#workload
    const { chance, clock } = world
    for (const name of [1, 2, 3, 4, 5].map(customerName)) {
      const times = chance.pick([1, 1, 1, 2])
      const late = chance.maybe(0.15)
      for (let time = 1; time <= times; time += 1)
        if (late) clock.at(clock.now() + chance.below(300_000), () => this.#publish(name, 1))
        else this.#publish(name, 1)
      if (chance.maybe(0.2))
        clock.at(clock.now() + chance.below(300_000), () => this.#publish(name, chance.between(2, 3)))
      if (!late && chance.maybe(0.2)) await this.#greet(name)
    }
  }

  /** Nothing is in the way yet: who has registered can be paid for the moment after. */
  async #greet(name: string): Promise<void> {
    const route = 'POST /users/{id}/wallet/deposits'
    const body = { amount: { amount: 250, currency: 'GBP' } }
    const reply = await this.#workload.world.request('payments', {
      as: operator,
      route,
      params: { id: name },
      body,
      key: this.#workload.newKey(),
    })
    if (reply?.status !== 201) throw new Violation('who has registered is known', `${name}: ${JSON.stringify(reply)}`)
  }

  #publish(userId: string, version: number): void {
    const contract: EventContract = version === 1 ? events.userRegistered : events.userUpdated
    const id = `${userId}/user@${version}/${contract.name}`
    const data = { userId, email: 'a@example.com', roles: ['customer'], ...(version > 1 && { version }) }
    const time = '2026-03-01T00:00:00.000Z'
    const detail = JSON.stringify({ id, time, correlationId: userId, causationId: 'request', data })
    this.#promised.add(id)
    this.versions.set(userId, Math.max(version, this.versions.get(userId) ?? 0))
    this.#workload.world.bus.putEvents([
      { Source: sourceOf(contract), DetailType: detailTypeOf(contract), Detail: detail },
    ])
  }

  /** At rest: services know the newest of each, and nobody else has an order or a wallet, but for orders of guests. */
  check(): void {
    const { orders, payments } = this.#workload.world.deployed
    for (const { table } of [orders, payments]) {
      const items = table.primary.items()
      const known = new Map(items.filter(({ sk }) => sk === 'user').map((item) => [item.pk, item['userVersion']]))
      for (const [id, version] of this.versions)
        if (known.get(`user_${id}`) !== version)
          throw new Violation('services know the newest of a user', `${id}: ${String(known.get(`user_${id}`))}`)
      for (const { pk, sk, customerPk } of items) {
        const owner = sk === 'order' ? String(customerPk) : sk === 'wallet' ? pk.slice('wallet_'.length) : undefined
        if (owner === undefined || this.versions.has(owner)) continue
        if (owner !== operator.sub && !(owner === 'guest' && sk === 'order'))
          throw new Violation('nothing belongs to nobody', `${pk} is of ${owner}`)
      }
    }
  }
}
