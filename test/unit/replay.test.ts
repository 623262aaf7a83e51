import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isSound } from '../../bin/replay/figures.ts'
import { silent } from '../../bin/replay/progress.ts'
import { replay } from '../../bin/replay/replay.ts'
import type { StockPlan } from '../../bin/replay/open-stock.ts'
import type { Course } from '../../bin/replay/pay-plan.ts'
import type { Stack } from '../../bin/replay/stack.ts'
import { type TradingDay, tradingDay } from '../../bin/replay/trading-day.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { api } from '../../schemas/client.ts'
import { wholeSystem } from './whole-system.ts'

const file = new URL('../data/online-retail/2010-12-01.csv', import.meta.url)
const text = readFileSync(file, 'utf8')
const day = tradingDay([{ name: '2010-12-01.csv', text }])
const morning = tradingDay([{ name: 'morning.csv', text: text.split('\n').slice(0, 200).join('\n') }])

const emptyStack = (): Stack => {
  const options = { baseUrl: 'http://memory', fetch: wholeSystem(systemClock) }
  return { api: api(options), options, clock: systemClock, control: undefined }
}
const completed: Course = { pay: 'wallet', ship: true }
const replayed = (
  stack: Stack,
  what: TradingDay,
  options: { stock?: StockPlan; course?: Course; runId?: string } = {},
) => replay(stack, what, { stock: 'plenty', course: completed, runId: 'run', atOnce: 8, progress: silent, ...options })

describe('a replayed day', { timeout: 60_000 }, () => {
  it('with plenty of stock and money has every invoice paid and delivered, and balances', async () => {
    const figures = await replayed(emptyStack(), day)
    expect(figures).toMatchObject({
      rows: { read: 3_108, sale: 3_081, return: 26, adjustment: 1, unusable: 0 },
      products: { created: 1_351, refused: [] },
      invoices: 136,
      lines: 3_081,
      orders: { completed: 136 },
      parcels: 136,
      notPlaced: [],
      notShipped: [],
      unfinished: [],
      unexplained: [],
      returns: { made: 26, refused: [] },
      adjustments: { made: 1, refused: [] },
      reconciliation: { skus: 1_351, levels: { reserved: 0, allocated: 0 }, shipped: figures.units, wrong: [] },
      money: { refunded: 0, wrong: [] },
    })
    const { due, charged, wallets } = figures.money
    expect(due).toBeGreaterThan(4_000_000)
    expect(charged).toBe(due)
    // The wallets held what their customers were to spend, and a penny each to close them.
    expect(wallets).toMatchObject({ spent: due, deposited: due + (wallets?.customers ?? 0) })
    expect(isSound(figures)).toBe(true)
  })

  it('with scarce stock has a good part rejected, each with its shortages and its money, and balances', async () => {
    const figures = await replayed(emptyStack(), day, { stock: 'scarce' })
    expect(figures.orders.rejected).toBeGreaterThan(20)
    expect(figures.orders.completed).toBeGreaterThan(20)
    expect(figures).toMatchObject({ unexplained: [], notPlaced: [], unfinished: [], reconciliation: { wrong: [] } })
    expect(figures.money.wallets?.spent).toBe(figures.money.due)
    expect(isSound(figures)).toBe(true)
  })

  it.each([
    [{ pay: 'card', ship: true }, 'completed'],
    [{ pay: 'manual', ship: true }, 'completed'],
    [{ pay: 'wallet', ship: false }, 'confirmed'],
    [{ pay: 'none', ship: false }, 'reserved'],
  ] as const)('goes %o until its orders are %s', async (course, goal) => {
    const figures = await replayed(emptyStack(), morning, { course })
    expect(figures).toMatchObject({
      orders: { [goal]: figures.invoices },
      unfinished: [],
      reconciliation: { wrong: [] },
    })
    expect(figures.money.due > 0).toBe(goal !== 'reserved')
    expect(figures.money).toMatchObject({ charged: figures.money.due, refunded: 0, wrong: [] })
    expect(isSound(figures)).toBe(true)
  })

  it('may be replayed again on the same stack', async () => {
    const stack = emptyStack()
    await replayed(stack, morning, { runId: 'first' })
    const figures = await replayed(stack, morning, { runId: 'second' })
    expect(figures.products.unchanged).toBe(morning.products.length)
    expect(figures).toMatchObject({
      orders: { completed: figures.invoices },
      reconciliation: { wrong: [] },
      money: { wrong: [] },
    })
  })
})
