import type { Order } from '../../../schemas/order.ts'
import { maxHeldWarehouses } from '../../../schemas/held-lines.ts'
import { maxAmount } from '../../../schemas/shared.ts'
import { tokens } from '../engine/fake-provider.ts'
import type { Simulated } from '../engine/services.ts'
import { type Names, namesOf } from './names.ts'
import { Violation } from '../invariants/violation.ts'
import type { Asked, Reply } from '../engine/request.ts'
import type { World } from '../engine/world.ts'
import { LabelsWritten } from './labels-written.ts'

export const operator = { sub: 'operator', roles: 'operator' }

/** What an answer has acknowledged, and must stay true. */
export type Acknowledgement =
  | { readonly what: 'placed'; readonly key: string; readonly lines: Lines; readonly order: Order }
  | { readonly what: 'cancelled' | 'approved'; readonly orderId: string; readonly status: unknown }
  | { readonly what: 'line cancelled'; readonly orderId: string; readonly sku: string; readonly units: number }
  | { readonly what: 'paid' | 'refunded' | 'delivered' | 'stopped'; readonly orderId: string }
  /** With the lines that were named, where not all was to leave. */
  | { readonly what: 'dispatched'; readonly orderId: string; readonly shipmentId: string; readonly lines?: Lines }
  | { readonly what: 'deposited'; readonly customer: string; readonly entry: string; readonly amount: number }
  | { readonly what: 'closed'; readonly refundId: string; readonly reference: string }
  | { readonly what: 'returned'; readonly orderId: string; readonly units: number }
  | { readonly what: 'adjusted'; readonly sku: string; readonly key: string; readonly isRow?: true }
  | { readonly what: 'held' | 'committed' | 'released'; readonly reservationId: string }
  | { readonly what: 'extended'; readonly reservationId: string; readonly expiresAt: string }
  /** Units that were to leave, and whether that was answered; an endless number of all that is left. */
  | { readonly what: 'left'; readonly reservationId: string; readonly units: number; readonly isAnswered: boolean }
  | { readonly what: 'committed one'; readonly reservationIds: readonly string[] }

export type Lines = readonly { readonly sku: string; readonly quantity: number }[]

/** When somebody who had no answer asks again; `on the minute` is when sweepers run. */
export type Rhythm = 'soon' | 'any' | 'on the minute'
const rhythms: readonly Rhythm[] = ['soon', 'soon', 'any', 'on the minute']

/** What there is more of than elsewhere. */
export type Day = 'nothing' | 'business' | 'last moments' | 'recalls' | 'returns' | 'parts'
export const days: readonly Day[] = ['nothing', 'business', 'last moments', 'recalls', 'returns', 'parts']

/** What goes best with it. */
const cardsOf: Readonly<Partial<Record<Day, readonly string[]>>> = {
  'last moments': ['tok_yes', 'tok_no', 'tok_slow'],
  recalls: ['tok_gone', 'tok_gone', 'tok_yes'],
  returns: ['tok_back', 'tok_back', 'tok_now'],
  parts: ['tok_yes', 'tok_now', 'tok_gone'],
}
const allMethods = ['manual', 'manual', 'wallet', 'wallet', 'card', 'card', 'card'] as const

