import { describe, expect, it } from 'vitest'
import { type Snapshot, decideBatch } from '../../functions/inventory/core/decide-batch.ts'
import { type Reservation, pending } from '../../functions/inventory/core/reservation.ts'
import {
  AnotherHold,
  type ExpireRequest,
  type HoldRequest,
  ImpossibleRequest,
  type MoveRequest,
  type ReleaseRequest,
  type ReservationRequest,
} from '../../functions/inventory/core/reservation-request.ts'
import { stockOf } from './stock-of.ts'
import { type Stock, totalsOf } from '../../functions/inventory/core/stock.ts'

const now = Date.UTC(2026, 0, 1)

/** Stock and reservations in memory: every batch is written at once. */
class Shop {
  maxWrites = 100
  readonly stocks = new Map<string, Stock>()
  readonly reservations = new Map<string, Reservation>()
  readonly emitted: string[] = []
  writes: number[] = []
  now = now

  constructor(available: Record<string, number>) {
    for (const [sku, units] of Object.entries(available)) this.stocks.set(sku, stockOf(sku, { main: units }))
  }

  snapshot(): Snapshot {
    return {
      reservationOf: (id) => this.reservations.get(id),
      queueOf: () => [],
      stockOf: (sku) => this.stocks.get(sku),
      sites: [{ id: 'main' }],
      rule: 'fewest-parcels',
      now: new Date(this.now).toISOString(),
      after: (seconds) => new Date(this.now + seconds * 1_000).toISOString(),
    }
  }

  /** One batch, as one transaction would write it. */
  once(...requests: ReservationRequest[]) {
    const made = decideBatch(requests, this.snapshot(), this.maxWrites)
    for (const stock of made.stocks) this.stocks.set(stock.sku, stock)
    for (const { reservation, emits } of made.reservations) {
      this.reservations.set(reservation.id, reservation)
      this.emitted.push(...emits.map((name) => `${reservation.id} ${name}`))
    }
    this.writes.push(made.stocks.length + made.reservations.length)
    return made
  }

  /** Batches until the requests are dealt with. */
  reserve(...requests: ReservationRequest[]): this {
    let waiting = requests
    for (let turns = 0; waiting.length > 0; turns += 1) {
      if (turns > 100) throw new Error('never done')
      const { finished } = this.once(...waiting)
      waiting = waiting.filter((request) => !finished.includes(request))
    }
    return this
  }

  counts(sku: string) {
    const { available, reserved, allocated } = totalsOf(this.stocks.get(sku)!, ['main'])
    return [available, reserved, allocated]
  }
  status(id: string) {
    return this.reservations.get(id)?.status
  }
}

const hold = (id: string, lines: Record<string, number>, cause = `${id}@1`): HoldRequest => ({
  move: 'hold',
  id,
  orderId: id,
  lines: Object.entries(lines),
  holdSeconds: 86_400,
  cause,
})
const commit = (id: string, cause = `${id}@2`): MoveRequest => ({ move: 'commit', id, orderId: id, cause })
const close = (id: string, cause = `${id}@4`): MoveRequest => ({ move: 'close', id, orderId: id, cause })
const release = (id: string, cause = `${id}@3`): ReleaseRequest => ({ move: 'release', id, orderId: id, cause })
const expire = (id: string): ExpireRequest => ({ move: 'expire', id, cause: 'due' })

const skus = (count: number, units: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`S${index}`, units]))

