import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Stock,
  adjust,
  checkLevels,
  emits,
  ImpossibleLevel,
  levelOf,
  move,
  reservable,
  retirable,
  totalsOf,
} from '../../functions/inventory/core/stock.ts'
import type { Bucket } from '../../functions/inventory/core/level.ts'
import { cleared, surplusOf, withProduct } from '../../functions/inventory/core/product-snapshot.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { putStock } from '../../functions/inventory/store/stock-item.ts'
import { source } from '../../functions/inventory/core/sourcing.ts'
import { type Opened, stockOf } from './stock-of.ts'

const at = '2026-01-01T00:00:00.000Z'
const origin = { cause: 'test', at: 0, by: 'test' }
const zero = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }

const stockWith = (levels: Opened, more: Partial<Stock> = {}): Stock => stockOf('A', levels, more)

function pick(stock: Stock, quantity: number, warehouses: readonly string[]) {
  const sites = warehouses.map((id) => ({ id }))
  const sourced = source([[stock.sku, quantity]], { stockOf: () => stock, sites, rule: 'priority' }, [])
  return 'picks' in sourced ? sourced.picks[0]?.lines : undefined
}

describe('a level', () => {
  it('has on hand the sum of its four counts, after any moves', () => {
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

describe('a warehouse', () => {
  const odd = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf']
  it.each(odd)('that is named %s has nothing of what was never put into it', (id) => {
    const stock = stockWith({ main: { available: 3 } })
    expect(levelOf(stock, id)).toMatchObject({ warehouseId: id, onHand: 0, ...zero })
    expect([reservable(stock, [id, 'main']), totalsOf(stock, [id, 'main']).onHand]).toEqual([3, 3])
    expect(pick(stock, 4, [id, 'main'])).toBeUndefined()
  })
  it.each(odd)('that is named %s keeps what is put into it', (id) => {
    const put = adjust(stockWith({ main: { available: 3 } }), id, { delta: 2 }, at)
    if (!('stock' in put)) throw new Error(put.code)
    expect(levelOf(put.stock, id)).toMatchObject({ onHand: 2, available: 2 })
    expect(move(put.stock, [['A', id, 2]], 'available', 'reserved', at).levels.get(id)).toMatchObject({ reserved: 2 })
  })
  it('is one of 200 at most in which a sku has a level', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`w${index}`, 1]))
    expect(adjust(stockWith(many), 'one-more', { delta: 1 }, at)).toEqual({ code: 'too_many_levels' })
    expect(adjust(stockWith(many), 'w7', { delta: 1 }, at)).toMatchObject({ delta: 1 })
  })
})

describe('a level that cannot be', () => {
  it.each([-1, 0.5, NaN, Infinity, '3', undefined])('with %s units is never written', async (count) => {
    const wrong = stockWith({ main: { available: 1 }, side: { reserved: count as number } })
    expect(() => checkLevels(wrong)).toThrow(ImpossibleLevel)
    await expect(putStock(memoryStore(), undefined, wrong, origin)).rejects.toThrow('A in side')
  })
})

describe('what is shown', () => {
  it('is what can be sold: units in a warehouse that is not active are neither', () => {
    const stock = stockWith({ open: { available: 2 }, closed: { available: 5, reserved: 1 } })
    expect(totalsOf(stock, ['open'])).toMatchObject({ onHand: 2, available: 2, reserved: 0 })
    expect(reservable(stock, ['open'])).toBe(totalsOf(stock, ['open']).available)
  })
  it('emits events of active warehouses only', () => {
    const before = stockWith({ closed: { available: 1 } }, { lowStockAt: 3 })
    const after = stockWith({ closed: { available: 9 } }, { lowStockAt: 3 })
    expect(emits(before, after, ['open'])).toEqual([])
    expect(emits(after, before, ['open'])).toEqual([])
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
    expect(adjusted).toMatchObject({
      delta: 4,
      stock: {
        levels: new Map([['main', { available: 6, reserved: 3, allocated: 0, unavailable: 0, updatedAt: at }]]),
      },
    })
  })
  it('counts what is on hand, the promised units among it', () => {
    const adjusted = adjust(stockWith({ main: { available: 2, reserved: 3 } }), 'main', { set: 10 }, at)
    expect(adjusted).toMatchObject({
      delta: 5,
      stock: {
        levels: new Map([['main', { available: 7, reserved: 3, allocated: 0, unavailable: 0, updatedAt: at }]]),
      },
    })
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
    const two = stockWith({ a: { allocated: 2 } }, { unique: true })
    expect(adjust(two, 'a', { set: 2 }, at)).toMatchObject({ delta: 0 })
  })
})