/** All that a history asks for: by whom, how often, and what was acknowledged. */
export class Workload {
  readonly world: World
  readonly skus: readonly string[]
  /** Ids; the first to ship first where priorities are the same. */
  readonly warehouses: readonly string[]
  /** Whether units of a sku lie in more warehouses than an order can be held from. */
  readonly isScattered: boolean
  readonly customerName: Names
  readonly acknowledged: Acknowledgement[] = []
  readonly orders: { readonly id: string; readonly customer: string }[] = []
  readonly labels = new LabelsWritten()
  readonly productLabels = new LabelsWritten()
  readonly paymentLabels = new LabelsWritten()
  /** What came with adjustments, by the sku: what each was sent with, and whether that was answered. */
  readonly adjustmentLabels = new Map<string, Map<string, boolean>>()
  /** How much time people take: from everybody at once to one after the other. */
  readonly #pace: number
  /** Of every product when it is listed, in minor units of GBP; some shops give everything away, and of what is dearest one can order one. */
  readonly price: number
  readonly day: Day
  /** How orders are to be paid, and what the cards do: what takes two meetings of one kind seldom happens when all kinds do. */
  readonly methods: readonly ('manual' | 'wallet' | 'card')[]
  readonly cards: readonly string[]
  /** How often customers think better of it. */
  readonly fickle: number
  /** How often somebody takes parcels away while their order is being cancelled. */
  readonly hurry: number
  /** How often customers wait until a hold is about to end. */
  readonly late: number
  /** How often parcels take their usual way, to the customer and all the way back. */
  readonly usual: number
  /** How often a parcel leaves in part. */
  readonly parts: number
  /** Whether refunds that the provider may yet make are paid by hand now and then. */
  readonly hasTill: boolean
  /** Whether the day is about parcels, so that somebody always sends them, and goes on. */
  readonly sends: boolean
  /** Whether orders may wait for products of the shop. */
  readonly waits: boolean
  readonly #keyName: Names
  #keys = 0

  constructor(world: World, skus: readonly string[], day: Day) {
    this.world = world
    this.day = day
    this.skus = skus
    const { chance } = world
    this.#pace = chance.pick([0.0005, 0.01, 0.1, 1])
    this.price = chance.maybe(0.1) ? chance.pick([0, maxAmount]) : 250
    this.methods = cardsOf[day]
      ? chance.pick([['card'], ['card', 'wallet'], ['card', 'manual'], allMethods])
      : chance.pick([allMethods, allMethods, ['manual'], ['card']])
    const few = Array.from({ length: 2 }, () => chance.pick([...new Set(tokens)]))
    this.cards = cardsOf[day] ?? (chance.maybe(0.5) ? tokens : few)
    this.fickle = day === 'recalls' ? 0.9 : chance.pick([0.1, 0.3])
    this.hurry = day === 'recalls' ? 0.9 : 0.3
    this.late = day === 'last moments' ? 0.9 : chance.pick([0.1, 0.3])
    this.usual = day === 'returns' || day === 'parts' ? 0.95 : 0.7
    this.parts = day === 'parts' ? 0.8 : world.side.pick([0, 0.3])
    this.hasTill = chance.maybe(0.6)
    this.sends = day === 'returns' || day === 'recalls' || day === 'parts'
    this.isScattered = chance.maybe(0.04)
    this.waits = world.waits
    this.warehouses = this.isScattered
      ? Array.from({ length: maxHeldWarehouses + 2 }, (_, index) => `hall-${index + 1}`)
      : chance.pick([
          ['main', 'side'],
          ['main', 'side'],
          ['main', 'side', 'attic'],
          ['main', 'constructor'],
        ])
    this.customerName = namesOf('customer', chance)
    this.#keyName = namesOf('key', chance)
  }