describe('a hold', () => {
  it('moves every line from available to reserved and emits stock.reserved', () => {
    const shop = new Shop({ A: 5, B: 2 }).reserve(hold('o1', { A: 3, B: 2 }))
    expect([shop.counts('A'), shop.counts('B')]).toEqual([
      [2, 3, 0],
      [0, 2, 0],
    ])
    expect(shop.emitted).toEqual(['o1 stock.reserved'])
  })

  it('without an order is of one request: another one under its id is refused, the same one changes nothing', () => {
    const { orderId: _, ...checkout } = hold('rsv_1', { A: 3 })
    const shop = new Shop({ A: 5 }).reserve(checkout)
    expect(() => shop.once({ ...checkout, lines: [['A', 1]], cause: 'rsv_1@other' })).toThrow(AnotherHold)
    expect(shop.once(checkout).reservations).toEqual([])
    expect(shop.reservations.get('rsv_1')?.asked.hold).toBe('rsv_1@1')
  })

  it('lasts as long as requested', () => {
    const shop = new Shop({ A: 5 }).reserve(hold('o1', { A: 3 }))
    expect(shop.reservations.get('o1')?.expiresAt).toBe('2026-01-02T00:00:00.000Z')
  })

  it('holds nothing when one line is short, and names every short line', () => {
    const shop = new Shop({ A: 5, B: 1, C: 0 }).reserve(hold('o1', { A: 3, B: 2, C: 1, D: 1 }))
    expect(shop.counts('A')).toEqual([5, 0, 0])
    expect(shop.reservations.get('o1')?.shortages).toEqual([
      { sku: 'B', requested: 2, available: 1 },
      { sku: 'C', requested: 1, available: 0 },
      { sku: 'D', requested: 1, available: 0 },
    ])
    expect(shop.emitted).toEqual(['o1 stock.refused'])
  })

  it('that is refused answers a release with its refusal, and has nothing to withdraw', () => {
    const shop = new Shop({ A: 1 }).reserve(hold('o1', { A: 3 })).reserve(release('o1'))
    expect(shop.emitted).toEqual(['o1 stock.refused', 'o1 stock.refused'])
    expect(shop.once({ move: 'withdraw', id: 'o1', cause: 'w', warehouseId: 'main' }).reservations).toEqual([])
  })

  it('is not taken twice for the same event', () => {
    const shop = new Shop({ A: 5 }).reserve(hold('o1', { A: 3 }), hold('o2', { A: 1 })).reserve(hold('o1', { A: 3 }))
    expect(shop.counts('A')).toEqual([1, 4, 0])
    expect(shop.emitted).toEqual(['o1 stock.reserved', 'o2 stock.reserved'])
  })

  it('is answered again when another event asks again', () => {
    const shop = new Shop({ A: 5 }).reserve(hold('o1', { A: 3 })).reserve(hold('o1', { A: 3 }, 'o1@7'))
    expect(shop.counts('A')).toEqual([2, 3, 0])
    expect(shop.emitted).toEqual(['o1 stock.reserved', 'o1 stock.reserved'])
  })

  it.each([
    ['its release', release('o1')],
    ['the closing of its order', close('o1')],
  ])('is refused when %s came first', (_, request) => {
    const shop = new Shop({ A: 5 }).reserve(request)
    expect(shop.reservations.get('o1')).toMatchObject({ orderId: 'o1', status: 'released', done: 0 })
    shop.reserve(hold('o1', { A: 3 }))
    expect(shop.counts('A')).toEqual([5, 0, 0])
    expect(shop.emitted).toEqual(['o1 stock.released', 'o1 stock.released'])
  })
  it('without an order is refused by its release, too', () => {
    const shop = new Shop({ A: 5 }).reserve({ move: 'release', id: 'rsv_1', cause: 'r1' })
    expect(shop.reservations.get('rsv_1')).not.toHaveProperty('orderId')
  })
})

