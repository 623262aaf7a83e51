import { AsyncLocalStorage } from 'node:async_hooks'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'
import type { Chance } from './chance.ts'
import { verdictOn } from './check.ts'
import { shelfGoods } from './goods.ts'
import { productLabels } from './labels.ts'
import { photos } from './photos.ts'
import { inbox } from './inbox.ts'
import { webhooks } from './webhooks.ts'
import { knownMakers } from './makers.ts'
import { money } from './money.ts'
import { mutated } from './mutate.ts'
import type { CodeOf } from './mailed-code.ts'
import { people } from './people.ts'
import type { Answered, Plan } from './plan.ts'
import { reports } from './reports.ts'
import { type Raw, type Request, written } from './request.ts'
import { parcels, sales } from './sales.ts'
import type { Made, Shelf, Shop } from './shop.ts'
import { stock } from './stock.ts'
import type { Wire } from './wire.ts'

/** How a route has answered. */
export interface RouteTally {
  readonly route: string
  asked: number
  succeeded: number
  /** How often somebody else was faster, or what stands behind did not answer, by code. */
  readonly busy: Map<string, number>
  /** How often good requests were refused, by code. */
  readonly refused: Map<string, number>
}

export type RouteName = keyof typeof routes
export type Plans = { readonly [Name in RouteName]: Plan }

/** The plans of all routes. */
export const plansOf = (webhookSecret: string, now: () => number, codeOf: CodeOf): Plans => ({
  ...people(codeOf),
  ...shelfGoods,
  ...photos,
  ...productLabels,
  ...stock,
  ...sales,
  ...parcels,
  ...money(webhookSecret, now),
  ...inbox,
  ...webhooks,
  ...reports,
})

/** A thing that an odd request was about: it stays on its shelf, unless the request succeeds. */
type Lent = readonly [Shelf, Made]

const mostFindings = 100
const noAnswers = () => ({
  asked: 0,
  succeeded: 0,
  busy: new Map<string, number>(),
  refused: new Map<string, number>(),
})

