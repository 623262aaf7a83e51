import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import type { Stored } from '../../../functions/orders/store/order-item.ts'
import { isSame } from './is-same.ts'
import { Violation } from './violation.ts'

/** Holds that orders take over, each once and whole; an order that names a hold has it and no other. */
export class TakeOverInvariants {
  /** The order that has a hold. */
  readonly #takers = new Map<string, string>()
  readonly #isMixed: () => boolean
  #wasMixed = false

  constructor(isMixed: () => boolean) {
    this.#isMixed = isMixed
  }

  /** What became of a reservation in one write; `takes` is the hold that its order names, and `apartMs` how far clocks may be off. */
  check(
    [before, after]: readonly [ReservationItem | undefined, ReservationItem],
    known: {
      readonly reservations: ReadonlyMap<string, ReservationItem>
      readonly orders: ReadonlyMap<string, Stored>
    },
    takes: unknown,
    apartMs: number,
  ): void {
    this.#wasMixed ||= this.#isMixed()
    const { id, status, orderId = '', takenFrom, lines } = after
    if (status === 'taken' && before?.status !== 'taken') {
      const taker = this.#takers.get(id)
      if (taker !== undefined) throw new Violation('a hold is taken over once', `${id}: ${taker}, ${orderId}`)
      this.#takers.set(id, orderId)
      const reservation = known.reservations.get(orderId)
      if (reservation?.takenFrom !== id || !isSame(reservation.lines, lines))
        throw new Violation('what is taken over stays held', `${id} for ${orderId}: ${reservation?.status}`)
      const placedAt = known.orders.get(orderId)?.state.placedAt ?? Infinity
      if (placedAt > Date.parse(before?.expiresAt ?? '') + apartMs)
        throw new Violation('nothing is taken over after its time', `${id} for ${orderId}`)
    }
    if (before !== undefined) return
    const hold = takenFrom === undefined ? undefined : known.reservations.get(takenFrom)
    if (takenFrom !== undefined && (hold?.status !== 'taken' || hold.orderId !== id))
      throw new Violation('what is taken over is gone', `${takenFrom} is ${hold?.status}`)
    // The last release knows of no such hold.
    if (orderId === id && holds.has(status) && takenFrom !== takes && !this.#wasMixed)
      throw new Violation('an order that names a hold has it', `${id}: ${takenFrom}, not ${String(takes)}`)
  }

  /** At rest. */
  checkAll(orders: ReadonlyMap<string, Stored>): void {
    for (const [id, orderId] of this.#takers)
      if (!orders.has(orderId)) throw new Violation('what is taken over has its order', `${id} for ${orderId}`)
  }
}

const holds: ReadonlySet<string> = new Set(['holding', 'held', 'waiting'])