describe('a held reservation', () => {
  const held = () => new Shop({ A: 5 }).reserve(hold('o1', { A: 3 }))

  it('is allocated by a commit', () => {
    const shop = held().reserve(commit('o1'))
    expect(shop.counts('A')).toEqual([2, 0, 3])
    expect(shop.emitted.at(-1)).toBe('o1 stock.committed')
  })
  it.each([
    ['held', []],
    ['committed', [commit('o1')]],
    ['released', [release('o1')]],
    ['released', [commit('o1'), release('o1')]],
  ])('counts no lines of a move once it is %s', (status, requests) => {
    const shop = held()
    for (const request of requests) shop.reserve(request)
    expect(shop.reservations.get('o1')).toMatchObject({ status, done: status === 'held' ? 1 : 0 })
  })
  it('goes back by a release', () => {
    const shop = held().reserve(release('o1'))
    expect(shop.counts('A')).toEqual([5, 0, 0])
    expect(shop.emitted.at(-1)).toBe('o1 stock.released')
  })
  it('goes back once, however often it is released', () => {
    const shop = held().reserve(release('o1')).reserve(release('o1')).reserve(release('o1', 'o1@9'))
    expect(shop.counts('A')).toEqual([5, 0, 0])
  })
  it('goes back from its allocation too', () => {
    expect(held().reserve(commit('o1')).reserve(release('o1')).counts('A')).toEqual([5, 0, 0])
  })
  it('is not committed any more after its release', () => {
    const shop = held().reserve(release('o1')).reserve(commit('o1'))
    expect([shop.counts('A'), shop.status('o1')]).toEqual([[5, 0, 0], 'released'])
  })
  it('expires when its time is over, not before', () => {
    const shop = held()
    shop.now = now + 86_399_999
    expect(shop.reserve(expire('o1')).status('o1')).toBe('held')
    shop.now = now + 86_400_000
    expect(shop.reserve(expire('o1')).status('o1')).toBe('released')
    expect(shop.counts('A')).toEqual([5, 0, 0])
  })
  it('is not written again by a sweep that changes nothing', () => {
    expect(held().once(expire('o1')).reservations).toEqual([])
    expect(held().reserve(commit('o1')).once(expire('o1')).reservations).toEqual([])
  })
  it('does not expire once committed', () => {
    const shop = held().reserve(commit('o1'))
    shop.now = now + 1e12
    expect(shop.reserve(expire('o1')).counts('A')).toEqual([2, 0, 3])
  })
})

describe('a commit', () => {
  it('without a hold is impossible', () => {
    expect(() => new Shop({}).reserve(commit('o1'))).toThrow(ImpossibleRequest)
  })
  it('is impossible before all of it is held', () => {
    const shop = new Shop(skus(150, 10))
    shop.once(hold('big', skus(150, 4)))
    expect(() => shop.reserve(commit('big'))).toThrow('big is not held yet')
  })
})

describe('a batch', () => {
  it('decides in order of arrival and writes each level once', () => {
    const shop = new Shop({ A: 5 })
    const made = shop.once(hold('o1', { A: 3 }), hold('o2', { A: 3 }), hold('o3', { A: 2 }))
    expect(made.stocks).toHaveLength(1)
    expect(shop.counts('A')).toEqual([0, 5, 0])
    expect(shop.emitted).toEqual(['o1 stock.reserved', 'o2 stock.refused', 'o3 stock.reserved'])
  })

  it('never needs more writes than a transaction has', () => {
    const shop = new Shop(skus(400, 10))
    const each = (from: number) => Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`S${from + i}`, 1]))
    shop.reserve(...Array.from({ length: 10 }, (_, index) => hold(`o${index}`, each(index * 40))))
    expect(Math.max(...shop.writes)).toBeLessThanOrEqual(100)
    expect(shop.emitted).toHaveLength(10)
  })

  it('takes the requests that one transaction carries, a sku of two requests once', () => {
    const shop = new Shop({ A: 5, B: 5 })
    shop.maxWrites = 3
    const one = hold('o1', { A: 1 })
    const other = hold('o2', { A: 1 })
    expect(shop.once(one, other).finished).toEqual([one, other])
    expect(shop.once(hold('o3', { A: 1 }), hold('o4', { B: 1 })).finished.map(({ id }) => id)).toEqual(['o3'])
  })

  it('gives what a release brings back to the request after it', () => {
    const shop = new Shop({ A: 1 }).reserve(hold('o1', { A: 1 }))
    shop.once(release('o1'), hold('o2', { A: 1 }))
    expect(shop.emitted.slice(1)).toEqual(['o1 stock.released', 'o2 stock.reserved'])
  })
})

