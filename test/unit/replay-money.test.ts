import { describe, expect, it } from 'vitest'
import { balanceMoney } from '../../bin/replay/money.ts'
import type { PlacedSale } from '../../bin/replay/place.ts'
import type { Change, Sale, TradingDay } from '../../bin/replay/trading-day.ts'
import { type Deposit, type Wallets, spentBetween, walletNeeds } from '../../bin/replay/wallets.ts'
import type { Order } from '../../schemas/order.ts'
import type { Payment } from '../../schemas/payment.ts'

const gbp = (amount: number) => ({ amount, currency: 'GBP' })

const sold = (id: string, status: Order['status'], total: number, customerId = 'c1'): PlacedSale => ({
  sale: { kind: 'sale', invoice: id, at: 0, customerId, lines: [] },
  order: { id, status, customerId, total: gbp(total) } as unknown as Order,
})

const paid = (captured: number, refunded = 0, times = captured > 0 ? 1 : 0): readonly Payment[] => [
  {
    captured: gbp(captured),
    refunded: gbp(refunded),
    attempts: Array.from({ length: times }, () => ({ method: 'wallet', state: 'captured', at: '' })),
  } as unknown as Payment,
]

describe('money', () => {
  it('reconciles when what stands was paid once, and nothing else', () => {
    const sales = [
      sold('1', 'completed', 700),
      sold('2', 'confirmed', 300),
      sold('3', 'rejected', 900),
      sold('4', 'expired', 50),
      sold('5', 'reserved', 20),
      sold('6', 'completed', 0),
    ]
    const payments = new Map([
      ['1', paid(700)],
      ['2', paid(300)],
      ['4', paid(50, 50)],
      ['5', paid(0)],
      ['6', paid(0, 0, 1)],
    ])
    expect(balanceMoney(sales, payments, undefined)).toEqual({ due: 1_000, charged: 1_050, refunded: 50, wrong: [] })
  })

  it.each([
    ['was never charged', sold('1', 'completed', 700), undefined, '1 is completed: 0 charged, 0 refunded, 700 due'],
    ['was charged too little', sold('1', 'shipped', 700), paid(699), '1 is shipped: 699 charged, 0 refunded, 700 due'],
    ['got money back', sold('1', 'completed', 700), paid(700, 1), '1 is completed: 700 charged, 1 refunded, 700 due'],
    ['was charged twice', sold('1', 'completed', 700), paid(1_400, 700, 2), '1: charged 2 times'],
    ['is paid though it expired', sold('1', 'expired', 700), paid(700), '1 is expired: 700 charged, 0 refunded, 0 due'],
    ['is paid though it waits', sold('1', 'reserved', 700), paid(700), '1 is reserved: 700 charged, 0 refunded, 0 due'],
  ])('does not reconcile when an order %s', (_, sale, payments, expected) => {
    expect(balanceMoney([sale], new Map(payments && [['1', payments]]), undefined).wrong).toEqual([expected])
  })

  describe('of wallets', () => {
    const deposits = (of: Record<string, Deposit>) => new Map(Object.entries(of))
    const sales = [sold('1', 'completed', 700), sold('2', 'confirmed', 200), sold('3', 'rejected', 50)]
    const payments = new Map([
      ['1', paid(700)],
      ['2', paid(200)],
    ])
    const closedAt = (balance: number): Wallets => ({
      // 80 were there before.
      opening: deposits({ c1: { amount: 950, balance: 1_030 } }),
      closing: deposits({ c1: { amount: 1, balance } }),
    })

    it('reconciles when exactly the price of the orders has left them', () => {
      expect(balanceMoney(sales, payments, closedAt(131))).toEqual({
        due: 900,
        charged: 900,
        refunded: 0,
        wallets: { customers: 1, deposited: 951, spent: 900 },
        wrong: [],
      })
    })

    it.each([
      ['too much has left', closedAt(130), 'c1: 901 have left the wallet for orders of 900'],
      ['something never left', closedAt(331), 'c1: 700 have left the wallet for orders of 900'],
      ['one was not closed', { ...closedAt(131), closing: new Map() }, 'c1: the wallet was never closed'],
    ])('does not reconcile when %s', (_, wallets, expected) => {
      expect(balanceMoney(sales, payments, wallets).wrong).toEqual([expected])
    })
  })
})

describe('wallets', () => {
  it('need what all invoices of their customer cost at list prices', () => {
    const sale = (customerId: string, lines: Record<string, number>): Sale => ({
      kind: 'sale',
      invoice: '1',
      at: 0,
      customerId,
      lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
    })
    const day = {
      products: Object.entries({ A: 255, B: 10, gift: 0 }).map(([sku, price]) => ({ sku, name: sku, price })),
      happenings: [
        sale('c1', { A: 2, B: 1 }),
        sale('guest', { B: 5 }),
        { kind: 'return', sku: 'A', delta: 1 } as Change,
        sale('c1', { A: 1 }),
        sale('c2', { gift: 3 }),
      ],
    } as unknown as TradingDay
    expect(Object.fromEntries(walletNeeds(day))).toEqual({ c1: 775, guest: 50 })
  })

  it('have spent what was there and deposited, less what is left', () => {
    expect(spentBetween({ amount: 500, balance: 600 }, { amount: 1, balance: 101 })).toBe(500)
  })
})
