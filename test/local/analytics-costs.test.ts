import { describe, expect, it } from 'vitest'
import { settle } from './control.ts'
import { type Used, costLines, difference, usedBy, wholeLife } from './one-order.ts'
import { deposit, isLocal, newcomer, signIn, stocked } from './target.ts'
import { untraced } from './untraced.ts'

/** The row of the table of docs/costs.md. */
const row = (step: string, { calls, writeUnits, readUnits }: Used): string =>
  `|${step}|analytics|${calls}|${writeUnits}|${readUnits}|`
const published = costLines.find((line) => line.includes('|analytics|'))

untraced()

describe.runIf(isLocal)('the reports', () => {
  it('cost of an order that comes alone, each event by itself, what docs/costs.md lists', async () => {
    const operator = await signIn('operator')
    const customer = await newcomer()
    await deposit(operator, customer, 10_000)
    const sku = await stocked(operator, 12)
    const rows: string[] = []
    // Events that meet in one batch make it cheaper, and readers that meet dearer.
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await settle()
      const before = await usedBy('-analytics-')
      await wholeLife(operator, customer, sku)
      rows.push(row('placed from a wallet, shipped and delivered', difference(await usedBy('-analytics-'), before)))
      if (rows.includes(published ?? '')) break
    }
    expect(published, rows.join('\n')).toBeOneOf(rows)
  })
})
