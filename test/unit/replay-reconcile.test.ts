import { describe, expect, it } from 'vitest'
import { reconcile } from '../../bin/replay/reconcile.ts'
import type { Levels } from '../../bin/replay/levels.ts'
import { openingUnits } from '../../bin/replay/open-stock.ts'
import { type PlacedSale, unexplained } from '../../bin/replay/place.ts'
import type { Change, TradingDay } from '../../bin/replay/trading-day.ts'
import type { Order } from '../../schemas/order.ts'
import type { Shipment } from '../../schemas/shipment.ts'

const levels = (available: number, reserved = 0, allocated = 0, unavailable = 0): Levels => ({
  onHand: available + reserved + allocated + unavailable,
  available,
  reserved,
  allocated,
  unavailable,
})

const sold = (status: Order['status'], lines: Record<string, number>, reason?: Order['reason']): PlacedSale => {
  const own = Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity }))
  return {
    sale: { kind: 'sale', invoice: '536365', at: 0, customerId: 'guest', lines: own },
    order: { status, lines: own, ...(reason && { reason }) } as unknown as Order,
  }
}

const changed = (sku: string, delta: number, problem?: string) => ({
  change: { kind: 'adjustment', sku, delta, at: 0, reason: 'check', reference: '1' } as Change,
  ...(problem !== undefined && { problem }),
})

describe('stock', () => {
  const opening = { before: new Map([['A', levels(5)]]), opened: new Map([['A', 95]]) }
  const trading = {
    sales: [sold('reserved', { A: 10 }), sold('confirmed', { A: 4 }), sold('rejected', { A: 500 })],
    changes: [changed('A', -3), changed('A', 1), changed('A', -700, 'insufficient_stock')],
  }
  const now = (level: Levels) => reconcile(opening, trading, new Map([['A', level]]))

  it('reconciles when everything that was opened is there, reserved, allocated or adjusted away', () => {
    expect(now(levels(84, 10, 4))).toEqual({
      skus: 1,
      opening: 100,
      levels: levels(84, 10, 4),
      adjusted: -2,
      shipped: 0,
      wrong: [],
    })
  })

  it.each([
    ['a unit is lost', levels(83, 10, 4), 'A: 98 units expected, 97 there'],
    ['a unit comes from nowhere', levels(85, 10, 4), 'A: 98 units expected, 99 there'],
    ['a hold has no order', levels(83, 11, 4), 'A: 11 reserved for orders of 10'],
    ['an order has no hold', levels(85, 9, 4), 'A: 9 reserved for orders of 10'],
    ['a confirmed order has nothing allocated', levels(84, 14, 0), 'A: 0 allocated for orders of 4'],
    ['the parts do not add up', { ...levels(84, 10, 4), onHand: 99 }, 'A: 99 on hand, but 98 in its parts'],
    ['more was promised than there is', levels(-1, 10, 4, 85), 'A: -1 available'],
  ])('does not reconcile when %s', (_, level, expected) => {
    expect(now(level).wrong).toContain(expected)
  })

  it('counts only what has changed since the day began', () => {
    const before = new Map([['A', levels(20, 30, 40, 10)]])
    const reconciliation = reconcile(
      { before, opened: new Map([['A', -15]]) },
      { sales: [], changes: [] },
      new Map([['A', levels(5, 30, 40, 10)]]),
    )
    expect(reconciliation).toMatchObject({ opening: 85, wrong: [] })
  })

  it('does not reconcile for a sku that was never opened', () => {
    expect(reconcile(opening, trading, new Map([['B', levels(0)]])).wrong).toEqual(['B: stock was never opened'])
  })
})