/** Asks routes, one request after the other, and keeps what came of it. */
export class Run {
  readonly tallies = new Map<RouteName, RouteTally>()
  readonly wrong: string[] = []
  readonly skus: Set<string>
  readonly reservations = new Set<string>()
  readonly #wire: Wire
  readonly #shop: Shop
  readonly #plans: Plans
  /** Routes whose answers put something on a shelf, or have done so. */
  readonly #makers = new Map<Shelf, Set<RouteName>>(
    Object.entries(knownMakers).map(([shelf, names]) => [shelf as Shelf, new Set(names)]),
  )
  readonly #learning = new AsyncLocalStorage<RouteName>()
  /** Routes that have refused what was asked last, as one does that somebody has asked too often. */
  readonly #refusing = new Set<RouteName>()

  constructor(wire: Wire, shop: Shop, plans: Plans) {
    this.#wire = wire
    this.#shop = shop
    this.#plans = plans
    this.skus = new Set(shop.skus)
    shop.onPut = (shelf) => {
      const name = this.#learning.getStore()
      if (name) this.#makers.set(shelf, (this.#makers.get(shelf) ?? new Set()).add(name))
    }
    for (const [name, { method, path }] of Object.entries<RouteContract>(routes))
      this.tallies.set(name as RouteName, { route: `${method} ${path}`, ...noAnswers() })
  }

  /** Asks the route that was asked least, compared with its weight, of those that can be asked now. */
  async one(chance: Chance, goodOnly = false): Promise<void> {
    for (const name of this.#byNeed(this.tallies.keys())) {
      const { succeeded, asked } = this.#tallyOf(name)
      const good = goodOnly || succeeded < asked * 0.5 || chance.maybe(0.5)
      if (await this.#try(name, good, chance)) return
    }
  }

  /**
   * Asks another route, for what this one finds nothing to be asked for: one that makes such things, or what that one needs in turn. Not
   * always: what has made something once need not do so again, and the route that was asked least may make it as well.
   */
  async toward(wanted: RouteName, chance: Chance): Promise<void> {
    if (chance.maybe(0.5) && (await this.#makerOf(wanted, chance))) return
    for (const name of this.#byNeed(this.tallies.keys()))
      if (name !== wanted && (await this.#try(name, true, chance))) return
  }

  /** Whether a route could be asked that has made what this one needs, or what that one needs in turn. */
  async #makerOf(wanted: RouteName, chance: Chance): Promise<boolean> {
    const seen = new Set([wanted])
    for (const name of seen) {
      const makers = [...this.#emptyFor(name, chance)].flatMap((shelf) => [...(this.#makers.get(shelf) ?? [])])
      for (const maker of this.#byNeed(makers.filter((each) => !seen.has(each) && !this.#refusing.has(each)))) {
        if (await this.#try(maker, true, chance)) return true
        seen.add(maker)
      }
    }
    return false
  }

  /** Whether each route has succeeded once. */
  get hasReachedAll(): boolean {
    return [...this.tallies.values()].every(({ succeeded }) => succeeded > 0)
  }

  #tallyOf(name: RouteName): RouteTally {
    return this.tallies.get(name) ?? { route: name, ...noAnswers() }
  }

  /** The route that was asked least comes first, compared with its weight. */
  #byNeed(names: Iterable<RouteName>): readonly RouteName[] {
    const need = (name: RouteName): number => this.#tallyOf(name).asked / (this.#plans[name].weight ?? 1)
    return [...names].toSorted((one, other) => need(one) - need(other))
  }

  /** The shelves on which the route finds nothing to be asked for. */
  #emptyFor(name: RouteName, chance: Chance): ReadonlySet<Shelf> {
    const shop = this.#shop
    return shop.emptyFor(() => this.#plans[name].ask({ shop, chance, take: (shelf) => shop.some(shelf, chance) }))
  }

  /** Asks the route, where there is something to ask it for. */
  async #try(name: RouteName, good: boolean, chance: Chance): Promise<boolean> {
    const shop = this.#shop
    const lent: Lent[] = []
    const lend = (shelf: Shelf): Made | undefined => {
      const made = shop.some(shelf, chance)
      if (made) lent.push([shelf, made])
      return made
    }
    const request = this.#plans[name].ask({ shop, chance, take: good ? (shelf) => shop.take(shelf) : lend })
    if (request === undefined) return false
    const { method, path } = routes[name]
    const tally = this.#tallyOf(name)
    tally.asked += 1
    const raw = good ? written(method, path, request) : mutated(method, path, request, { shop, chance })
    await this.#ask(name, tally, raw, good ? request : undefined, lent, chance)
    return true
  }

  async #ask(
    name: RouteName,
    tally: RouteTally,
    raw: Raw,
    request: Request | undefined,
    lent: readonly Lent[],
    chance: Chance,
  ): Promise<void> {
    try {
      const answer = await this.#wire.send(raw)
      const verdict = verdictOn(routes[name], answer)
      if (verdict.kind === 'wrong') this.#report(raw, `${answer.status}: ${verdict.why}`)
      if (verdict.kind === 'busy') addOne(tally.busy, verdict.code)
      if (verdict.kind === 'refused' && request) addOne(tally.refused, verdict.code)
      if (request && verdict.kind !== 'success') this.#refusing.add(name)
      if (verdict.kind !== 'success') return
      this.#refusing.delete(name)
      tally.succeeded += 1
      this.#note(name, raw, verdict.body)
      for (const [shelf, made] of lent) this.#shop.remove(shelf, made)
      const learn = this.#plans[name].learn
      if (request && learn)
        await this.#learning.run(name, () => learn({ shop: this.#shop, chance }, request, verdict.body as Answered))
    } catch (error) {
      this.#report(raw, `no answer: ${String(error)}`)
    }
  }

  /** What is reconciled in the end. */
  #note(name: RouteName, _: Raw, body: unknown): void {
    const made = body as { readonly id?: string; readonly sku?: string; readonly rows?: readonly { sku?: string }[] }
    if (name === 'createProduct' && made.sku !== undefined) this.skus.add(made.sku)
    if (name === 'createReservation' && made.id !== undefined) this.reservations.add(made.id)
    if (name === 'importProducts') for (const { sku } of made.rows ?? []) if (sku !== undefined) this.skus.add(sku)
  }

  #report({ method, path, headers, body }: Raw, why: string): void {
    if (this.wrong.length >= mostFindings) return
    const { authorization: _, ...rest } = headers
    const text = body === undefined ? '' : Buffer.from(body).toString().slice(0, 500)
    this.wrong.push(`${method} ${path.slice(0, 300)}\n  ${why}\n  ${JSON.stringify(rest).slice(0, 300)}\n  ${text}`)
  }
}

function addOne(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1)
}
