import { describe, expect, it } from 'vitest'
import { settle, state } from './control.ts'
import { costLines, wholeLife } from './one-order.ts'
import { deposit, isLocal, newcomer, signIn, stocked } from './target.ts'

/** The units that orders have written into an index so far. */
async function writtenInto(index: string): Promise<number> {
  const { calls } = await state()
  return calls
    .filter(({ caller }) => caller.includes('-orders-'))
    .reduce((sum, { indexUnits }) => sum + (indexUnits[index] ?? 0), 0)
}

const published = costLines.find((line) => line.startsWith('|an order that is listed'))

describe.runIf(isLocal)('lists of orders by status and by change', () => {
  it('cost of an order what docs/costs.md lists', async () => {
    const operator = await signIn('operator')
    const customer = await newcomer()
    await deposit(operator, customer, 10_000)
    const sku = await stocked(operator, 12)
    const rows: string[] = []
    // Events that meet at one order make it dearer or cheaper by a change.
    for (let attempt = 0; attempt < 10 && !rows.includes(published ?? ''); attempt += 1) {
      await settle()
      const before = [await writtenInto('state'), await writtenInto('changed')] as const
      await wholeLife(operator, customer, sku)
      const after = [await writtenInto('state'), await writtenInto('changed')] as const
      rows.push(`|an order that is listed by status, and by change|${after[0] - before[0]}|${after[1] - before[1]}|`)
    }
    expect(published, rows.join('\n')).toBeOneOf(rows)
  })
})
