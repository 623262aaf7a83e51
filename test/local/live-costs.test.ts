import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settle, state } from './control.ts'
import { connect } from './live-client.ts'
import { type SignedIn, deposit, isLocal, newcomer, place, signIn, stocked } from './target.ts'

/** What the function that sends the news has used so far. */
async function used() {
  const { calls } = await state()
  const own = calls.filter(({ caller }) => caller.includes('Fanout'))
  const total = (field: 'calls' | 'readUnits' | 'writeUnits') => own.reduce((sum, each) => sum + each[field], 0)
  return { calls: total('calls'), writeUnits: total('writeUnits'), readUnits: total('readUnits') }
}

const page = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8')
const published = page.split('\n').map((line) => line.replaceAll(/ *\| */g, '|'))

/** The row of the table of docs/costs.md. */
const rowOf = (step: string, { calls, writeUnits, readUnits }: Awaited<ReturnType<typeof used>>): string =>
  `|${step}|live|${calls}|${writeUnits}|${readUnits}|`

async function wholeLife(operator: SignedIn, customer: SignedIn, sku: string, follows: boolean): Promise<void> {
  const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
  await settle()
  const client = follows ? await connect({ token: customer.token }) : undefined
  await client?.follow(id)
  const [parcel] = (await operator.api.listShipments({ params: { id } })).items
  const params = { id: parcel?.id ?? '' }
  await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
  await settle()
  await operator.api.deliverShipment({ params })
  await settle()
  client?.socket.terminate()
}

describe.runIf(isLocal)('live updates', () => {
  it.each([
    ['that nobody follows', false],
    ['that its customer follows once it is paid', true],
  ])('cost of an order %s what docs/costs.md lists', async (step, follows) => {
    const operator = await signIn('operator')
    const customer = await newcomer()
    await deposit(operator, customer, 10_000)
    const sku = await stocked(operator, 12)
    const rows: string[] = []
    // Two events of one delivery cost less where they meet in a turn.
    for (let attempt = 0; attempt < 6 && !rows.some((row) => published.includes(row)); attempt += 1) {
      await settle()
      const before = await used()
      await wholeLife(operator, customer, sku, follows)
      const after = await used()
      const difference = (name: keyof typeof after) => after[name] - before[name]
      rows.push(
        rowOf(step, {
          calls: difference('calls'),
          writeUnits: difference('writeUnits'),
          readUnits: difference('readUnits'),
        }),
      )
    }
    expect(published, rows.join('\n')).toEqual(expect.arrayContaining([rows.at(-1)]))
  })
})