describe('a hold over more skus than one transaction has', () => {
  it('is built in steps and held in the end', () => {
    const shop = new Shop(skus(750, 10)).reserve(hold('big', skus(750, 4)))
    expect(shop.writes).toEqual([100, 100, 100, 100, 100, 100, 100, 58])
    expect(shop.status('big')).toBe('held')
    expect([shop.counts('S0'), shop.counts('S749')]).toEqual([
      [6, 4, 0],
      [6, 4, 0],
    ])
    expect(shop.emitted).toEqual(['big stock.reserved'])
  })

  it('takes nothing at all when it can see that a line is short', () => {
    const shop = new Shop({ ...skus(750, 10), S700: 3 }).reserve(hold('big', skus(750, 4)))
    expect(shop.writes).toEqual([1])
    expect(shop.status('big')).toBe('refused')
  })

  it('undoes its steps when a later line turns short on the way', () => {
    const shop = new Shop(skus(300, 10))
    const big = hold('big', skus(300, 4))
    shop.once(big)
    shop.reserve(hold('small', { S250: 7 })).reserve(big)
    expect(shop.status('big')).toBe('refused')
    expect(shop.reservations.get('big')?.shortages).toEqual([{ sku: 'S250', requested: 4, available: 3 }])
    expect([shop.counts('S0'), shop.counts('S250')]).toEqual([
      [10, 0, 0],
      [3, 7, 0],
    ])
    expect(shop.emitted).toEqual(['small stock.reserved', 'big stock.refused'])
  })

  it('gives back what it has so far when it is released half-way', () => {
    const shop = new Shop(skus(300, 10))
    shop.once(hold('big', skus(300, 4)))
    shop.reserve(release('big'))
    expect(shop.status('big')).toBe('released')
    expect(shop.counts('S0')).toEqual([10, 0, 0])
    expect(shop.reserve(hold('big', skus(300, 4))).status('big')).toBe('released')
  })

  it('goes on after a crash at any step, of its hold, its commit or its release', () => {
    const moves = [hold('big', skus(250, 4)), commit('big'), release('big')]
    const straight = new Shop(skus(250, 10))
    for (const request of moves) straight.reserve(request)
    for (let crashes = 1; crashes < 3; crashes += 1) {
      const shop = new Shop(skus(250, 10))
      for (const request of moves) {
        for (let step = 0; step < crashes; step += 1) shop.once(request)
        shop.reserve(request)
      }
      expect(shop.stocks).toEqual(straight.stocks)
      expect(shop.emitted).toEqual(straight.emitted)
    }
  })

  it('is committed to the end before a release that comes in between undoes it', () => {
    const shop = new Shop(skus(150, 10)).reserve(hold('big', skus(150, 4)))
    shop.once(commit('big'))
    shop.reserve(release('big'))
    expect(shop.status('big')).toBe('released')
    expect([shop.counts('S0'), shop.counts('S149')]).toEqual([
      [10, 0, 0],
      [10, 0, 0],
    ])
  })
})

describe('what a reservation keeps of its request', () => {
  it('is the reference and the id of the request, where there are any', () => {
    const named = { reference: 'till 7', requestId: 'req_1' }
    const shop = new Shop({ A: 5 }).reserve({ ...hold('o1', { A: 1 }), ...named }, hold('o2', { A: 1 }))
    expect(shop.reservations.get('o1')).toMatchObject(named)
    for (const name of Object.keys(named)) expect(shop.reservations.get('o2')).not.toHaveProperty(name)
  })
})

describe('the skus that a move has still to move', () => {
  it.each([
    ['held', []],
    ['committed', [commit('o1')]],
  ])('are none of a reservation that is %s', (_, requests) => {
    const shop = new Shop({ A: 5, B: 5 }).reserve(hold('o1', { A: 3, B: 1 }))
    for (const request of requests) shop.reserve(request)
    expect(pending(shop.reservations.get('o1')!)).toEqual([])
  })
})

describe('a reservation whose stock item is missing', () => {
  it('cannot be moved, and names the sku', () => {
    const shop = new Shop({ A: 5 }).reserve(hold('o1', { A: 1 }))
    shop.stocks.delete('A')
    expect(() => shop.once(release('o1'))).toThrow('A is held by o1 and has no stock item')
  })
})
