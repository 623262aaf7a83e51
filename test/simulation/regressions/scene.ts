import type { Level } from '../../../schemas/level.ts'
import { localRates } from '../../../lib/rates.ts'
import { drive } from '../engine/drive.ts'
import type { FaultName } from '../faults/faults.ts'
import type { Simulated } from '../engine/services.ts'
import { Ledger } from '../invariants/ledger.ts'
import { type Lines, operator } from '../workload/workload.ts'
import type { Asked, Reply } from '../engine/request.ts'
import { World } from '../engine/world.ts'

/** Units of each sku in each warehouse. */
export type Stock = Readonly<Record<string, Readonly<Record<string, number>>>>

export const seconds = 1_000
export const minutes = 60_000
export const hours = 3_600_000

/** More than any scene needs. */
const mostSteps = 50_000

/** A world without chance but for latencies, in which a script decides who does what and which faults are on. */
export class Scene {
  /** Which faults are on now. Those that shape the world must be there, at 0, from the beginning. */
  readonly faults: Partial<Record<FaultName, number>>
  readonly world: World
  readonly ledger: Ledger
  #keys = 0
  #steps = 0

  private constructor(seed: number, faults: Partial<Record<FaultName, number>>) {
    this.faults = faults
    this.world = new World(seed, { rates: faults, holdSeconds: 86_400, cardRates: localRates.payments })
    this.ledger = new Ledger(this.world)
    this.world.watcher = this.ledger
  }

  /** A shop that has been open for some minutes. */
  static async open(stock: Stock, faults: Partial<Record<FaultName, number>> = {}, seed = 1): Promise<Scene> {
    const scene = new Scene(seed, faults)
    const warehouses = new Set(Object.values(stock).flatMap(Object.keys))
    for (const name of warehouses) await scene.done('inventory', { route: 'POST /warehouses', body: { name } })
    const price = { amount: 250, currency: 'GBP' }
    for (const sku of Object.keys(stock))
      await scene.done('catalog', { route: 'POST /products', body: { sku, name: sku, price } })
    await scene.pass(10 * seconds)
    for (const [sku, levels] of Object.entries(stock))
      for (const [warehouseId, delta] of Object.entries(levels)) await scene.adjust(sku, { warehouseId, delta })
    await scene.pass(3 * minutes)
    scene.world.faults.begin()
    return scene
  }

  key(): string {
    return `key-${(this.#keys += 1)}`
  }

  /** Sends a request, as an operator unless it names a caller; nothing goes on before `pass` or `answer`. */
  send(service: Simulated, asked: Omit<Asked, 'as'> & Partial<Pick<Asked, 'as'>>): Promise<Reply | undefined> {
    const key = asked.route.startsWith('POST') ? this.key() : undefined
    return this.world.request(service, { as: operator, key, ...asked })
  }

  /** Lets the world go on until the answer is there; undefined when it is lost. */
  async answer<Answer>(asking: Promise<Answer>): Promise<Answer> {
    const state: { over: boolean } = { over: false }
    const over = asking.finally(() => (state.over = true))
    over.catch(() => {})
    await this.#drive(() => state.over)
    if (!state.over) throw new Error('Nobody answers.')
    return over
  }

  ask(...asked: Parameters<Scene['send']>): Promise<Reply | undefined> {
    return this.answer(this.send(...asked))
  }

  /** The answer of a request that must go well, sent again and again until it has one. */
  async done(service: Simulated, asked: Parameters<Scene['send']>[1]): Promise<Reply['body']> {
    const again = { key: this.key(), ...asked }
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const reply = await this.ask(service, again)
      if (reply !== undefined && reply.status < 300) return reply.body
      if (reply !== undefined && reply.status < 500) throw new Error(`${asked.route}: ${JSON.stringify(reply)}`)
    }
    throw new Error(`${asked.route} is never answered.`)
  }

  /** Places an order that holds for a day, and returns its id. */
  async place(customer: string, lines: Lines, more: object = {}): Promise<string> {
    return String((await this.done('orders', this.placing(customer, lines, more)))['id'])
  }

  placing(customer: string, lines: Lines, more: object = {}): Omit<Asked, 'as'> & Pick<Asked, 'as'> {
    const body = { lines, payment: { method: 'manual' }, holdSeconds: 86_400, ...more }
    return { as: { sub: customer }, route: 'POST /orders', body, key: this.key() }
  }

  async cancel(id: string): Promise<void> {
    await this.done('orders', { route: 'POST /orders/{id}/cancel', params: { id } })
  }

  async approve(id: string): Promise<void> {
    await this.done('orders', { route: 'POST /orders/{id}/approve', params: { id } })
  }

  paying(customer: string, id: string, token: string): Asked {
    const body = { method: 'card', token }
    return { as: { sub: customer }, route: 'POST /orders/{id}/payments', params: { id }, body, key: this.key() }
  }

  pay(customer: string, id: string, token: string): Promise<Reply | undefined> {
    return this.ask('payments', this.paying(customer, id, token))
  }

  /** The id of the first shipment of an order. */
  async shipment(id: string): Promise<string> {
    const { items } = await this.done('shipping', { route: 'GET /orders/{id}/shipments', params: { id } })
    return String((items as readonly { id: string }[])[0]?.id)
  }

  async adjust(sku: string, change: object): Promise<void> {
    const body = { ...change, reason: 'counted' }
    await this.done('inventory', { route: 'POST /inventory/{sku}/adjustments', params: { sku }, body })
  }

  async status(id: string): Promise<unknown> {
    return (await this.done('orders', { route: 'GET /orders/{id}', params: { id } }))['status']
  }

  /** Available, reserved and allocated units of a sku, in each warehouse: `{ main: '3/0/0' }`. */
  async levels(sku: string): Promise<Readonly<Record<string, string>>> {
    const { items } = await this.done('inventory', { route: 'GET /inventory/{sku}/levels', params: { sku } })
    const levels = items as readonly Level[]
    return Object.fromEntries(
      levels.map(({ warehouseId, available, reserved, allocated }) => [
        warehouseId,
        `${available}/${reserved}/${allocated}`,
      ]),
    )
  }

  /** Lets so many milliseconds pass. */
  async pass(milliseconds: number): Promise<void> {
    const { clock } = this.world
    const state = { over: false }
    clock.at(clock.now() + milliseconds, () => (state.over = true))
    await this.#drive(() => state.over)
  }

  /** Bodies of the messages that were given up. */
  deadLetters(): readonly string[] {
    return Object.values(this.world.deployed).flatMap(({ deadLetters }) =>
      deadLetters.messages().map(({ Body }) => Body),
    )
  }

  #drive(isOver: () => boolean): Promise<void> {
    const { clock, quiet } = this.world
    return drive(clock, { quiet, isOver, stepped: () => this.#stepped() })
  }

  #stepped(): void {
    if (this.ledger.violation) throw this.ledger.violation
    if ((this.#steps += 1) > mostSteps) throw new Error('The scene comes to no end.')
  }
}
