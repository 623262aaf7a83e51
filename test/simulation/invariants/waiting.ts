import { reservable, unitsDue } from '../../../functions/inventory/core/stock.ts'
import type { Stock } from '../../../functions/inventory/core/stock.ts'
import type { Waiter } from '../../../functions/inventory/core/waiting.ts'
import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { maxHeldWarehouses } from '../../../schemas/held-lines.ts'
import { Violation } from './violation.ts'

/** An order that waits, and since when there is all that it is due. */
interface Waiting {
  readonly reservation: ReservationItem
  dueSince: number | undefined
  /** Whether a warehouse has opened then. */
  isOpening: boolean
}

/** In this time, in milliseconds, an order has what it is due; where no event tells of it, as a warehouse has opened, its queue is tried each ten minutes. */
const soonMs = 3 * 60_000
const longestMs = 15 * 60_000

/** Another estimate has the next number: who hears of two knows the newer one. */
function checkEstimate(before: ReservationItem, after: ReservationItem): void {
  const { estimate = 0 } = before
  const isOther = after.estimatedAt !== before.estimatedAt
  if ((after.estimate ?? 0) !== estimate + (isOther ? 1 : 0))
    throw new Violation('each other estimate has the next number', `${after.id}: ${estimate}, then ${after.estimate}`)
  if (isOther && !after.outbox?.includes('stock.backordered'))
    throw new Violation('each other estimate is published', after.id)
}

/** What orders wait for is theirs, in the order of placing. */
export class WaitingInvariants {
  readonly #waiting = new Map<string, Waiting>()
  /** By sku, then by id. */
  readonly #queues = new Map<string, Map<string, Waiter>>()
  /** Ids of those that have begun to wait by the write at hand, which decides many orders in turn: nothing was due to them before. */
  readonly #joining = new Set<string>()
  readonly #active = new Map<string, boolean>()
  #isOpening = false

  /** An item of inventory was written or deleted. */
  enter(before: Item | undefined, after: Item | undefined): void {
    const item = after ?? before
    if (item?.sk.startsWith('waiting_')) {
      const waiter = item as Item & Waiter
      const queue = this.#queues.get(waiter.sku) ?? new Map<string, Waiter>()
      if (after && !queue.has(waiter.id)) this.#joining.add(waiter.id)
      if (after) queue.set(waiter.id, waiter)
      else queue.delete(waiter.id)
      this.#queues.set(waiter.sku, queue)
    }
    if (after?.pk !== 'warehouses') return
    this.#active.set(after.sk, after['active'] === true)
    this.#isOpening = true
  }

  /** What changed of a reservation in one write; `stocks` are those after it. */
  check(before: ReservationItem | undefined, after: ReservationItem, stocks: ReadonlyMap<string, Stock>): void {
    if (after.status === 'waiting' && before?.status !== 'waiting') this.#checkJoined(after, stocks)
    if (after.status === 'waiting' && before?.status === 'waiting') checkEstimate(before, after)
    const takes = after.takenFrom === undefined && after.lines.length > (before?.lines.length ?? 0)
    if (takes) this.#checkTaken(before, after, stocks)
    if (after.status === 'waiting') {
      const { dueSince, isOpening = false } = this.#waiting.get(after.id) ?? {}
      this.#waiting.set(after.id, { reservation: after, dueSince, isOpening })
    } else this.#waiting.delete(after.id)
  }

  /** All changes of a write were checked. */
  checked(): void {
    this.#joining.clear()
  }

  /** No more units may be waited for than the cap of a product allows, at the moment in which an order begins to wait for them. */
  #checkJoined({ id, shortages = [] }: ReservationItem, stocks: ReadonlyMap<string, Stock>): void {
    if (shortages.length === 0) throw new Violation('what waits is short', id)
    for (const { sku } of shortages) {
      const stock = stocks.get(sku)
      if (!stock?.backorder || stock.retired)
        throw new Violation('only what may be waited for is', `${id} waits for ${sku}`)
      if (unitsDue(stock) > (stock.backorder.cap ?? Infinity))
        throw new Violation('a cap is kept', `${unitsDue(stock)} units of ${sku}, at most ${stock.backorder.cap}`)
    }
  }

  /** Nobody takes units that are due to an order that was placed before, and waits; a new order none that are due to any. */
  #checkTaken(before: ReservationItem | undefined, after: ReservationItem, stocks: ReadonlyMap<string, Stock>): void {
    const known = before?.lines.length ?? 0
    const waited = before?.status === 'waiting'
    for (const sku of new Set(after.lines.slice(known).map(([of]) => of))) {
      const stock = stocks.get(sku)
      const left = [...(stock?.levels.values() ?? [])].reduce((sum, { available }) => sum + available, 0)
      const due = this.#queueOf(sku)
        .filter((each) => each.id !== after.id)
        .filter((each) => waited || !this.#joining.has(each.id))
        .filter((each) => !waited || isFirst(each, { id: after.id, placedAt: after.backorder?.placedAt ?? '' }))
        .reduce((sum, { units }) => sum + units, 0)
      if (left < due)
        throw new Violation(
          'what is due to waiting orders is theirs',
          `${after.id} leaves ${left} of ${sku}, ${due} are due`,
        )
    }
  }

  /** The counts of all stocks are those of their queues and of the reservations that wait. */
  checkCounts(sku: string, stock: Stock): void {
    const inQueue = this.#queueOf(sku).reduce((sum, { units }) => sum + units, 0)
    let waiting = 0
    for (const { reservation } of this.#waiting.values())
      for (const [of, units] of reservation.wanted) if (of === sku) waiting += units
    if (unitsDue(stock) !== waiting || inQueue !== waiting)
      throw new Violation(
        'queues add up',
        `${sku}: ${unitsDue(stock)} are due, ${inQueue} queued, ${waiting} waited for`,
      )
  }

  /** In calm histories nobody waits for long for what is there. */
  checkFilled(stocks: ReadonlyMap<string, Stock>, now: number): void {
    const warehouses = [...this.#active].filter(([, active]) => active).map(([id]) => id)
    if (warehouses.length > maxHeldWarehouses) return
    for (const [id, waiting] of this.#waiting) {
      const { reservation, dueSince, isOpening } = waiting
      if (dueSince !== undefined && now - dueSince > (isOpening ? longestMs : soonMs))
        throw new Violation('what has come is had', `${id} could have been held for ${now - dueSince} ms`)
      const place = { id, placedAt: reservation.backorder?.placedAt ?? '' }
      const isDue = reservation.wanted.every(([sku, units]) => {
        const ahead = this.#queueOf(sku).filter((each) => each.id !== id && isFirst(each, place))
        return (
          reservable(
            stocks.get(sku),
            warehouses,
            ahead.reduce((sum, each) => sum + each.units, 0),
          ) >= units
        )
      })
      if (isDue && dueSince === undefined) waiting.isOpening = this.#isOpening
      waiting.dueSince = isDue ? (dueSince ?? now) : undefined
    }
    this.#isOpening = false
  }

  #queueOf(sku: string): readonly Waiter[] {
    return [...(this.#queues.get(sku)?.values() ?? [])]
  }
}

type Place = Pick<Waiter, 'id' | 'placedAt'>

const isFirst = (a: Place, b: Place): boolean => a.placedAt < b.placedAt || (a.placedAt === b.placedAt && a.id < b.id)
