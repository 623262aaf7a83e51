import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Bucket,
  type Stock,
  adjust,
  levelOf,
  move,
  newsOf,
  pick,
  reservable,
  retirable,
  told,
  totalsOf,
} from '../../functions/inventory/stock.ts'

const at = '2026-01-01T00:00:00.000Z'

const stockWith = (levels: Record<string, Partial<Record<Bucket, number>>>, more: Partial<Stock> = {}): Stock => ({
  sku: 'A',
  unique: false,
  retired: false,
  productVersion: 1,
  levels: Object.fromEntries(
    Object.entries(levels).map(([id, counts]) => [
      id,
      { available: 0, reserved: 0, allocated: 0, unavailable: 0, ...counts },
    ]),
  ),
  ...more,
})

describe('a level', () => {
  it('has on hand what its four parts add up to, after any moves', () => {
    const bucket = fc.constantFrom<Bucket>('available', 'reserved', 'allocated', 'unavailable')
    const moves = fc.array(fc.tuple(fc.nat(5), bucket, bucket), { maxLength: 30 })
    fc.assert(
      fc.property(fc.nat(20), moves, (available, steps) => {
        let stock = stockWith({ main: { available } })
        for (const [units, from, to] of steps) {
          try {
            stock = move(stock, [['A', 'main', units]], from, to, at)
          } catch {
            expect(levelOf(stock, 'main')[from]).toBeLessThan(units)
          }
        }
        const level = levelOf(stock, 'main')
        expect(level.onHand).toBe(available)
        expect(Math.min(level.available, level.reserved, level.allocated, level.unavailable)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('is all zero in a warehouse where the sku never was', () => {
    expect(levelOf(stockWith({}), 'main')).toMatchObject({ onHand: 0, available: 0, reserved: 0 })
  })
})

describe('picking', () => {
  it('takes from the first warehouse in order of priority', () => {
    expect(pick(stockWith({ a: { available: 5 }, b: { available: 5 } }), 3, ['b', 'a'])).toEqual([['A', 'b', 3]])
  })
  it('rather takes one warehouse that has everything than two', () => {
    expect(pick(stockWith({ a: { available: 2 }, b: { available: 5 } }), 3, ['a', 'b'])).toEqual([['A', 'b', 3]])
  })
  it('takes from several where no single one has enough', () => {
    const lines = pick(stockWith({ a: { available: 2 }, b: { available: 5 } }), 6, ['a', 'b'])
    expect(lines).toEqual([
      ['A', 'a', 2],
      ['A', 'b', 4],
    ])
  })
  it('takes nothing when all together have too little', () => {
    expect(pick(stockWith({ a: { available: 2 }, b: { available: 3 } }), 6, ['a', 'b'])).toBeUndefined()
  })
  it('leaves warehouses alone that are not named', () => {
    expect(pick(stockWith({ a: { available: 9 } }), 1, ['b'])).toBeUndefined()
  })
  it('takes nothing of a retired sku, nor of one that is not known', () => {
    expect(reservable(stockWith({ a: { available: 9 } }, { retired: true }), ['a'])).toBe(0)
    expect(reservable(undefined, ['a'])).toBe(0)
  })
})

describe('adjusting', () => {
  it('adds a difference to what is available', () => {
    const adjusted = adjust(stockWith({ main: { available: 2, reserved: 3 } }), 'main', { delta: 4 }, at)
    expect(adjusted).toMatchObject({ delta: 4, stock: { levels: { main: { available: 6, reserved: 3 } } } })
  })
  it('counts what is on hand, the promised units among it', () => {
    const adjusted = adjust(stockWith({ main: { available: 2, reserved: 3 } }), 'main', { set: 10 }, at)
    expect(adjusted).toMatchObject({ delta: 5, stock: { levels: { main: { available: 7, reserved: 3 } } } })
  })
  it('refuses to take away what is promised', () => {
    const stock = stockWith({ main: { available: 2, reserved: 3 } })
    expect(adjust(stock, 'main', { delta: -3 }, at)).toEqual({ code: 'insufficient_stock', available: 2 })
    expect(adjust(stock, 'main', { set: 2 }, at)).toEqual({ code: 'insufficient_stock', available: 2 })
  })
  it('changes nothing when others are on hand than expected', () => {
    const stock = stockWith({ main: { available: 2, reserved: 3 } })
    expect(adjust(stock, 'main', { set: 9, expected: 4 }, at)).toEqual({ code: 'level_changed', onHand: 5 })
    expect(adjust(stock, 'main', { set: 9, expected: 5 }, at)).toMatchObject({ delta: 4 })
  })
  it('never brings a second unit of a unique product, in whatever warehouse', () => {
    const unique = stockWith({ a: { allocated: 1 } }, { unique: true })
    expect(adjust(unique, 'b', { delta: 1 }, at)).toEqual({ code: 'unique_exceeded' })
    expect(adjust(stockWith({}, { unique: true }), 'b', { delta: 1 }, at)).toMatchObject({ delta: 1 })
  })
})

describe('a unique product', () => {
  it.each([
    ['available', { available: 1 }],
    ['reserved', { reserved: 1 }],
    ['sold', { allocated: 1 }],
    ['sold', {}],
  ] as const)('shows as %s', (state, counts) => {
    expect(totalsOf(stockWith({ main: counts }, { unique: true })).state).toBe(state)
  })
})

describe('news of a change', () => {
  const mark = { lowStockAt: 3 }
  it.each([
    [4, 3, ['stock.low']],
    [4, 0, ['stock.low']],
    [3, 2, []],
    [5, 4, []],
    [0, 2, ['stock.replenished']],
    [2, 5, []],
  ] as const)('from %i to %i available is %j', (had, has, news) => {
    expect(
      newsOf(stockWith({ main: { available: had } }, mark), stockWith({ main: { available: has } }, mark)),
    ).toEqual(news)
  })
})

describe('what the catalogue says', () => {
  const product = { sku: 'A', unique: false, version: 2 }
  it('opens a stock item', () => {
    expect(told(undefined, product, 'created')).toEqual(stockWith({}, { productVersion: 2 }))
  })
  it('is ignored when it is not newer than what is known', () => {
    expect(told(stockWith({}, { productVersion: 2 }), product, 'updated')).toBeUndefined()
    expect(told(stockWith({}, { productVersion: 3 }), product, 'created')).toBeUndefined()
  })
  it('keeps the levels', () => {
    const known = stockWith({ main: { available: 2, reserved: 1 } })
    expect(told(known, product, 'updated')).toEqual({ ...known, productVersion: 2 })
  })
  it('brings a retired sku back only when the product is created anew', () => {
    const retired = stockWith({}, { retired: true })
    expect(told(retired, product, 'created')).toMatchObject({ retired: false })
    expect(told(retired, product, 'updated')).toMatchObject({ retired: true })
  })
  it('brings a retired sku back also when an update overtakes the creation anew', () => {
    const retired = stockWith({}, { retired: true, productVersion: 2 })
    const late = { ...product, version: 3, createdVersion: 1 }
    expect(told(retired, late, 'updated')).toMatchObject({ retired: true })
    expect(told(retired, { ...product, version: 5, createdVersion: 4 }, 'updated')).toMatchObject({ retired: false })
    expect(
      told({ ...retired, productVersion: 3 }, { ...product, version: 5, createdVersion: 5 }, 'created'),
    ).toMatchObject({ retired: false })
  })
  it('takes the low-stock mark away again', () => {
    expect(told(stockWith({}, { lowStockAt: 3 }), product, 'updated')).not.toHaveProperty('lowStockAt')
  })
})

describe('retiring', () => {
  it.each([
    [{ available: 3 }, true],
    [{ reserved: 1 }, false],
    [{ allocated: 1 }, false],
    [{ unavailable: 1 }, true],
  ] as const)('with %j on hand: %s', (counts, allowed) => {
    expect(retirable(stockWith({ main: counts }))).toBe(allowed)
  })
})
