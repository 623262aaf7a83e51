import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { merged, type Sale, tradingDay } from '../../bin/replay/trading-day.ts'

const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
const day = (...lines: readonly string[]) => tradingDay([{ name: 'day.csv', text: [header, ...lines].join('\n') }])
const line = (
  changes: Partial<Record<'invoice' | 'code' | 'name' | 'quantity' | 'at' | 'price' | 'customer', string>>,
) => {
  const all = {
    invoice: '1',
    code: 'A',
    name: 'A LAMP',
    quantity: '1',
    at: '2010-12-01 08:26:00',
    price: '2.55',
    customer: '',
    ...changes,
  }
  return `${all.invoice},${all.code},${all.name},${all.quantity},${all.at},${all.price},${all.customer},United Kingdom`
}

describe('a trading day', () => {
  it('takes an invoice for one order of its customer', () => {
    const { happenings, classes } = day(
      line({ invoice: '536365', code: '85123A', quantity: '6', customer: '17850.0' }),
      line({ invoice: '536365', code: '71053', quantity: '2', customer: '17850.0' }),
    )
    expect(happenings).toEqual([
      {
        kind: 'sale',
        invoice: '536365',
        at: Date.parse('2010-12-01T08:26:00Z'),
        customerId: 'c17850',
        lines: [
          { sku: '85123A', quantity: 6 },
          { sku: '71053', quantity: 2 },
        ],
      },
    ])
    expect(classes).toEqual({ sale: 2, return: 0, adjustment: 0, unusable: 0 })
  })

  it('takes an invoice without a customer for the order of a guest', () => {
    expect(day(line({ customer: '' })).happenings[0]).toMatchObject({ customerId: 'guest' })
  })

  it('keeps a sku that stands twice on an invoice twice, and reports it', () => {
    const { happenings, oddities } = day(line({ quantity: '1' }), line({ quantity: '2' }))
    expect((happenings[0] as Sale).lines).toHaveLength(2)
    expect(oddities.repeated).toBe(1)
  })

  it('merges the lines of an invoice that is longer than an order may be', () => {
    const lines = Array.from({ length: 1_001 }, (_, index) => line({ code: `S${index % 700}` }))
    const { happenings } = day(...lines)
    expect((happenings[0] as Sale).lines).toHaveLength(700)
    expect(
      merged([
        { sku: 'A', quantity: 1 },
        { sku: 'B', quantity: 1 },
        { sku: 'A', quantity: 2 },
      ]),
    ).toEqual([
      { sku: 'A', quantity: 3 },
      { sku: 'B', quantity: 1 },
    ])
  })

  it('takes an invoice with C for goods that come back', () => {
    expect(day(line({ invoice: 'C536379', quantity: '-3' })).happenings).toEqual([
      { kind: 'return', at: expect.any(Number), sku: 'A', delta: 3, reason: 'return', reference: 'C536379' },
    ])
  })

  it('takes a negative quantity without C for an adjustment, for the reason described', () => {
    const { happenings } = day(
      line({ invoice: '537432', quantity: '-43', name: 'damages', price: '0.0' }),
      line({ invoice: '537433', quantity: '-1', name: '', price: '0.0' }),
    )
    expect(happenings).toEqual([
      expect.objectContaining({ kind: 'adjustment', delta: -43, reason: 'damages', reference: '537432' }),
      expect.objectContaining({ kind: 'adjustment', delta: -1, reason: 'adjustment', reference: '537433' }),
    ])
  })

  it('puts everything into its order in time, also over files', () => {
    const file = (name: string, ...lines: string[]) => ({ name, text: [header, ...lines].join('\n') })
    const { happenings, files, rows } = tradingDay([
      file('second.csv', line({ invoice: '3', at: '2010-12-02 07:00:00' })),
      file('first.csv', line({ invoice: 'C2', quantity: '-1', at: '2010-12-01 09:00' }), line({ invoice: '1' })),
    ])
    expect(happenings.map((each) => (each.kind === 'sale' ? each.invoice : each.reference))).toEqual(['1', 'C2', '3'])
    expect({ files, rows }).toEqual({ files: ['second.csv', 'first.csv'], rows: 3 })
  })

  it.each([
    ['no invoice number', line({ invoice: '' }), 'invoice number ""'],
    ['no stock code', line({ code: ' ' }), 'stock code ""'],
    ['no quantity', line({ quantity: '' }), 'quantity ""'],
    ['a quantity of nothing', line({ quantity: '0' }), 'quantity "0"'],
    ['half a unit', line({ quantity: '1.5' }), 'quantity "1.5"'],
    ['more units than an order takes', line({ quantity: '1000001' }), 'quantity "1000001"'],
    ['no date', line({ at: 'soon' }), 'date "soon"'],
    ['a day that does not exist', line({ at: '2010-02-31 08:00:00' }), 'date "2010-02-31 08:00:00"'],
    ['a negative price', line({ price: '-11062.06' }), 'price "-11062.06"'],
    ['no price', line({ price: '' }), 'price ""'],
    ['a cancellation that sells', line({ invoice: 'C1', quantity: '1' }), 'a cancellation that sells'],
    ['too few columns', '536365,85123A', 'quantity ""'],
  ])('reports a row with %s, and counts it', (_, odd, reason) => {
    const { unusable, classes, rows, happenings } = day(line({}), odd)
    expect(unusable).toEqual([{ file: 'day.csv', row: 2, reason }])
    expect({ classes, rows }).toEqual({ classes: { sale: 1, return: 0, adjustment: 0, unusable: 1 }, rows: 2 })
    expect(happenings).toHaveLength(1)
  })

  it('refuses a file that lacks a column', () => {
    expect(() => tradingDay([{ name: 'x.csv', text: 'InvoiceNo,StockCode\n1,2' }])).toThrow(
      'x.csv has no column Description, Quantity, InvoiceDate, UnitPrice, CustomerID.',
    )
  })
})

