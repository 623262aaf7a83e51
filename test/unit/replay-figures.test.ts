import { describe, expect, it } from 'vitest'
import { type Figures, figuresOf, isSound, percentiles } from '../../bin/replay/figures.ts'
import { report, tableOf } from '../../bin/replay/table.ts'
import { tradingDay } from '../../bin/replay/trading-day.ts'
import type { Order, OrderStatus } from '../../schemas/orders.ts'

const text = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,LAMP,6,2010-12-01 08:00:00,2.55,17850.0,UK
1,B,"SET, OF 6",2,2010-12-01 08:00:00,1.25,17850.0,UK
2,A,LAMP,4,2010-12-01 09:00:00,2.55,,UK
3,A,LAMP,x,2010-12-01 09:00:00,2.55,,UK
`

function figures(statuses: readonly OrderStatus[], wrong: readonly string[] = []): Figures {
  const day = tradingDay([{ name: 'day.csv', text }])
  const sales = day.happenings.filter((each) => each.kind === 'sale')
  return figuresOf({
    day,
    stock: 'plenty',
    products: { created: 2, updated: 0, unchanged: 0, refused: [] },
    sales: sales.map((sale, index) => ({
      sale,
      order: { status: statuses[index], lines: [] } as unknown as Order,
      placeMs: 10 + index,
      ...(index === 0 && { reservedMs: 30 }),
    })),
    changes: [
      {
        change: { kind: 'adjustment', at: 0, sku: 'A', delta: -9, reason: 'lost', reference: '7' },
        problem: 'adjustStock: 409 insufficient_stock',
      },
    ],
    seconds: 1.25,
    books: {
      skus: 2,
      opening: 24,
      levels: { onHand: 24, available: 12, reserved: 12, allocated: 0, unavailable: 0 },
      adjusted: 0,
      wrong,
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
    expect(figures(['reserved', 'expired'])).toMatchObject({
      invoices: 2,
      lines: 3,
      units: 12,
      orders: { reserved: 1, expired: 1 },
      place: { p50: 10, p99: 11 },
      placeToReserved: { p50: 30, p99: 30 },
      adjustments: { made: 0, refused: ['7: adjustStock: 409 insufficient_stock'] },
    })
  })

  it('are sound when the books balance, every order is decided and every rejection explained', () => {
    expect(isSound(figures(['reserved', 'reserved']))).toBe(true)
    expect(isSound(figures(['reserved', 'reserved'], ['A: 1 units in the books, 0 there']))).toBe(false)
    expect(isSound(figures(['reserved', 'placed']))).toBe(false)
    expect(isSound(figures(['reserved', 'rejected']))).toBe(false)
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

  it('shows every figure, what was odd, and that the books balance', () => {
    expect(report(figures(['reserved', 'expired']))).toMatchInlineSnapshot(`
      "  files              day.csv
        rows               4 = 3 sold + 0 returned + 0 adjusted + 1 unusable
        products           2 created, 0 updated, 0 unchanged, 0 refused
        stock              plenty
        invoices           2
        lines              3
        units              12
        accepted           1
        rejected           0
        expired            1
        returns            0
        adjustments        0, 1 refused
        place              p50 10 ms, p99 11 ms (POST /orders, from sent to answered, without waiting for stock)
        place to reserved  p50 30 ms, p99 30 ms (by the times in the history of each order)
        trading took       1.3 s
        cost of orders     4.5 AWS calls and 2.5 write units per order, all trading counted
        books              24 opened = 12 there + 12 reserved + 0 allocated + 0 unavailable + 0 adjusted away; 2 skus, each balanced

      Rows that cannot be used:
        day.csv row 4: quantity "x"

      Adjustments refused:
        7: adjustStock: 409 insufficient_stock

      The books balance."
    `)
  })

  it('names what does not balance, but not without end', () => {
    const wrong = Array.from({ length: 12 }, (_, index) => `S${index}: 1 units in the books, 0 there`)
    const said = report(figures(['reserved', 'reserved'], wrong))
    expect(said).toContain('12 WRONG')
    expect(said).toContain('  S9: 1 units in the books, 0 there\n  and 2 more')
    expect(said).toContain('The books do NOT balance.')
  })
})
