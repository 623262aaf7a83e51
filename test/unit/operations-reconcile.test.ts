import { describe, expect, it } from 'vitest'
import { type KnownLevel, comparedOrder, noOthers } from '../../functions/operations/core/differences.ts'
import { type Reading, type Tables, reconcile, restMs } from '../../functions/operations/core/reconcile.ts'
import type { Order } from '../../functions/orders/core/order.ts'

const now = 1_700_000_000_000
const units = (available: number) => ({ available, reserved: 0, allocated: 0, unavailable: 0 })
const level = (available: number, moved = available): KnownLevel => ({
  level: units(available),
  moved: units(moved),
  recorded: units(moved),
  coming: noOthers.supplies,
})

/** What one reading finds of sku A, in a version of its stock. */
interface Found {
  readonly version: number
  readonly level: KnownLevel
  /** The version a moment before the reading, and a moment after it. */
  readonly before?: number
  readonly after?: number
}

const reading = (
  { version, level: known }: Pick<Found, 'version' | 'level'>,
  more: Partial<Reading> = {},
): Reading => ({
  stocks: new Map([['A', version]]),
  levels: new Map([['A', new Map([['main', known]])]]),
  others: new Map(),
  reservations: new Map(),
  orders: new Map(),
  payments: new Map(),
  ...more,
})

/** Tables that are found so, one reading after the other; the last one stays. */
function tables(...found: readonly Found[]): Tables {
  let [read, asked] = [-1, 0]
  const at = (index: number): Found => found[Math.min(index, found.length - 1)]!
  return {
    readAll: () => {
      read += 1
      return Promise.resolve(reading(at(read)))
    },
    // Before and after each reading but the first.
    versionsOf: () => {
      asked += 1
      const { version, before = version, after = version } = at(Math.ceil(asked / 2))
      return Promise.resolve(new Map([['A', asked % 2 === 1 ? before : after]]))
    },
  }
}

describe('reconciliation', () => {
  it('reads once where everything fits', async () => {
    const found = await reconcile(tables({ version: 3, level: level(5) }), now)
    expect(found).toEqual({ skus: 1, orders: 0, charges: 0, differences: [], oddLevels: [], moving: [] })
  })

  it('names nothing that a second reading does not find', async () => {
    const found = await reconcile(tables({ version: 3, level: level(5, 6) }, { version: 4, level: level(6) }), now)
    expect(found).toMatchObject({ differences: [], moving: [] })
  })

  it('names what a second reading finds in a version that stood meanwhile', async () => {
    const found = await reconcile(tables({ version: 3, level: level(5, 6) }), now)
    expect(found.differences).toMatchObject([{ kind: 'ledger', of: 'A in main' }])
    expect(found.oddLevels).toMatchObject([{ sku: 'A', warehouseId: 'main', version: 3 }])
  })

  it.each([
    ['before it was read', { before: 3, version: 4, level: level(5, 6) }],
    ['after it was read', { version: 4, after: 5, level: level(5, 6) }],
  ])('names no sku that moves in each reading, %s', async (_, found) => {
    expect(await reconcile(tables(found), now)).toMatchObject({ differences: [], moving: ['A'] })
  })

  it.each([
    ['rested for a quarter of an hour', 0, [{ kind: 'order', of: 'ord_1' }]],
    ['changed since', 1, []],
  ])('names what an order lacks once it has %s', async (_, later, expected) => {
    const order = {
      id: 'ord_1',
      facts: { stock: 'held', payment: 'none', closing: 'none', fulfilment: 'none' },
      method: 'manual',
      payment: { version: 0, captured: false, kept: 0, refundedForReturns: 0 },
      total: { amount: 100, currency: 'GBP' },
    } as unknown as Order
    const orders = new Map([['ord_1', { content: comparedOrder(order), at: now - restMs + later }]])
    const readAll = () => Promise.resolve(reading({ version: 1, level: level(1) }, { orders }))
    const found = await reconcile({ readAll, versionsOf: () => Promise.resolve(new Map()) }, now)
    expect(found.differences).toMatchObject(expected)
  })
})
