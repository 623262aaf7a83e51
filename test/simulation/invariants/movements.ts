import type { Bucket, Move } from '../../../functions/inventory/core/level.ts'
import { heldBy } from '../../../functions/inventory/core/held-units.ts'
import { buckets, plus } from '../../../functions/inventory/core/movement.ts'
import type { LedgerPage } from '../../../functions/inventory/store/ledger-page.ts'
import { countsText, readMove } from '../../../functions/inventory/store/move-text.ts'
import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import { type StockItem, readStock } from '../../../functions/inventory/store/stock-item.ts'
import type { Movement } from '../../../schemas/movement.ts'
import type { Reply } from '../engine/request.ts'
import type { World } from '../engine/world.ts'
import { operator } from '../workload/workload.ts'
import { isSame } from './is-same.ts'
import type { Changed } from './levels.ts'
import { Violation } from './violation.ts'

type Level = Readonly<Record<Bucket, number>>

const nothing: Level = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }

/** Every change of a level has its movement, and all of them together are the level. */
export class MovementInvariants {
  /** Those that have left the stock item, and those that are in it, by sku and warehouse. */
  readonly #aside = new Map<string, readonly Move[]>()
  readonly #last = new Map<string, readonly Move[]>()
  readonly #pages = new Map<string, LedgerPage>()
  readonly #isMixed: () => boolean
  #wasMixed = false

  constructor(isMixed: () => boolean) {
    this.#isMixed = isMixed
  }

  check(changes: readonly Changed[]): void {
    this.#wasMixed ||= this.#isMixed()
    for (const { before, after } of changes) {
      if (after?.sk.startsWith('moves_')) this.#checkPage(after as LedgerPage)
      if (after?.sk === 'stock') this.#checkStock(before as StockItem | undefined, after as StockItem)
    }
  }

