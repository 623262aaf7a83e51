import { heldBy } from '../../../functions/inventory/core/held-units.ts'
import { type ReservationItem, readReservation } from '../../../functions/inventory/store/reservation-item.ts'
import { type StockItem, readStock } from '../../../functions/inventory/store/stock-item.ts'
import type { Counts } from '../../../functions/inventory/core/level.ts'
import type { Stock } from '../../../functions/inventory/core/stock.ts'
import { maxHeldLines, maxHeldWarehouses, type HeldLine } from '../../../schemas/held-lines.ts'
import { reservationChart } from '../../../functions/inventory/core/reservation-chart.ts'
import { graceMs } from '../../../functions/orders/core/hold.ts'
import { isClosed, status } from '../../../functions/orders/core/status.ts'
import { type Header, type Stored, isOrder, readOrder } from '../../../functions/orders/store/order-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import { parcelChart } from '../../../functions/shipping/core/parcel-chart.ts'
import { allows } from '../../../schemas/state-chart.ts'
import { closingOf } from '../../../functions/shipping/core/emits.ts'
import { hasLeft } from '../../../functions/shipping/core/parcel.ts'
import {
  type ShipmentsItem,
  readShipments,
  reductionIdOf,
  shipmentIdOf,
} from '../../../functions/shipping/store/shipments-item.ts'
import { mild } from '../faults/faults.ts'
import { AddressInvariants } from './addresses.ts'
import { checkShipFrom } from './route.ts'
import { CountInvariants } from './counts.ts'
import { checkExtension } from './extensions.ts'
import { LevelInvariants } from './levels.ts'
import { MoneyInvariants } from './money.ts'
import { ReportInvariants } from '../reports/check-reports.ts'
import { MovementInvariants } from './movements.ts'
import { checkParts } from './parts.ts'
import { photoStep } from './photos.ts'
import { isReturn, isWithdrawing, returnedOf, shippedOf } from './reserved-units.ts'
import { checkStep } from './order-step.ts'
import { StandingInvariants } from './standing.ts'
import { SupplyInvariants } from './supply.ts'
import { TakeOverInvariants } from './take-overs.ts'
import { Violation } from './violation.ts'
import { WaitingInvariants } from './waiting.ts'
import { type Change, skusOf } from './change.ts'
import type { Simulated } from '../engine/services.ts'
import type { Watcher } from '../engine/watcher.ts'
import type { World } from '../engine/world.ts'

/** A sku, its units, and what one costs, in minor units. */
type OrderedLine = readonly [sku: string, units: number, price: number]

interface Held {
  reserved: number
  allocated: number
  /** Have left, and did not come back. */
  away: number
}

/** Records all that is written, and throws `Violation` as soon as a promise is broken. */
export class Ledger implements Watcher {
  readonly reservations = new Map<string, ReservationItem>()
  readonly stocks = new Map<string, Stock>()
  readonly orders = new Map<string, Stored>()
  readonly shippings = new Map<string, ShipmentsItem>()
  readonly money: MoneyInvariants
  readonly #standing: StandingInvariants
  readonly #levels: LevelInvariants
  readonly #counts = new CountInvariants()
  readonly #addresses: AddressInvariants
  readonly #ofMovements: MovementInvariants
  readonly #waiting = new WaitingInvariants()
  readonly #supply = new SupplyInvariants()
  readonly takeOvers: TakeOverInvariants
  readonly reports = new ReportInvariants()
  /** Units by sku and warehouse, as adjusted by hand. */
  readonly adjusted = new Map<string, number>()
  /** Ids of movements, each without its time. */
  readonly movements: string[] = []
  /** Ids of all events that were written down to be published. */
  readonly promised = new Set<string>()
  /** Reservations that were once held whole. */
  readonly held = new Set<string>()
  readonly committed = new Set<string>()
  /** What each return brings, by its id. */
  readonly returns = new Map<string, readonly ReturnedLine[]>()
  /** Minor units for a unit of each sku, by order and by the name of what is aside. */
  readonly #prices = new Map<string, Map<string, number>>()
  /** What was ordered, by the same names. */
  readonly #lines = new Map<string, readonly OrderedLine[]>()
  /** Where orders go, and where they may come from, by the same names. */
  readonly #routes = new Map<string, Pick<Item, 'address' | 'from' | 'takes'>>()
  /** What each cancellation of a line took out of a parcel that goes on. */
  readonly reductions = new Map<string, { readonly orderId: string; readonly lines: readonly HeldLine[] }>()
  /** Units that came back when their unique product was there already, by sku and warehouse. */
  readonly #surplus = new Map<string, number>()
  /** What reservations hold and parcels have taken, by sku and warehouse. */
  readonly #held = new Map<string, Map<string, Held>>()
  violation: Violation | undefined
  readonly #world: World
  readonly #strict: boolean
  /** How far from each other a decision and its write may be, by different clocks and by slow calls, in milliseconds. */
  readonly #apartMs: number
  #changes: Change[] = []

