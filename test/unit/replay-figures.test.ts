import { describe, expect, it } from 'vitest'
import { type Figures, figuresOf, isSound, percentiles } from '../../bin/replay/figures.ts'
import { report, tableOf } from '../../bin/replay/table.ts'
import { tradingDay } from '../../bin/replay/trading-day.ts'
import type { Course } from '../../bin/replay/pay-plan.ts'
import type { Order } from '../../schemas/order.ts'
import type { OrderStatus } from '../../schemas/order-status.ts'
import type { Shipment } from '../../schemas/shipment.ts'

const text = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,LAMP,6,2010-12-01 08:00:00,2.55,17850.0,UK
1,B,"SET, OF 6",2,2010-12-01 08:00:00,1.25,17850.0,UK
2,A,LAMP,4,2010-12-01 09:00:00,2.55,,UK
3,A,LAMP,x,2010-12-01 09:00:00,2.55,,UK
`

const wallet: Course = { pay: 'wallet', ship: true }

function figures(
  statuses: readonly OrderStatus[],
  { wrong = [], wrongMoney = [], course = wallet }: { wrong?: string[]; wrongMoney?: string[]; course?: Course } = {},
): Figures {
  const day = tradingDay([{ name: 'day.csv', text }])
  const sales = day.happenings.filter((each) => each.kind === 'sale')
  return figuresOf({
    day,
    stock: 'plenty',
    course,
    products: { created: 2, updated: 0, unchanged: 0, refused: [] },
    sales: sales.map((sale, index) => ({
      sale,
      order: { status: statuses[index], lines: [] } as unknown as Order,
      placeMs: 10 + index,
      ...(index === 0 && {
        since: { placed: 1_000, reserved: 1_030, confirmed: 1_500, completed: 10_000 },
        parcels: { shipments: [{}, {}] as Shipment[], firstLeftAt: 8_000, lastArrivedAt: 9_900 },
      }),
    })),
    changes: [
      {
        change: { kind: 'adjustment', at: 0, sku: 'A', delta: -9, reason: 'lost', reference: '7' },
        problem: 'adjustStock: 409 insufficient_stock',
      },
    ],
    seconds: 1.25,
    reconciliation: {
      skus: 2,
      opening: 24,
      levels: { onHand: 16, available: 12, reserved: 4, allocated: 0, unavailable: 0 },
      adjusted: 0,
      shipped: 8,
      wrong,
    },
    money: {
      due: 1_780,
      charged: 2_800,
      refunded: 1_020,
      wallets: { customers: 1, deposited: 2_801, spent: 1_780 },
      wrong: wrongMoney,
    },
    usage: { services: [{ service: 'orders', calls: 9, writeUnits: 5 }] },
  })
}

describe('percentiles', () => {
  it('are values that were measured, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(percentiles(hundred)).toEqual({ p50: 50, p99: 99 })
    expect(percentiles([7])).toEqual({ p50: 7, p99: 7 })
    expect(percentiles([])).toBeUndefined()
  })
})

describe('the figures', () => {
  it('count invoices, lines, units and what became of the orders', () => {
    expect(figures(['completed', 'expired'])).toMatchObject({
      invoices: 2,
      lines: 3,
      units: 12,
      orders: { completed: 1, expired: 1 },
      parcels: 2,
      place: { p50: 10, p99: 11 },
      placeToReserved: { p50: 30, p99: 30 },
      reservedToConfirmed: { p50: 470, p99: 470 },
      deliveredToCompleted: { p50: 100, p99: 100 },
      perSecond: { placed: 1.6, confirmed: 2, completed: 0.5 },
      adjustments: { made: 0, refused: ['7: adjustStock: 409 insufficient_stock'] },
    })
  })

  it('do not take for a latency how long an operator lets orders wait', () => {
    const { reservedToConfirmed, perSecond } = figures(['completed', 'completed'], {
      course: { pay: 'manual', ship: true },
    })
    expect({ reservedToConfirmed, perSecond }).toEqual({ perSecond: { placed: 1.6, completed: 0.5 } })
  })

  it('are sound when stock and money reconcile, every order is where it should be and every rejection explained', () => {
    expect(isSound(figures(['completed', 'completed']))).toBe(true)
    expect(isSound(figures(['completed', 'completed'], { wrong: ['A: 1 units expected, 0 there'] }))).toBe(false)
    expect(isSound(figures(['completed', 'completed'], { wrongMoney: ['1: charged 2 times'] }))).toBe(false)
    expect(isSound(figures(['completed', 'placed']))).toBe(false)
    expect(isSound(figures(['completed', 'rejected']))).toBe(false)
  })

  it.each([
    [{ pay: 'none', ship: false }, 'reserved', 'placed'],
    [{ pay: 'card', ship: false }, 'confirmed', 'reserved'],
    [{ pay: 'card', ship: true }, 'completed', 'shipped'],
  ] as const)('of orders that go %o expect them %s, not %s', (course, goal, short) => {
    expect(figures([goal, short], { course }).unfinished).toEqual([`2: ${short}`])
  })
})

describe('the report', () => {
  it('aligns what stands beside the labels', () => {
    expect(
      tableOf([
        ['a', '1'],
        ['long', '2'],
      ]),
    ).toBe('  a     1\n  long  2')
  })

  it('shows every figure, what was odd, and that stock and money reconcile', () => {
    expect(report(figures(['completed', 'expired']))).toMatchInlineSnapshot(`
      "  files                   day.csv
        rows                    4 = 3 sold + 0 returned + 0 adjusted + 1 unusable
        products                2 created, 0 updated, 0 unchanged, 0 refused
        stock                   plenty
        payment                 wallet, shipped
        invoices                2
        lines                   3
        units                   12
        completed               1
        rejected                0
        expired                 1
        parcels                 2
        returns                 0
        adjustments             0, 1 refused
        place                   p50 10 ms, p99 11 ms (POST /orders, from sent to answered, without waiting for stock)
        place to reserved       p50 30 ms, p99 30 ms (by the times in the history of each order)
        reserved to confirmed   p50 470 ms, p99 470 ms (likewise)
        delivered to completed  p50 100 ms, p99 100 ms (from the arrival of the last parcel)
        trading took            1.3 s
        placed per second       1.6 orders, while trading
        confirmed per second    2.0 orders, from the first that was placed to the last confirmed
        completed per second    0.5 orders, from the first parcel that left to the last order completed
        cost of orders          4.5 AWS calls and 2.5 write units per order, all trading counted
        stock                   24 opened = 12 there + 4 reserved + 0 allocated + 0 unavailable + 8 shipped + 0 adjusted away; 2 skus, each balanced
        wallets                 £28.01 deposited by 1 customer, £17.80 of it spent
        money                   £28.00 charged - £10.20 refunded for orders of £17.80; each balanced

      Rows that cannot be used:
        day.csv row 4: quantity "x"

      Orders that did not get where they should:
        2: expired

      Adjustments refused:
        7: adjustStock: 409 insufficient_stock

      Stock and money reconcile, but orders are not as they should be."
    `)
  })

  it('names what does not balance, but not without end', () => {
    const wrong = Array.from({ length: 12 }, (_, index) => `S${index}: 1 units expected, 0 there`)
    const text = report(figures(['completed', 'completed'], { wrong }))
    expect(text).toContain('12 WRONG')
    expect(text).toContain('  S9: 1 units expected, 0 there\n  and 2 more')
    expect(text).toContain('Stock and money do NOT reconcile.')
  })
})