describe('a unique product', () => {
  it.each([
    ['available', { available: 1 }],
    ['reserved', { reserved: 1 }],
    ['sold', { allocated: 1 }],
    ['sold', {}],
  ] as const)('shows as %s', (state, counts) => {
    expect(totalsOf(stockWith({ main: counts }, { unique: true }), ['main']).state).toBe(state)
  })
})

describe('the event of a change', () => {
  const mark = { lowStockAt: 3 }
  it.each([
    [4, 3, ['stock.low']],
    [4, 0, ['stock.low']],
    [3, 2, []],
    [5, 4, []],
    [0, 1, ['stock.replenished']],
    [0, 2, ['stock.replenished']],
    [2, 5, []],
  ] as const)('from %i to %i available is %j', (had, has, events) => {
    expect(
      emits(stockWith({ main: { available: had } }, mark), stockWith({ main: { available: has } }, mark), ['main']),
    ).toEqual(events)
  })
})

describe('a version of a product', () => {
  const product = { sku: 'A', unique: false, version: 2 }
  it('opens a stock item', () => {
    expect(withProduct(undefined, product, 'created')).toEqual(stockWith({}, { productVersion: 2 }))
  })
  it('is ignored when it is not newer than what is known', () => {
    expect(withProduct(stockWith({}, { productVersion: 2 }), product, 'updated')).toBeUndefined()
    expect(withProduct(stockWith({}, { productVersion: 3 }), product, 'created')).toBeUndefined()
  })
  it('keeps the levels', () => {
    const known = stockWith({ main: { available: 2, reserved: 1 } })
    expect(withProduct(known, product, 'updated')).toEqual({ ...known, productVersion: 2 })
  })
  it('brings a retired sku back only when the product is created again', () => {
    const retired = stockWith({}, { retired: true })
    expect(withProduct(retired, product, 'created')).toMatchObject({ retired: false })
    expect(withProduct(retired, product, 'updated')).toMatchObject({ retired: true })
  })
  it('brings a retired sku back also when an update overtakes the second creation', () => {
    const retired = stockWith({}, { retired: true, productVersion: 2 })
    const late = { ...product, version: 3, createdVersion: 1 }
    expect(withProduct(retired, late, 'updated')).toMatchObject({ retired: true })
    expect(withProduct(retired, { ...product, version: 5, createdVersion: 4 }, 'updated')).toMatchObject({
      retired: false,
    })
    expect(
      withProduct({ ...retired, productVersion: 3 }, { ...product, version: 5, createdVersion: 5 }, 'created'),
    ).toMatchObject({ retired: false })
  })
  it('leaves a sku retired that is updated in the life that began with the version it knows', () => {
    const retired = stockWith({}, { retired: true, productVersion: 3 })
    expect(withProduct(retired, { ...product, version: 4, createdVersion: 3 }, 'updated')).toMatchObject({
      retired: true,
    })
  })
  it('takes the low-stock mark away again', () => {
    expect(withProduct(stockWith({}, { lowStockAt: 3 }), product, 'updated')).not.toHaveProperty('lowStockAt')
  })
})

describe('a sku that comes back as a unique product', () => {
  const unique = { sku: 'A', unique: true, version: 5, createdVersion: 5 }
  it('has to lose all of its units when there are more than one, wherever they lie', () => {
    const stock = stockWith({ a: { available: 1 }, b: { unavailable: 1 }, c: {} }, { retired: true })
    expect(surplusOf(stock, unique)).toEqual(['a', 'b'])
    expect(cleared(stock, 'b', at)).toMatchObject({ delta: -1 })
  })
  it('keeps a single one', () => {
    expect(surplusOf(stockWith({ a: { available: 1 } }, { retired: true }), unique)).toEqual([])
  })
  it('loses nothing by an old version, nor as an ordinary product', () => {
    const stock = stockWith({ a: { available: 5 } }, { retired: true, productVersion: 5 })
    expect(surplusOf(stock, unique)).toEqual([])
    expect(surplusOf(stock, { ...unique, unique: false, version: 6 })).toEqual([])
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