describe('the products of a day', () => {
  it('have the first description, and the most usual price of their sales in pence', () => {
    const { products, oddities } = day(
      line({ name: '', price: '0.0', quantity: '56' }),
      line({ name: 'damages', price: '0.0', quantity: '-1' }),
      line({ name: 'LAMP', price: '2.55' }),
      line({ name: 'LAMP, RED', price: '0.85' }).replace('LAMP, RED', '"LAMP, RED"'),
      line({ name: 'LAMP', price: '0.85' }),
    )
    expect(products).toEqual([{ sku: 'A', name: 'LAMP', price: 85 }])
    expect(oddities).toMatchObject({ severalNames: 1, otherPrices: 2, free: 1, nameless: 0 })
  })

  it('are named after their sku when nothing describes them', () => {
    const { products, oddities } = day(line({ name: '', price: '0.0' }))
    expect(products).toEqual([{ sku: 'A', name: 'A', price: 0 }])
    expect(oddities.nameless).toBe(1)
  })

  it('get a sku of their own where the stock code is none', () => {
    const codes = ['BANK CHARGES', 'BANK-CHARGES', 'BANK/CHARGES', '#1', 'é'.repeat(3) + 'x'.repeat(80), 'a', 'A']
    const { products, oddities } = day(...codes.map((code) => line({ code })))
    expect(products.map(({ sku }) => sku)).toEqual([
      'BANK-CHARGES-2',
      'BANK-CHARGES',
      'BANK-CHARGES-3',
      '1',
      'x'.repeat(60),
      'a',
      'A',
    ])
    expect(oddities.renamed).toHaveLength(4)
  })

  it('of the day in test/data are all there', () => {
    const text = readFileSync(new URL('../data/online-retail/2010-12-01.csv', import.meta.url), 'utf8')
    const { rows, classes, products, happenings, unusable } = tradingDay([{ name: '2010-12-01.csv', text }])
    expect({ rows, classes, unusable, products: products.length }).toEqual({
      rows: 3_108,
      classes: { sale: 3_081, return: 26, adjustment: 1, unusable: 0 },
      unusable: [],
      products: 1_351,
    })
    const sales = happenings.filter((each) => each.kind === 'sale')
    expect(Math.max(...sales.map(({ lines }) => lines.length))).toBe(592)
  })
})
