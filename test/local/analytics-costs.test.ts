import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settle, state } from './control.ts'
import { type SignedIn, deposit, isLocal, newcomer, place, signIn, stocked } from './target.ts'

/** What the functions of the reports have used so far. */
async function used() {
  const { calls } = await state()
  const own = calls.filter(({ caller }) => caller.includes('-analytics-'))
  const total = (field: 'calls' | 'readUnits' | 'writeUnits') => own.reduce((sum, each) => sum + each[field], 0)
  return { calls: total('calls'), writeUnits: total('writeUnits'), readUnits: total('readUnits') }
}

/** The row of the table of docs/costs.md. */
const row = (step: string, { calls, writeUnits, readUnits }: Awaited<ReturnType<typeof used>>): string =>
  `|${step}|analytics|${calls}|${writeUnits}|${readUnits}|`

const published = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replaceAll(/ *\| */g, '|'))
  .find((line) => line.includes('|analytics|'))

async function wholeLife(operator: SignedIn, customer: SignedIn, sku: string): Promise<void> {
  const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
  await settle()
  const [parcel] = (await operator.api.listShipments({ params: { id } })).items
  const params = { id: parcel?.id ?? '' }
  await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
  await settle()
  await operator.api.deliverShipment({ params })
  await settle()
}

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
      const before = await used()
      await wholeLife(operator, customer, sku)
      const after = await used()
      rows.push(
        row('placed from a wallet, shipped and delivered', {
          calls: after.calls - before.calls,
          writeUnits: after.writeUnits - before.writeUnits,
          readUnits: after.readUnits - before.readUnits,
        }),
      )
      if (rows.includes(published ?? '')) break
    }
    expect(published, rows.join('\n')).toBeOneOf(rows)
  })
})