  /** Sends it until there is an answer that is not the server's fault, a few times; undefined when there was none. */
  async ask(service: Simulated, asked: Asked, when = rhythms): Promise<Reply | undefined> {
    const { chance, trace } = this.world
    const patience = chance.pick([6, 6, 6, 1])
    const rhythm = chance.pick(when)
    for (let attempt = 1; attempt <= patience; attempt += 1) {
      const reply = await this.world.request(service, asked)
      trace.write(`${asked.as?.['sub']}: ${asked.route} ${text(asked)} -> ${replied(reply)}`)
      if (reply?.status === 500) throw new Violation('no request fails unexpectedly', String(reply.body['error']))
      if (reply !== undefined && reply.status < 500) return reply
      await this.world.sleep(this.#untilNextTry(rhythm))
    }
    return undefined
  }

  /** The same, and sometimes the very same request at the same time: by two clicks. */
  async askOnceOrTwice(service: Simulated, asked: Asked, when = rhythms): Promise<Reply | undefined> {
    const asking = [this.ask(service, asked, when)]
    if (this.world.chance.maybe(0.15)) asking.push(this.ask(service, asked, when))
    const replies = await Promise.all(asking)
    return replies.find((reply) => reply !== undefined && reply.status < 300) ?? replies[0]
  }

  /** Asks for two things at once under one key: at most one of them is to be had. The one that was, or else the first. */
  async askEither(
    service: Simulated,
    either: readonly [Asked, Asked],
    when = rhythms,
  ): Promise<{ readonly asked: Asked; readonly reply: Reply | undefined }> {
    const answers = await Promise.all(
      either.map(async (asked) => ({ asked, reply: await this.ask(service, asked, when) })),
    )
    const had = answers.filter(({ reply }) => reply !== undefined && reply.status < 300)
    if (had.length > 1)
      throw new Violation(
        'one key, one request',
        `${either[0].route} ${either[0].key}: two requests at once were taken`,
      )
    return had[0] ?? answers[0]!
  }

  /** Sometimes sends another body under a key that was answered: that must be refused. */
  async misuseKey(service: Simulated, asked: Asked, body: object): Promise<void> {
    if (!this.world.chance.maybe(0.1)) return
    const reply = await this.ask(service, { ...asked, body })
    if (reply !== undefined && reply.status !== 422)
      throw new Violation('one key, one request', `${asked.route} ${asked.key} with another body: ${reply.status}`)
  }

  /** Until shortly before sweepers run. */
  untilTheMinute(): Promise<void> {
    const { chance, clock } = this.world
    return this.world.sleep(60_000 - (clock.now() % 60_000) + chance.pick([0, 60_000]) - chance.between(50, 3_000))
  }

  /** `on the minute` is about when what is left half-way now falls due. */
  #untilNextTry(rhythm: Rhythm): number {
    const { chance, clock } = this.world
    if (rhythm === 'on the minute')
      return 120_000 - (clock.now() % 60_000) - chance.between(30, chance.pick([2_000, 180, 180]))
    return rhythm === 'any' ? chance.between(100, 70_000) : chance.between(100, 4_000)
  }

  /** How often somebody does something: on most days seldom. */
  times(least: number, most: number): number {
    return this.world.chance.between(least, this.day === 'business' ? most : Math.ceil((least + most) / 4))
  }

  lines(): Lines {
    const { chance } = this.world
    if (this.price === maxAmount) return [{ sku: chance.pick(this.skus), quantity: 1 }]
    if (this.isScattered) {
      const { length } = this.warehouses
      const quantity = chance.pick([1, 3, length - 1, length, length + 1])
      const line = { sku: chance.pick(this.skus), quantity }
      return chance.maybe(0.5) ? [line] : [{ sku: chance.pick(this.skus), quantity: 3 }, line]
    }
    if (chance.maybe(0.35)) return this.oneOfEach()
    const count = chance.between(1, 3)
    return Array.from({ length: count }, () => ({
      sku: chance.pick(this.skus),
      quantity: this.day === 'parts' ? chance.pick([2, 3, 4]) : chance.pick([1, 1, 1, 2, 3]),
    }))
  }

  /** In an order of their own, so that large holds take in different directions. */
  oneOfEach(): Lines {
    const from = this.world.chance.below(this.skus.length)
    return [...this.skus.slice(from), ...this.skus.slice(0, from)].map((sku) => ({ sku, quantity: 1 }))
  }

  newKey(): string {
    return this.#keyName((this.#keys += 1))
  }

  pause(most: number): Promise<void> {
    return this.world.sleep(Math.floor(this.world.chance.below(most) * this.#pace))
  }
}

const text = ({ params, body, key }: Asked): string =>
  [params && Object.values(params)[0], body && JSON.stringify(body).slice(0, 160), key].filter(Boolean).join(' ')

function replied(reply: Reply | undefined): string {
  if (reply === undefined) return 'no answer'
  const { id, status, code, error } = reply.body
  return [reply.status, id, status, code, error].filter(Boolean).join(' ')
}