describe('stock that was sent', () => {
  const opening = { before: new Map([['A', levels(0)]]), opened: new Map([['A', 100]]) }
  const packed = (sale: PlacedSale, ...parcels: Record<string, number>[]): PlacedSale => ({
    ...sale,
    parcels: {
      shipments: parcels.map((lines) => ({
        lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity, returned: 0 })),
      })) as unknown as Shipment[],
      firstLeftAt: 0,
      lastArrivedAt: 0,
    },
  })
  const reconciliation = (now: Levels, ...sales: PlacedSale[]) =>
    reconcile(opening, { sales, changes: [] }, new Map([['A', now]]))

  it('reconciles when stock on hand has fallen by what was shipped, and nothing of it is kept for anybody', () => {
    const sent = [packed(sold('completed', { A: 6 }), { A: 4 }, { A: 2 }), packed(sold('shipped', { A: 1 }), { A: 1 })]
    expect(reconciliation(levels(93), ...sent)).toMatchObject({ shipped: 7, wrong: [] })
  })

  it.each([
    ['what was shipped is still there', levels(100), 'A: 94 units expected, 100 there'],
    ['it was shipped twice', levels(88), 'A: 94 units expected, 88 there'],
    ['it is still allocated', levels(88, 0, 6), 'A: 6 allocated for orders of 0'],
    ['it is still reserved', levels(88, 6), 'A: 6 reserved for orders of 0'],
  ])('does not reconcile when %s', (_, level, expected) => {
    expect(reconciliation(level, packed(sold('completed', { A: 6 }), { A: 6 })).wrong).toContain(expected)
  })

  it.each([
    ['too little', [{ A: 5 }], '536365: 5 of A in parcels, 6 ordered'],
    ['too much', [{ A: 4 }, { A: 4 }], '536365: 8 of A in parcels, 6 ordered'],
    ['something else', [{ A: 6, B: 1 }], '536365: 1 of B in parcels, 0 ordered'],
    ['nothing', [], '536365: 0 of A in parcels, 6 ordered'],
  ])('does not reconcile when the parcels of an order carried %s', (_, parcels, expected) => {
    expect(reconciliation(levels(94), packed(sold('completed', { A: 6 }), ...parcels)).wrong).toEqual([expected])
  })
})

describe('opening stock', () => {
  const day = {
    products: ['A', 'B', 'C'].map((sku) => ({ sku, name: sku, price: 1 })),
    happenings: [
      sold('placed', { A: 7, B: 1 }).sale,
      sold('placed', { A: 4 }).sale,
      changed('A', -3).change,
      changed('A', 2).change,
      changed('C', -5).change,
    ],
  } as unknown as TradingDay

  it('is plenty when it covers twice what is asked for, and what is lost', () => {
    expect(Object.fromEntries(openingUnits(day, 'plenty'))).toEqual({ A: 25, B: 2, C: 5 })
  })

  it('is scarce at 60 % of what is asked for, rounded up', () => {
    expect(Object.fromEntries(openingUnits(day, 'scarce'))).toEqual({ A: 7, B: 1, C: 0 })
  })
})

describe('a rejected order', () => {
  const reason = (shortages: { sku: string; requested: number; available: number }[]): Order['reason'] => ({
    code: 'insufficient_stock',
    shortages,
  })

  it('explains itself when each shortage names what was asked and that there was less', () => {
    expect(unexplained(sold('rejected', { A: 5, B: 1 }, reason([{ sku: 'A', requested: 5, available: 4 }])))).toEqual(
      [],
    )
  })

  it.each([
    ['without any shortage', undefined, '536365 was rejected without a shortage'],
    ['with enough there', reason([{ sku: 'A', requested: 5, available: 5 }]), '536365: A asked 5, reported 5 of 5'],
    ['with another number', reason([{ sku: 'A', requested: 6, available: 5 }]), '536365: A asked 5, reported 5 of 6'],
    [
      'for a sku not asked for',
      reason([{ sku: 'Z', requested: 1, available: 0 }]),
      '536365: Z asked 0, reported 0 of 1',
    ],
  ])('does not explain itself %s', (_, why, expected) => {
    expect(unexplained(sold('rejected', { A: 5, B: 1 }, why))).toEqual([expected])
  })

  it('is the only one that has to explain itself', () => {
    expect(unexplained(sold('reserved', { A: 5 }))).toEqual([])
  })
})
