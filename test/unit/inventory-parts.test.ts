import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Snapshot, decideBatch } from '../../functions/inventory/core/decide-batch.ts'
import { heldBy } from '../../functions/inventory/core/held-units.ts'
import type { Reservation } from '../../functions/inventory/core/reservation.ts'
import { ImpossibleRequest, type ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import { type Stock, levelOf } from '../../functions/inventory/core/stock.ts'
import type { HeldLine } from '../../schemas/held-lines.ts'
import { stockOf } from './stock-of.ts'

const now = '2026-01-01T00:00:00.000Z'
const order = 'ord_1'
type Asked<Request> = Request extends ReservationRequest ? Omit<Request, 'id' | 'orderId' | 'cause'> : never

/** An order for 3 of A and 2 of B, allocated in `main`, and what parcels request of it, each written by itself. */
class Depot {
  readonly stocks = new Map<string, Stock>([
    ['A', stockOf('A', { main: 5 }, {})],
    ['B', stockOf('B', { main: 5 }, {})],
  ])
  reservation: Reservation | undefined
  readonly maxWrites: number
  #causes = 0

  constructor(maxWrites = 100) {
    this.maxWrites = maxWrites
    this.ask(
      {
        move: 'hold',
        lines: [
          ['A', 3],
          ['B', 2],
        ],
        holdSeconds: 60,
      },
      { move: 'commit' },
    )
  }

  ask(...requests: readonly Asked<ReservationRequest>[]): this {
    for (const asked of requests) {
      const request = { ...asked, id: order, orderId: order, cause: String((this.#causes += 1)) } as ReservationRequest
      while (!this.#isDone(request)) this.#check()
      this.#check()
    }
    return this
  }

  #isDone(request: ReservationRequest): boolean {
    const snapshot: Snapshot = {
      reservationOf: () => this.reservation,
      queueOf: () => [],
      stockOf: (sku) => this.stocks.get(sku),
      sites: [{ id: 'main' }],
      rule: 'priority',
      now,
      after: () => now,
    }
    const { stocks, reservations, finished } = decideBatch([request], snapshot, this.maxWrites)
    for (const stock of stocks) this.stocks.set(stock.sku, stock)
    for (const { reservation } of reservations) this.reservation = reservation
    return finished.length > 0
  }

  /** Levels have allocated what the reservation holds, also in the middle of a step. */
  #check(): void {
    const held = new Map([
      ['A', 0],
      ['B', 0],
    ])
    for (const [, lines] of heldBy(this.reservation!))
      for (const [sku, , units] of lines) held.set(sku, held.get(sku)! + units)
    const levels = ['A', 'B'].map((sku) => {
      const { reserved, allocated } = levelOf(this.stocks.get(sku)!, 'main')
      return [sku, reserved + allocated]
    })
    if (String([...held]) !== String(levels))
      throw new Error(`${String([...held])} are held, ${String(levels)} in levels`)
  }

  /** Of A and of B: available, allocated. */
  get units() {
    return ['A', 'B'].map((sku) => {
      const { available, allocated } = levelOf(this.stocks.get(sku)!, 'main')
      return [available, allocated]
    })
  }
}

const part = (...lines: readonly [string, number][]): Asked<ReservationRequest> => ({
  move: 'part',
  lines: lines.map(([sku, units]): HeldLine => [sku, 'main', units]),
})
const reduce = (reductionId: string, ...lines: readonly [string, number][]): Asked<ReservationRequest> => ({
  move: 'reduce',
  reductionId,
  lines: lines.map(([sku, units]): HeldLine => [sku, 'main', units]),
})

describe.each([[100], [5]])('an order that leaves in parts, %s writes at once', (maxWrites) => {
  const depot = () => new Depot(maxWrites)

  it('leaves until so many have left in all, whichever event comes first, and each as often as it likes', () => {
    expect(depot().ask(part(['A', 1])).units).toEqual([
      [2, 2],
      [3, 2],
    ])
    const all = depot().ask(part(['A', 3], ['B', 1]), part(['A', 1]), part(['A', 3], ['B', 1]))
    expect(all.units).toEqual([
      [2, 0],
      [3, 1],
    ])
    expect(all.reservation?.status).toBe('committed')
    expect(all.ask(part(['B', 2])).reservation?.status).toBe('shipped')
  })

  it('keeps for its parcels what does not leave, until that is cancelled', () => {
    const shop = depot().ask(part(['A', 1]), reduce('shp_2', ['A', 2], ['B', 2]))
    expect(shop.units).toEqual([
      [4, 0],
      [5, 0],
    ])
    expect(shop.reservation?.status).toBe('shipped')
  })

  it('knows what has left of a line, whatever line is cancelled whole', () => {
    const shop = depot().ask(part(['B', 1]), reduce('c1', ['A', 3]), part(['B', 2]))
    expect(shop.units).toEqual([
      [5, 0],
      [3, 0],
    ])
  })

  it('takes units back that had not left as far as it knew, and no others along', () => {
    const back: Asked<ReservationRequest> = {
      move: 'return',
      returnId: 'r1',
      lines: [['A', 'main', 1, 'restock']],
      sent: [['A', 'main', 2]],
    }
    expect(depot().ask(back).units).toEqual([
      [3, 1],
      [3, 2],
    ])
    expect(depot().ask(back, part(['A', 2]), back).units).toEqual([
      [3, 1],
      [3, 2],
    ])
  })

  it('gives back at its closing what has not left', () => {
    const closing: Asked<ReservationRequest> = { move: 'release', left: [], sent: [['A', 'main', 1]] }
    for (const events of [[closing], [part(['A', 1]), closing], [closing, part(['A', 1]), closing]]) {
      const shop = depot().ask(...events)
      expect(shop.units).toEqual([
        [4, 0],
        [5, 0],
      ])
      expect(shop.reservation?.status).toBe('released')
    }
  })

  it('sends nothing more than it holds, and nothing that has gone back', () => {
    expect(() => depot().ask(part(['A', 4]))).toThrow(ImpossibleRequest)
    expect(() => depot().ask({ move: 'release', sent: [['A', 'main', 1]] }, part(['A', 2]))).toThrow(ImpossibleRequest)
  })

  it('comes to the same end in whatever order the events come, and however often', () => {
    const events: readonly Asked<ReservationRequest>[] = [
      part(['A', 1]),
      part(['A', 2], ['B', 1]),
      reduce('c1', ['A', 1]),
      reduce('shp_3', ['B', 1]),
      { move: 'return', returnId: 'r1', lines: [['A', 'main', 1, 'restock']], sent: [['A', 'main', 2]] },
    ]
    const orders = fc.array(fc.constantFrom(...events), { maxLength: 10 })
    fc.assert(
      fc.property(orders, fc.shuffledSubarray([...events], { minLength: events.length }), (some, all) => {
        const shop = depot().ask(...some, ...all)
        expect(shop.units).toEqual([
          [4, 0],
          [4, 0],
        ])
        expect(shop.reservation?.status).toBe('shipped')
      }),
    )
  })
})