  constructor(world: World) {
    this.#world = world
    this.money = new MoneyInvariants(world.provider, world.cardRates)
    const isMixed = (): boolean => world.releases.areMixed
    this.#levels = new LevelInvariants(isMixed)
    this.#addresses = new AddressInvariants(isMixed)
    this.#ofMovements = new MovementInvariants(isMixed)
    this.takeOvers = new TakeOverInvariants(isMixed)
    this.#standing = new StandingInvariants(world)
    this.#apartMs = (world.faults.has('skew') ? 60_000 : 0) + (world.faults.has('slow') ? 60_000 : 100)
    this.#strict = !world.releases.areMixed && Object.keys(world.faults.rates).every((name) => mild.has(name as never))
  }

  /** What a unit cost in an order, in minor units. */
  priceOf(orderId: string, sku: string): number {
    return this.#prices.get(this.#contentsOf(orderId))?.get(sku) ?? 0
  }

  /** What an order is of. */
  orderedIn(orderId: string): readonly OrderedLine[] {
    return this.#lines.get(this.#contentsOf(orderId)) ?? []
  }

  /** The name of what was ordered, which may lie aside. */
  #contentsOf(orderId: string): string {
    const aside = this.orders.get(orderId)?.item.aside
    return aside === undefined ? orderId : `${orderId}/${aside}`
  }

  changed(service: Simulated, before: Item | undefined, after: Item | undefined): void {
    this.#changes.push({ service, before, after })
    if (service === 'catalog') this.violation ??= photoStep(this.#world.photos, before, after)
  }

  stands(): void {
    this.#standing.changed()
  }

  settled(): void {
    const changes = this.#changes
    this.#changes = []
    try {
      this.#standing.check()
      for (const change of changes) this.#enter(change)
      const ofInventory = changes.filter(({ service }) => service === 'inventory')
      this.#levels.check(ofInventory)
      this.#ofMovements.check(ofInventory)
      this.#supply.check(ofInventory)
      if (changes.some(isReturn)) this.#countSurplus(changes)
      const skus = new Set(changes.flatMap(({ after }) => (after ? skusOf(after) : [])))
      for (const change of changes) this.#checkWaiting(change)
      this.#waiting.checked()
      for (const sku of skus) this.#checkStock(sku)
      if (this.#strict) this.#waiting.checkFilled(this.stocks, this.#world.clock.now())
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.violation ??= error
    }
  }

  /** At rest. */
  checkAddresses(): void {
    this.#addresses.checkAll(this.shippings.values())
  }

  /** At rest. */
  checkMovements(): Promise<void> {
    this.#counts.check()
    return this.#ofMovements.checkAll(this.#world, this.reservations.values())
  }

  /** At rest. */
  checkSupplies(): Promise<void> {
    return this.#supply.checkLists(this.#world)
  }

  #enter({ service, before, after }: Change): void {
    if (service === 'inventory') this.#waiting.enter(before, after)
    if (after === undefined) return
    const name = `${after.pk}/${after.sk}`
    const isWrittenOver = /^(reason$|moves_|place_|level_)/.test(after.sk)
    if (before && !isWrittenOver && after.version !== before.version + 1)
      throw new Violation('versions', `${name} went from version ${before.version} to ${after.version}`)
    for (const event of after.outbox ?? []) this.promised.add(`${name}@${after.version}/${publishedAs(after, event)}`)
    if (service === 'inventory') this.#enterInventory(before, after)
    if (service === 'orders') this.#addresses.enter(after)
    if (service === 'orders' && Array.isArray(after['lines'])) this.#enterLines(after)
    if (service === 'orders' && isOrder(after)) this.#enterOrder(before, after)
    if (service === 'payments') this.money.enter(before, after)
    if (service === 'payments') this.reports.enter(before, after)
    if (service === 'shipping' && after.sk === 'shipping')
      this.#enterShipping(before && readShipments(before), readShipments(after))
  }

  #enterInventory(before: Item | undefined, after: Item): void {
    this.#counts.enter(after)
    if (after.sk === 'stock') this.stocks.set(String(after['sku']), readStock(after as StockItem))
    if (after.sk === 'reservation') this.#enterReservation(before && readReservation(before), readReservation(after))
    if (after.sk.startsWith('movement_')) {
      const { sku, delta, level } = after as Item & { sku: string; delta: number; level: { warehouseId: string } }
      const place = `${sku} ${level.warehouseId}`
      this.adjusted.set(place, (this.adjusted.get(place) ?? 0) + delta)
      this.movements.push(`${sku} ${after.sk.split('_').at(-1)}`)
    }
  }

  /** Once all of a write is known. */
  #checkWaiting({ service, before, after }: Change): void {
    if (service !== 'inventory' || after?.sk !== 'reservation') return
    const [was, is] = [before && readReservation(before), readReservation(after)] as const
    this.#waiting.check(was, is, this.stocks)
    this.takeOvers.check([was, is], this, this.#routes.get(this.#contentsOf(is.id))?.['takes'], this.#apartMs)
  }

  #enterReservation(before: ReservationItem | undefined, after: ReservationItem): void {
    if (before) this.#addHeld(before, -1)
    this.#addHeld(after, 1)
    this.reservations.set(after.id, after)
    if (after.status === 'held') this.held.add(after.id)
    if (after.status === 'committed') this.committed.add(after.id)
    if (after.lines.length > maxHeldLines || new Set(after.lines.map(([, id]) => id)).size > maxHeldWarehouses)
      throw new Violation('an order keeps within its bounds', `${after.id} holds ${after.lines.length} lines`)
    if (after.status === 'refused' && !after.shortages?.length && after.refusal === undefined)
      throw new Violation('a refusal has a reason', after.id)
    const isLonger = after.lines.length > (before?.lines.length ?? 0)
    // The last release knows of no such choice.
    if (isLonger && !this.#world.releases.areMixed)
      checkShipFrom(after, this.#routes.get(this.#contentsOf(after.id))?.['from'])
    this.#checkWithdrawn(after)
    if (before) checkExtension(before, after, this.#world.clock.now(), this.#apartMs + 1_000)
    const was = before?.status ?? 'holding'
    if (!allows(reservationChart, was, after.status) && !(before === undefined && after.status === 'released'))
      throw new Violation('a hold ends once', `${after.id} went from ${was} to ${after.status}`)
    if (was === after.status && before !== undefined) return
    const now = this.#world.clock.now()
    const frees = after.status === 'released' || (after.status === 'releasing' && after.ends === 'released')
    if (frees) this.#checkRelease(before, after, now)
    if (after.status === 'committing' || (after.status === 'committed' && was === 'held')) this.#checkCommit(after)
    const method = this.orders.get(after.orderId ?? '')?.state.method
    // A card in flight has a grace of its own.
    const late = Date.parse(after.expiresAt) + graceMs * (method === 'card' ? 2 : 1) + this.#apartMs
    if (this.#strict && was === 'held' && now > late)
      throw new Violation('every hold ends in time', `${after.id} was held until ${after.expiresAt} and ended later`)
  }

  /** What is given back of an order that stands is in a parcel that will not leave. */
  #checkWithdrawn({ id, withdrawn = [], tasks: [task] = [] }: ReservationItem): void {
    const parcels = this.shippings.get(id)?.parcels ?? []
    for (const warehouseId of task?.move === 'withdraw' ? [...withdrawn, task.warehouseId] : withdrawn)
      if (!parcels.some((parcel) => parcel.warehouseId === warehouseId && parcel.status === 'cancelled'))
        throw new Violation('what leaves is kept for it', `${id} gives back what leaves ${warehouseId}`)
  }

  #enterShipping(before: ShipmentsItem | undefined, after: ShipmentsItem): void {
    this.shippings.set(after.orderId, after)
    checkParts(before, after)
    this.#addresses.check(before, after, this.#routes.get(this.#contentsOf(after.orderId))?.['address'])
    for (const [index, parcel] of after.parcels.entries()) {
      if (
        after.outbox?.some(
          (name) => name === `shipment.returned#${index + 1}` || name === `shipment.part_returned#${index + 1}`,
        )
      )
        this.returns.set(`${shipmentIdOf(after.orderId, index + 1)}_r${parcel.returns}`, after.cameBack ?? [])
      if (after.outbox?.includes(`shipment.reduced#${index + 1}`)) {
        const id = reductionIdOf(after.orderId, index + 1, parcel.reductions ?? 0)
        const lines = (after.dropped ?? []).flatMap(([sku, from, units, part]): HeldLine[] =>
          part === index + 1 ? [[sku, from, units]] : [],
        )
        this.reductions.set(id, { orderId: after.orderId, lines })
        this.returns.set(
          id,
          lines.map(([sku, from, units]) => [sku, from, units, 'restock']),
        )
      }
      const was = before?.parcels[index]
      if (was && !allows(parcelChart, was.status, parcel.status))
        throw new Violation('parcels go forward', `${after.orderId} went from ${was.status} to ${parcel.status}`)
      if (hasLeft(parcel) && (was?.status === 'cancelled' || (before?.cancelled && was?.status === 'created')))
        throw new Violation('what is cancelled does not leave', `${after.orderId}, part ${index + 1}`)
      for (const [sku, sent, returned] of parcel.lines)
        if (returned > (hasLeft(parcel) ? sent : 0))
          throw new Violation('no more comes back than left', `${after.orderId}, ${returned} of ${sent} ${sku}`)
    }
  }

  /** A unique product that is there already, in whatever way, does not become two by a return. */
  #countSurplus(changes: readonly Change[]): void {
    for (const { after } of changes) {
      if (after?.sk !== 'stock') continue
      const { sku, unique, levels } = readStock(after as StockItem)
      const total = totalOfAll(levels)
      if (!unique || total !== 1) continue
      for (const [warehouseId, held] of this.#held.get(sku) ?? []) {
        const place = `${sku} ${warehouseId}`
        const level = levels.get(warehouseId)
        const counted = (this.adjusted.get(place) ?? 0) - held.away - (level ? totalOf(level) : 0)
        this.#surplus.set(place, Math.max(this.#surplus.get(place) ?? 0, counted))
      }
    }
  }

  /** Lines stand in the header of an order, or aside, where for a while there are also those of an attempt that came too late. */
  #enterLines({ pk, sk, lines, address, from, takes }: Item): void {
    const name = sk === 'order' ? pk : `${pk}/${sk.split('#')[1]}`
    const prices = this.#prices.get(name) ?? new Map<string, number>()
    const ordered = lines as [string, string, number, number][]
    this.#lines.set(
      name,
      ordered.map(([sku, , units, price]) => [sku, units, price]),
    )
    for (const [sku, , , price] of ordered) prices.set(sku, price)
    this.#prices.set(name, prices)
    if (address !== undefined || from !== undefined || takes !== undefined)
      this.#routes.set(name, { address, from, takes })
  }

  #addHeld(reservation: ReservationItem, sign: 1 | -1): void {
    const add = (bucket: keyof Held, lines: readonly (HeldLine | ReturnedLine)[], by: 1 | -1): void => {
      for (const [sku, warehouseId, units] of lines) {
        const bySku = this.#held.get(sku) ?? new Map<string, Held>()
        const sum = bySku.get(warehouseId) ?? { reserved: 0, allocated: 0, away: 0 }
        sum[bucket] += by * units
        this.#held.set(sku, bySku.set(warehouseId, sum))
      }
    }
    for (const [bucket, lines] of heldBy(reservation)) add(bucket, lines, sign)
    add('away', shippedOf(reservation), sign)
    for (const lines of returnedOf(reservation, this.returns)) add('away', lines, sign === 1 ? -1 : 1)
  }

  #checkRelease(before: ReservationItem | undefined, after: ReservationItem, now: number) {
    const { id, orderId, expiresAt, cause } = after
    if (before?.status === 'releasing' || isWithdrawing(after)) return
    if (orderId !== undefined) {
      const order = this.orders.get(orderId)?.state
      if (order && !isClosed(order.facts))
        throw new Violation('nothing is released early', `${id} was released while its order is ${status(order.facts)}`)
    } else if (cause?.startsWith('due') && before?.status === 'held' && Date.parse(expiresAt) > now + this.#apartMs)
      throw new Violation('nothing is released early', `${id} expired before ${expiresAt}`)
  }

  #checkCommit({ id, orderId, expiresAt }: ReservationItem): void {
    if (orderId === undefined) {
      if (this.#world.clock.now() > Date.parse(expiresAt) + this.#apartMs)
        throw new Violation('nothing is sold after its time', `${id} was committed after ${expiresAt}`)
      return
    }
    const order = this.orders.get(orderId)?.state
    if (!order?.history.some((entry) => entry.status === 'confirmed'))
      throw new Violation('only confirmed orders get stock', `${id} was committed without`)
  }

  #enterOrder(before: Item | undefined, after: Header): void {
    const stored = readOrder(after)
    const { state: order } = stored
    const known = this.orders.get(order.id)
    this.orders.set(order.id, stored)
    if (before === undefined) return
    const was = (known?.item === before ? known : readOrder(before as Header)).state
    checkStep({ was, order, apartMs: this.#apartMs, payment: this.money.payments.get(order.id) }, this.#world)
  }

  #checkStock(sku: string): void {
    const stock = this.stocks.get(sku)
    if (stock === undefined) return
    this.#waiting.checkCounts(sku, stock)
    const held = this.#held.get(sku)
    for (const warehouseId of new Set([...stock.levels.keys(), ...(held?.keys() ?? [])])) {
      const { available = 0, reserved = 0, allocated = 0, unavailable = 0 } = stock.levels.get(warehouseId) ?? {}
      const counts = [available, reserved, allocated, unavailable]
      const where = `${sku} in ${warehouseId} has ${counts.join('/')}`
      if (counts.some((count) => !Number.isInteger(count) || count < 0))
        throw new Violation('levels are never below zero', where)
      const owed = held?.get(warehouseId) ?? { reserved: 0, allocated: 0, away: 0 }
      if (stock.retired && reserved + allocated > 0) throw new Violation('nothing promised is retired', where)
      if (owed.reserved !== reserved || owed.allocated !== allocated)
        throw new Violation('levels add up', `${where}, reservations hold ${owed.reserved} and ${owed.allocated}`)
      const onHand = available + reserved + allocated + unavailable
      const place = `${sku} ${warehouseId}`
      const counted = (this.adjusted.get(place) ?? 0) - owed.away - (this.#surplus.get(place) ?? 0)
      if (onHand !== counted) throw new Violation('levels add up', `${where}, adjustments and parcels make ${counted}`)
    }
    if (stock.unique && totalOfAll(stock.levels) > 1) throw new Violation('a unique product is one', sku)
  }
}

const totalOf = (level: Counts): number => level.available + level.reserved + level.allocated + level.unavailable
const totalOfAll = (levels: Stock['levels']): number =>
  [...levels.values()].reduce((sum, level) => sum + totalOf(level), 0)

/** A consumer of the last release closes an order in several parcels under the name that it knows; the relay of this one publishes it. */
const publishedAs = (item: Item, event: string): string =>
  event === 'shipment.cancelled' && item.sk === 'shipping' ? closingOf(readShipments(item)) : event