  #checkPage(page: LedgerPage): void {
    const name = `${page.pk} ${page.sk}`
    const known = this.#pages.get(name)
    if (known && !isSame(sorted(known), sorted(page))) throw new Violation('what is written aside stays', name)
    this.#pages.set(name, page)
  }

  #checkStock(before: StockItem | undefined, after: StockItem): void {
    const known = before && readStock(before)
    for (const [warehouseId, { moves = [], ...level }] of readStock(after).levels) {
      const place = `${after.sku} ${warehouseId}`
      const had = storedIn(before, warehouseId)
      const has = storedIn(after, warehouseId)
      const past = known?.levels.get(warehouseId)?.moves ?? []
      // What the last release has moved stands in no list of the item, and goes aside all the same.
      const isUnlisted =
        had.length === 0 && past.length > 0 && isRecorded(after, warehouseId) && !isSame(moves[0], past[0])
      const isCut =
        (isUnlisted && isSame(this.#pageOf(before!, warehouseId), past)) ||
        had.some((text, index) => text !== has[index])
      if (isCut) this.#putAside(place, past, before!, warehouseId)
      this.#last.set(place, moves)
      const made = this.movesOf(place).reduce((sum, { delta }) => plus(sum, delta), { ...nothing })
      if (buckets.some((bucket) => made[bucket] !== level[bucket]))
        throw new Violation('movements add up', `${place}: ${JSON.stringify(made)}, not ${JSON.stringify(level)}`)
      if (!this.#wasMixed && moves.some(({ kind }) => kind === 'unrecorded'))
        throw new Violation('every change has its movement', `${place} @${after.version}`)
    }
  }

  #putAside(place: string, moves: readonly Move[], item: StockItem, warehouseId: string): void {
    if (!isSame(this.#pageOf(item, warehouseId), moves))
      throw new Violation('no movement is lost', `${place} @${item.version}: ${JSON.stringify(moves)}`)
    this.#aside.set(place, [...(this.#aside.get(place) ?? []), ...moves])
  }

  /** The movements of a level that were written aside with this version of its item. */
  #pageOf({ pk, version }: StockItem, warehouseId: string): readonly Move[] | undefined {
    const page = this.#pages.get(`${pk} moves_${String(version).padStart(15, '0')}`)
    return new Map(Object.entries(page?.levels ?? {})).get(warehouseId)?.moves.map(readMove)
  }

  /** All of them, the newest last. */
  movesOf(place: string): readonly Move[] {
    return [...(this.#aside.get(place) ?? []), ...(this.#last.get(place) ?? [])]
  }

  /** At rest: each movement of an order is of what its reservation holds, and the list of a sku shows all that was moved. */
  async checkAll(world: World, reservations: Iterable<ReservationItem>): Promise<void> {
    if (!this.#wasMixed) for (const reservation of reservations) this.#checkReservation(reservation)
    const skus = new Set([...this.#last.keys()].map((place) => place.split(' ')[0] ?? ''))
    for (const sku of skus) this.#checkShown(sku, await listed(world, sku))
  }

  #checkReservation(reservation: ReservationItem): void {
    // The movements of a hold that was taken over are those of its order.
    if (reservation.status === 'taken') return
    const held = { ...nothing }
    for (const [bucket, lines] of heldBy(reservation)) for (const [, , units] of lines) held[bucket] += units
    const moved = [...this.#last.keys()]
      .flatMap((place) => this.movesOf(place))
      .filter(
        ({ reference }) => reference === reservation.id || reference === (reservation.takenFrom ?? reservation.id),
      )
      .reduce((sum, { delta }) => plus(sum, delta), { ...nothing })
    if (moved.reserved !== held.reserved || moved.allocated !== held.allocated)
      throw new Violation('movements name their reservation', `${reservation.id}: ${JSON.stringify(moved)}`)
  }

  #checkShown(sku: string, shown: readonly Movement[]): void {
    const places = new Set([...this.#last.keys()].filter((place) => place.startsWith(`${sku} `)))
    if (new Set(shown.map(({ id }) => id)).size < shown.length)
      throw new Violation('each movement is shown once', `${sku}: ${shown.map(({ id }) => id).join(' ')}`)
    for (const place of places) {
      const moves = this.movesOf(place)
      const items = shown.filter(({ warehouseId }) => `${sku} ${warehouseId}` === place).toReversed()
      if (
        !isSame(
          items.map(({ at, kind, delta }) => [at, kind, delta]),
          moves.map(({ at, kind, delta }) => [at, kind, delta]),
        )
      )
        throw new Violation('every movement is shown', `${place}: ${items.length} of ${moves.length}`)
      items.reduce((level: Level, { id, delta, after }) => {
        const next = plus(level, delta as Move['delta'])
        const { onHand, ...counts } = after
        const sum = next.available + next.reserved + next.allocated + next.unavailable
        if (!isSame(next, counts) || onHand !== sum)
          throw new Violation('each movement follows from the one before', `${place} ${id}: ${JSON.stringify(after)}`)
        return next
      }, nothing)
    }
  }
}

/** As they are written: what the last release moved last is not. */
const storedIn = (item: StockItem | undefined, warehouseId: string): readonly string[] =>
  new Map(Object.entries(item?.levels ?? {})).get(warehouseId)?.moves ?? []

/** Whether this release wrote the level: its movements make its counts. */
function isRecorded({ levels }: StockItem, warehouseId: string): boolean {
  const level = new Map(Object.entries(levels)).get(warehouseId)
  return level !== undefined && level.ledger === countsText(level)
}

/** Names in their order: a table keeps none. */
const sorted = ({ levels }: LedgerPage): unknown => Object.entries(levels).toSorted(([a], [b]) => (a < b ? -1 : 1))

async function listed(world: World, sku: string): Promise<readonly Movement[]> {
  const items: Movement[] = []
  let cursor: string | undefined
  do {
    const query = { limit: String(world.side.pick([1, 3, 10, 100])), ...(cursor !== undefined && { cursor }) }
    const asked = { as: operator, route: 'GET /inventory/{sku}/movements', params: { sku }, query }
    const reply: Reply | undefined = await world.request('inventory', asked)
    if (reply?.status !== 200) throw new Violation('people get answers', `${asked.route}: ${JSON.stringify(reply)}`)
    items.push(...(reply.body['items'] as Movement[]))
    cursor = reply.body['cursor'] as string | undefined
  } while (cursor !== undefined)
  return items
}
