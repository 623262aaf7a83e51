import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Snapshot, decideBatch } from '../../functions/inventory/core/decide-batch.ts'
import { Busy } from '../../functions/inventory/core/allocation-tasks.ts'
import type { Reservation } from '../../functions/inventory/core/reservation.ts'
import { ImpossibleRequest, type ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import { stockOf } from './stock-of.ts'
import { type Stock, levelOf } from '../../functions/inventory/core/stock.ts'
import type { ReturnedLine } from '../../schemas/shipping.ts'

const now = '2026-01-01T00:00:00.000Z'
const order = 'ord_1'

/** Stock and one reservation in memory; every batch is written at once, with as few writes as the test wants. */
class Shop {
  readonly stocks = new Map<string, Stock>()
  readonly emitted: string[] = []
  reservation: Reservation | undefined
  readonly maxWrites: number

  constructor(units: Record<string, Record<string, number>>, more: Partial<Stock> = {}, maxWrites = 100) {
    this.maxWrites = maxWrites
    for (const [sku, warehouses] of Object.entries(units)) this.stocks.set(sku, stockOf(sku, warehouses, more))
  }

  /** One step, as one transaction would write it; whether the request is dealt with. */
  step(request: ReservationRequest): boolean {
    const snapshot: Snapshot = {
      reservationOf: () => this.reservation,
      queueOf: () => [],
      stockOf: (sku) => this.stocks.get(sku),
      sites: [{ id: 'east' }, { id: 'west' }],
      rule: 'priority',
      now,
      after: () => now,
    }
    const { stocks, reservations, finished } = decideBatch([request], snapshot, this.maxWrites)
    for (const stock of stocks) this.stocks.set(stock.sku, stock)
    for (const { reservation, emits } of reservations) {
      this.reservation = reservation
      this.emitted.push(...emits)
    }
    return finished.length > 0
  }

  reserve(...requests: ReservationRequest[]): this {
    for (const request of requests)
      for (let turns = 0; !this.step(request); turns += 1) if (turns > 99) throw new Error('never done')
    return this
  }

  /** Available, reserved, allocated, unavailable. */
  at(sku: string, warehouseId: string) {
    const { available, reserved, allocated, unavailable } = levelOf(this.stocks.get(sku)!, warehouseId)
    return [available, reserved, allocated, unavailable]
  }
}

const asked = (cause: string) => ({ id: order, orderId: order, cause })
const hold = (lines: Record<string, number>): ReservationRequest => ({
  ...asked('placed'),
  move: 'hold',
  lines: Object.entries(lines),
  holdSeconds: 60,
})
const commit = (cause = 'confirmed'): ReservationRequest => ({ ...asked(cause), move: 'commit' })
const close = (cause = 'closed'): ReservationRequest => ({ ...asked(cause), move: 'close' })
const release = (left: string[] = [], cause = 'nothing leaves'): ReservationRequest => ({
  ...asked(cause),
  move: 'release',
  left,
})
const ship = (warehouseId: string, cause = `left ${warehouseId}`): ReservationRequest => ({
  ...asked(cause),
  move: 'ship',
  warehouseId,
})
const takeBack = (returnId: string, ...lines: ReturnedLine[]): ReservationRequest => ({
  ...asked(returnId),
  move: 'return',
  returnId,
  lines,
})

/** 6 of A in east and 4 in west; an order for 8 takes 6 and 2. */
const split = (maxWrites = 100) => new Shop({ A: { east: 6, west: 4 }, B: { east: 5 } }, {}, maxWrites)
const allocated = (maxWrites = 100) => split(maxWrites).reserve(hold({ A: 8, B: 1 }), commit())

const withdraw = (warehouseId: string): ReservationRequest => ({
  ...asked(`fails in ${warehouseId}`),
  move: 'withdraw',
  warehouseId,
})

describe('a request of shipping', () => {
  it.each([
    ['that a parcel leaves', ship('west')],
    ['that units come back', takeBack('r1', ['A', 'west', 1, 'restock'])],
    ['that a parcel will not leave', withdraw('west')],
  ])('%s is not answered, and changes nothing when it comes again under another id', (_, request) => {
    const shop = allocated().reserve(request)
    const { reservation } = shop
    shop.reserve({ ...request, cause: 'again' })
    expect(shop.reservation).toBe(reservation)
    expect(shop.emitted).toEqual(['stock.reserved', 'stock.committed'])
  })
})

describe('a parcel that leaves', () => {
  it('takes what is allocated in its warehouse out, and leaves the rest allocated', () => {
    const shop = allocated().reserve(ship('east'))
    expect([shop.at('A', 'east'), shop.at('A', 'west'), shop.at('B', 'east')]).toEqual([
      [0, 0, 0, 0],
      [2, 0, 2, 0],
      [4, 0, 0, 0],
    ])
    expect(shop.reservation?.status).toBe('committed')
  })
  it('leaves once, however often its event comes', () => {
    const shop = allocated().reserve(ship('east'), ship('east'), ship('east', 'again'))
    expect(shop.at('B', 'east')).toEqual([4, 0, 0, 0])
  })
  it('is the last one: then all is shipped, nothing can be given back, and a release is answered with stock.released', () => {
    const shop = allocated().reserve(ship('east'), ship('west'), release(['east', 'west']))
    expect(shop.reservation?.status).toBe('shipped')
    expect(shop.emitted.at(-1)).toBe('stock.released')
    expect([shop.at('A', 'east'), shop.at('A', 'west')]).toEqual([
      [0, 0, 0, 0],
      [2, 0, 0, 0],
    ])
  })
  it('cannot leave where nothing is allocated, nor before, nor after it was given back', () => {
    expect(() => allocated().reserve(ship('north'))).toThrow(ImpossibleRequest)
    expect(() => split().reserve(hold({ A: 8 }), ship('east'))).toThrow(ImpossibleRequest)
    expect(() => split().reserve(close(), ship('east'))).toThrow(ImpossibleRequest)
    const halfHeld = split(2)
    halfHeld.step(hold({ A: 8, B: 1 }))
    expect(() => halfHeld.step(ship('east'))).toThrow(ImpossibleRequest)
    const halfReleased = split(2).reserve(hold({ A: 8, B: 1 }))
    halfReleased.step(close())
    expect(halfReleased.reservation?.status).toBe('releasing')
    expect(() => halfReleased.step(ship('west'))).toThrow(ImpossibleRequest)
    expect(() => allocated().reserve(release(), ship('east'))).toThrow(ImpossibleRequest)
  })
})

describe('the closing of an order', () => {
  it('leaves what is allocated to shipping, and emits nothing', () => {
    const shop = allocated().reserve(close(), close('closed again'))
    expect(shop.at('A', 'east')).toEqual([0, 0, 6, 0])
    expect(shop.emitted).toEqual(['stock.reserved', 'stock.committed'])
  })
  it('changes nothing once all parcels have left', () => {
    const shop = allocated().reserve(ship('east'), ship('west'))
    const { reservation } = shop
    expect(shop.reserve(close()).reservation).toBe(reservation)
  })
  it('is answered again when it comes again, once what was held has gone back', () => {
    const shop = split().reserve(hold({ A: 8 }), close(), close('closed again'))
    expect(shop.emitted).toEqual(['stock.reserved', 'stock.released', 'stock.released'])
  })
  it('gives back what is held', () => {
    const shop = split().reserve(hold({ A: 8 }), close())
    expect(shop.at('A', 'east')).toEqual([6, 0, 0, 0])
    expect(shop.emitted).toEqual(['stock.reserved', 'stock.released'])
  })
  it('gives all back when it comes in the middle of a commit, which then emits nothing', () => {
    const shop = split(2).reserve(hold({ A: 8, B: 1 }))
    shop.step(commit())
    expect(shop.reservation?.status).toBe('committing')
    shop.reserve(close())
    expect([shop.at('A', 'east'), shop.at('B', 'east')]).toEqual([
      [6, 0, 0, 0],
      [5, 0, 0, 0],
    ])
    expect(shop.emitted).toEqual(['stock.reserved', 'stock.released'])
  })
})

describe('the cancellation of what has not left', () => {
  it('gives back all, and emits stock.released again for another request', () => {
    const shop = allocated().reserve(release(), release(), release([], 'again'))
    expect([shop.at('A', 'east'), shop.at('A', 'west')]).toEqual([
      [6, 0, 0, 0],
      [4, 0, 0, 0],
    ])
    expect(shop.emitted.slice(2)).toEqual(['stock.released', 'stock.released'])
  })
  it.each([
    ['after the parcel that left', [ship('east'), release(['east'])]],
    ['before the event of the parcel that left', [release(['east']), ship('east')]],
  ])('gives back only the rest when it comes %s', (_, requests) => {
    const shop = allocated().reserve(...requests)
    expect([shop.at('A', 'east'), shop.at('A', 'west'), shop.at('B', 'east')]).toEqual([
      [0, 0, 0, 0],
      [4, 0, 0, 0],
      [4, 0, 0, 0],
    ])
    expect(shop.reservation?.status).toBe('released')
    expect(shop.emitted.slice(2)).toEqual(['stock.released'])
  })
})

describe('the rest of an order that goes back', () => {
  it('is answered as soon as it has, though units of a parcel still come back', () => {
    const shop = split(2).reserve(hold({ A: 8, B: 1 }), commit(), ship('east'))
    const back = takeBack('r1', ['A', 'east', 1, 'restock'], ['B', 'east', 1, 'restock'])
    shop.step(back)
    shop.step(release(['east']))
    shop.step(takeBack('r2', ['A', 'east', 1, 'restock'], ['B', 'east', 1, 'restock']))
    while (shop.reservation?.freed !== true) shop.step(commit())
    expect([shop.reservation.status, shop.emitted.at(-1)]).toEqual(['returning', 'stock.released'])
    shop.reserve(commit())
    expect(shop.emitted.filter((name) => name === 'stock.released')).toHaveLength(1)
  })
})

describe('units that come back', () => {
  it('are sold again or set aside, once for each return', () => {
    const back = takeBack('r1', ['A', 'east', 2, 'restock'], ['A', 'east', 1, 'damaged'])
    const shop = allocated().reserve(ship('east'), back, back)
    expect(shop.at('A', 'east')).toEqual([2, 0, 0, 1])
    expect(shop.reservation?.status).toBe('committed')
  })
  it('have left, should the event of their return come first', () => {
    const shop = allocated().reserve(takeBack('r1', ['A', 'east', 6, 'restock']), ship('east'))
    expect([shop.at('A', 'east'), shop.at('B', 'east')]).toEqual([
      [6, 0, 0, 0],
      [4, 0, 0, 0],
    ])
  })
  it('come back after the rest of the order was given back, too', () => {
    const shop = allocated().reserve(release(['east']), takeBack('r1', ['A', 'east', 6, 'restock']))
    expect(shop.at('A', 'east')).toEqual([6, 0, 0, 0])
    expect(shop.reservation?.status).toBe('released')
  })
  it('make one of a product that has become unique since several left', () => {
    const shop = new Shop({ U: { east: 3 } }).reserve(hold({ U: 3 }), commit(), ship('east'))
    shop.stocks.set('U', { ...shop.stocks.get('U')!, unique: true })
    shop.reserve(takeBack('r1', ['U', 'east', 3, 'restock']))
    expect(shop.at('U', 'east')).toEqual([1, 0, 0, 0])
  })
  it('wait outside while parcels of more than 1,500 lines would wait in it', () => {
    const skus = Array.from({ length: 700 }, (_, index) => `S${index}`)
    const shop = new Shop(Object.fromEntries(skus.map((sku) => [sku, { east: 3 }])))
    shop.reserve(hold(Object.fromEntries(skus.map((sku) => [sku, 3]))), commit(), ship('east'))
    const back = (id: string) => takeBack(id, ...skus.map((sku): ReturnedLine => [sku, 'east', 1, 'restock']))
    expect(shop.step(back('r1'))).toBe(false)
    expect(shop.step(back('r2'))).toBe(false)
    expect(() => shop.step(back('r3'))).toThrow(Busy)
    shop.reserve(back('r2'), back('r3'))
    expect(shop.at('S0', 'east')).toEqual([3, 0, 0, 0])
  })
  it('do not make a second one of a unique product that was counted in meanwhile', () => {
    const shop = new Shop({ U: { east: 1 } }, { unique: true }).reserve(hold({ U: 1 }), commit(), ship('east'))
    const stock = shop.stocks.get('U')!
    shop.stocks.set('U', { ...stock, levels: stockOf('U', { west: 1 }).levels })
    shop.reserve(takeBack('r1', ['U', 'east', 1, 'restock']))
    expect([shop.at('U', 'east'), shop.at('U', 'west')]).toEqual([
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ])
  })
})

describe('in any order, with any repetition and any crash between steps', () => {
  const skus = ['A', 'B', 'C', 'D']
  const stock = () => Object.fromEntries(skus.map((sku) => [sku, { east: 6, west: 4 }]))
  const wanted = { A: 8, B: 6, C: 3, D: 7 }
  const back = (returnId: string, warehouseId: string) =>
    takeBack(
      returnId,
      ['D', warehouseId, 1, 'restock'],
      ['A', warehouseId, 1, 'restock'],
      ['D', warehouseId, 1, 'damaged'],
      ['A', warehouseId, 1, 'damaged'],
    )
  /** What shipping may emit after one history of its own: some parcels left, maybe the rest was cancelled, some came back. */
  const history = fc.record({
    left: fc.subarray(['east', 'west']),
    cancelled: fc.boolean(),
    returned: fc.subarray(['east', 'west']),
  })
  const mixed = history.chain(({ left, cancelled, ...some }) => {
    const returned = some.returned.filter((warehouseId) => left.includes(warehouseId))
    const events = [
      ...left.map((warehouseId) => ship(warehouseId)),
      ...left.map((warehouseId) => ship(warehouseId, 'emitted again')),
      ...(cancelled ? [close(), release(left), release(left, 'emitted again')] : []),
      ...returned.flatMap((warehouseId) => [
        back(`r1 ${warehouseId}`, warehouseId),
        back(`r2 ${warehouseId}`, warehouseId),
      ]),
      commit('emitted again'),
    ]
    return fc.record({
      left: fc.constant(left),
      cancelled: fc.constant(cancelled),
      returned: fc.constant(returned),
      // Each at least once, and any of them once more, all in any order.
      requests: fc
        .subarray(events)
        .chain((twice) => fc.shuffledSubarray([...events, ...twice], { minLength: events.length + twice.length })),
      /** How far a delivery gets before it dies; all come again in the end. */
      steps: fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }),
      maxWrites: fc.integer({ min: 2, max: 9 }),
    })
  })

  it('every unit is where the parcels say, and nowhere twice', () => {
    fc.assert(
      fc.property(mixed, ({ left, cancelled, returned, requests, steps, maxWrites }) => {
        const shop = new Shop(stock(), {}, maxWrites).reserve(hold(wanted), commit())
        for (const [index, request] of requests.entries())
          for (let count = steps[index % steps.length]!; count > 0; count -= 1) shop.step(request)
        shop.reserve(...requests)
        const picked = { A: [6, 2], B: [6, 0], C: [3, 0], D: [6, 1] } as Record<string, [number, number]>
        for (const sku of skus)
          for (const [place, warehouseId] of (['east', 'west'] as const).entries()) {
            const had = stock()[sku]![warehouseId]
            const units = picked[sku]![place]!
            const gone = left.includes(warehouseId)
            const cameBack = returned.includes(warehouseId) && (sku === 'A' || sku === 'D') ? 2 : 0
            const freed = cancelled && !gone ? units : 0
            expect(shop.at(sku, warehouseId), `${sku} ${warehouseId}`).toEqual([
              had - units + freed + cameBack,
              0,
              gone || cancelled ? 0 : units,
              cameBack,
            ])
          }
        expect(shop.reservation?.tasks ?? []).toEqual([])
        expect(shop.reservation?.done).toBe(0)
      }),
      { numRuns: 500 },
    )
  })
})
