import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'
import type { Chance } from './chance.ts'
import { verdictOn } from './check.ts'
import { shelfGoods } from './goods.ts'
import { productLabels } from './labels.ts'
import { photos } from './photos.ts'
import { inbox } from './inbox.ts'
import { webhooks } from './webhooks.ts'
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

  constructor(wire: Wire, shop: Shop, plans: Plans) {
    this.#wire = wire
    this.#shop = shop
    this.#plans = plans
    this.skus = new Set(shop.skus)
    for (const [name, { method, path }] of Object.entries<RouteContract>(routes))
      this.tallies.set(name as RouteName, { route: `${method} ${path}`, ...noAnswers() })
  }

  /** Asks the route that was asked least, compared with its weight, of those that can be asked now, and never `except`. */
  async one(chance: Chance, goodOnly = false, except?: RouteName): Promise<void> {
    const shop = this.#shop
    const byNeed = [...this.tallies].toSorted(([a, one], [b, other]) => this.#need(a, one) - this.#need(b, other))
    for (const [name, tally] of byNeed) {
      if (name === except) continue
      const good = goodOnly || tally.succeeded < tally.asked * 0.5 || chance.maybe(0.5)
      const lent: Lent[] = []
      const lend = (shelf: Shelf): Made | undefined => {
        const made = shop.some(shelf, chance)
        if (made) lent.push([shelf, made])
        return made
      }
      const request = this.#plans[name].ask({ shop, chance, take: good ? (shelf) => shop.take(shelf) : lend })
      if (request === undefined) continue
      const { method, path } = routes[name]
      tally.asked += 1
      const raw = good ? written(method, path, request) : mutated(method, path, request, { shop, chance })
      return this.#ask(name, tally, raw, good ? request : undefined, lent, chance)
    }
  }

  /** Whether each route has succeeded once. */
  get hasReachedAll(): boolean {
    return [...this.tallies.values()].every(({ succeeded }) => succeeded > 0)
  }

  #need(name: RouteName, { asked }: RouteTally): number {
    return asked / (this.#plans[name].weight ?? 1)
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
      if (verdict.kind !== 'success') return
      tally.succeeded += 1
      this.#note(name, raw, verdict.body)
      for (const [shelf, made] of lent) this.#shop.remove(shelf, made)
      if (request) await this.#plans[name].learn?.({ shop: this.#shop, chance }, request, verdict.body as Answered)
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
