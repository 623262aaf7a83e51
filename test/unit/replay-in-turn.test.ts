import { describe, expect, it } from 'vitest'
import { outOfTurn, waitersOf } from '../../bin/replay/in-turn.ts'
import { openingUnits } from '../../bin/replay/open-stock.ts'
import { daysOf, tradingDay } from '../../bin/replay/trading-day.ts'
import type { Movement } from '../../schemas/movement.ts'
import type { Order } from '../../schemas/order.ts'

const at = (second: number): string => new Date(second * 1_000).toISOString()
const hold = (orderId: string, second: number, available: number): Movement => ({
  id: `mov_${orderId}`,
  at: at(second),
  warehouseId: 'main',
  kind: 'reserve',
  delta: { available: -1, reserved: 1 },
  by: 'inventory',
  reference: orderId,
  after: { onHand: 9, available, reserved: 1, allocated: 0, unavailable: 0 },
})
const waiter = (orderId: string, units: number, second: number) => ({
  orderId,
  units,
  placedAt: second * 1_000,
  waitsSince: (second + 1) * 1_000,
})

describe('a hold is out of turn', () => {
  const waiters = [waiter('first', 4, 10), waiter('second', 2, 20)]

  it('where too little is left for who waits since before', () => {
    expect(outOfTurn('A', [hold('second', 50, 3), hold('first', 60, 0)], waiters)).toEqual([
      'second took A: 3 left, and 4 are due',
    ])
  })

  it('also where it has not waited itself', () => {
    expect(outOfTurn('A', [hold('third', 50, 5), hold('first', 60, 2), hold('second', 70, 0)], waiters)).toEqual([
      'third took A: 5 left, and 6 are due',
    ])
  })

  it('and not where enough is left, where who waits was placed later, or did not wait yet', () => {
    expect(outOfTurn('A', [hold('second', 50, 4), hold('first', 60, 0)], waiters)).toEqual([])
    expect(outOfTurn('A', [hold('first', 50, 0), hold('second', 60, 0)], waiters)).toEqual([])
    expect(outOfTurn('A', [hold('early', 9, 0), hold('first', 60, 9), hold('second', 70, 0)], waiters)).toEqual([])
  })
})

it('only orders that waited are due something, each sku of them once', () => {
  const order = (id: string) => ({ id, lines: [1, 2].map((quantity) => ({ sku: 'A', quantity })) }) as unknown as Order
  const sale = { kind: 'sale', invoice: '1', at: 0, customerId: 'c', lines: [] } as const
  const waited = { sale, order: order('waited'), since: { placed: 1, backordered: 2 } }
  const held = { sale, order: order('held'), since: { placed: 1, reserved: 2 } }
  expect([...waitersOf([waited, held, { sale }])]).toEqual([
    ['A', [{ orderId: 'waited', units: 3, placedAt: 1, waitsSince: 2 }]],
  ])
})

describe('days of the calendar', () => {
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'
  const row = (invoice: string, day: number, quantity: number) =>
    `${invoice},A,LAMP,${quantity},2010-12-0${day} 08:00:00,2.55,17850.0,UK\n`
  const day = tradingDay([{ name: 'days.csv', text: header + row('1', 1, 10) + row('3', 2, 7) + row('2', 1, 5) }])

  it('follow each other, and each has its own', () => {
    expect(daysOf(day).map(({ happenings }) => happenings.length)).toEqual([2, 1])
  })

  it('restocked nightly open with 60 % of what the first one asks for', () => {
    expect(Object.fromEntries(openingUnits(day, 'nightly'))).toEqual({ A: 9 })
  })
})
