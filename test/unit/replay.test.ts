import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isSound } from '../../bin/replay/figures.ts'
import { silent } from '../../bin/replay/progress.ts'
import { replay } from '../../bin/replay/replay.ts'
import type { StockPlan } from '../../bin/replay/open-stock.ts'
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
const replayed = (stack: Stack, stock: StockPlan, what: TradingDay, runId = 'run') =>
  replay(stack, what, { stock, atOnce: 8, runId, progress: silent })

describe('a replayed day', () => {
  it('with plenty of stock has every invoice accepted, and balances', async () => {
    const figures = await replayed(emptyStack(), 'plenty', day)
    expect(figures).toMatchObject({
      rows: { read: 3_108, sale: 3_081, return: 26, adjustment: 1, unusable: 0 },
      products: { created: 1_351, refused: [] },
      invoices: 136,
      lines: 3_081,
      orders: { reserved: 136 },
      notPlaced: [],
      unexplained: [],
      returns: { made: 26, refused: [] },
      adjustments: { made: 1, refused: [] },
      books: { skus: 1_351, wrong: [] },
    })
    expect(isSound(figures)).toBe(true)
  })

  it('with scarce stock has a good part rejected, each with its shortages, and balances', async () => {
    const figures = await replayed(emptyStack(), 'scarce', day)
    expect(figures.orders.rejected).toBeGreaterThan(20)
    expect(figures.orders.reserved).toBeGreaterThan(20)
    expect(figures).toMatchObject({ unexplained: [], notPlaced: [], books: { wrong: [] } })
    expect(isSound(figures)).toBe(true)
  })

  it('may be replayed again on the same stack', async () => {
    const stack = emptyStack()
    await replayed(stack, 'plenty', morning, 'first')
    const figures = await replayed(stack, 'plenty', morning, 'second')
    expect(figures.products.unchanged).toBe(morning.products.length)
    expect(figures).toMatchObject({ orders: { reserved: figures.invoices }, books: { wrong: [] } })
  })
})
