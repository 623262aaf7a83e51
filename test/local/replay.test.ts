import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { declinedCard } from '../../bin/demo/declined-card.ts'
import { erasedAccount } from '../../bin/demo/erased-account.ts'
import { lastUnits } from '../../bin/demo/last-units.ts'
import { lateMoney } from '../../bin/demo/late-money.ts'
import { photo } from '../../bin/demo/photo.ts'
import { poison } from '../../bin/demo/poison.ts'
import { samePost } from '../../bin/demo/same-post.ts'
import type { DemoStack } from '../../bin/demo/shop.ts'
import { Narrator } from '../../bin/demo/narrator.ts'
import { twoParcels } from '../../bin/demo/two-parcels.ts'
import { unpaid } from '../../bin/demo/unpaid.ts'
import type { StockPlan } from '../../bin/replay/open-stock.ts'
import type { Course } from '../../bin/replay/pay-plan.ts'
import { silent } from '../../bin/replay/progress.ts'
import { replay } from '../../bin/replay/replay.ts'
import { fits, linesOf, tablesOf } from '../../bin/replay/tables.ts'
import type { Reconciliation } from '../../functions/operations/core/reconcile.ts'
import { signedIn } from '../../bin/replay/stack.ts'
import { type TradingDay, tradingDay } from '../../bin/replay/trading-day.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { settle } from './control.ts'
import { accounts, baseUrl, isLocal, unique } from './target.ts'

const file = new URL('../data/online-retail/2010-12-01.csv', import.meta.url)
const rows = readFileSync(file, 'utf8').split('\n')
const morning = tradingDay([{ name: 'morning.csv', text: rows.slice(0, 120).join('\n') }])

interface Played {
  readonly day?: TradingDay
  readonly halfway?: () => void
  readonly follow?: boolean
}

const replayed = async (
  stock: StockPlan,
  course: Course,
  { day = morning, halfway = () => undefined, follow = false }: Played = {},
) => {
  const stack = await signedIn(baseUrl, accounts.operator, systemClock)
  return replay(stack, day, { stock, course, atOnce: 8, runId: unique('replay'), progress: silent, halfway, follow })
}

describe('a replayed morning', () => {
  it.each(['scarce', 'plenty'] as const)(
    'with %s stock ends with what there is paid and delivered, and stock and money that reconcile',
    async (stock) => {
      const figures = await replayed(stock, { pay: 'wallet', ship: true })
      expect(figures).toMatchObject({
        reconciliation: { wrong: [] },
        money: { wrong: [], refunded: 0 },
        unexplained: [],
      })
      expect(figures).toMatchObject({ notPlaced: [], notShipped: [], unfinished: [] })
      const { completed = 0, rejected = 0 } = figures.orders
      expect(completed + rejected).toBe(figures.invoices)
      expect(rejected > 0).toBe(stock === 'scarce')
      expect(figures.money.wallets?.spent).toBe(figures.money.due)
    },
  )

  it('restocked at night by deliveries, some of them short, fills who waits, each in its turn', async () => {
    const nextDay = rows.slice(60, 90).join('\n').replaceAll('2010-12-01 ', '2010-12-02 ')
    const two = tradingDay([
      { name: 'morning.csv', text: rows.slice(0, 60).join('\n') },
      { name: 'next.csv', text: `${rows[0]}\n${nextDay}` },
    ])
    const figures = await replayed('nightly', { pay: 'wallet', ship: true }, { day: two })
    expect(figures).toMatchObject({
      reconciliation: { wrong: [] },
      money: { wrong: [], refunded: 0 },
      unexplained: [],
      unfinished: [],
      orders: { completed: figures.invoices },
      backorders: { outOfTurn: [] },
    })
    expect(figures.backorders?.waited).toBeGreaterThan(figures.invoices / 2)
    expect(figures.backorders?.short).toBeGreaterThan(0)
  })

  it.each([
    ['card', 'completed'],
    ['manual', 'completed'],
    ['none', 'reserved'],
  ] as const)('paid by %s ends %s, and balances', async (pay, status) => {
    const figures = await replayed('plenty', { pay, ship: pay !== 'none' })
    expect(figures).toMatchObject({
      orders: { [status]: figures.invoices },
      reconciliation: { wrong: [] },
      money: { wrong: [] },
    })
  })
})

describe.runIf(isLocal)('who follows a replayed morning', () => {
  it('has every event once, and reports to the penny', async () => {
    const { followed, invoices } = await replayed('scarce', { pay: 'wallet', ship: true }, { follow: true })
    expect(followed).toMatchObject({ wrong: [], deliveries: followed!.events })
    expect(followed!.events).toBeGreaterThan(4 * invoices)
  })
})

describe.runIf(isLocal)('the tables under a replayed morning', () => {
  it('fit together while orders flow, and at the end', async () => {
    const flowing: Promise<Reconciliation>[] = []
    const figures = await replayed(
      'scarce',
      { pay: 'wallet', ship: true },
      {
        halfway: () => flowing.push(tablesOf(baseUrl, { atRest: false })),
      },
    )
    await settle()
    const [during, ...others] = await Promise.all(flowing)
    expect(others).toEqual([])
    const after = await tablesOf(baseUrl, { atRest: true })
    expect(after.orders).toBeGreaterThanOrEqual(during!.orders)
    expect(after.orders - during!.orders).toBeLessThan(figures.invoices)
    expect([...linesOf('during', during!), ...linesOf('after', after)]).toEqual([
      expect.stringMatching(/^Tables during: .* everything fits together/),
      expect.stringMatching(/^Tables after: .* everything fits together\.$/),
    ])
    expect([fits(during!, { atRest: false }), fits(after, { atRest: true })]).toEqual([true, true])
  })
})

describe.runIf(isLocal)('the stories of the demo', () => {
  it.each([
    ['200 buyers and 50 units', lastUnits],
    ['an unpaid order', unpaid],
    ['a declined card', declinedCard],
    ['money that comes too late', lateMoney],
    ['two parcels, of which one comes back', twoParcels],
    ['the same POST five times', samePost],
    ['a photo in two sizes', photo],
    ['an account that is exported and erased', erasedAccount],
    ['a poison message', poison],
  ])('end as promised: %s', async (_, story) => {
    const { control, ...stack } = await signedIn(baseUrl, accounts.operator, systemClock)
    const lines: string[] = []
    const narrator = new Narrator((line) => lines.push(line))
    await story({ ...stack, control } as DemoStack, narrator)
    expect(lines.filter((line) => line.includes('BROKEN'))).toEqual([])
    expect(lines.filter((line) => line.includes('KEPT')).length).toBeGreaterThan(2)
  })
})
