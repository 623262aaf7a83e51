import { describe, expect, it } from 'vitest'
import { settle } from './control.ts'
import { type LiveClient, connect } from './live-client.ts'
import { type Used, costLines, difference, usedBy, wholeLife } from './one-order.ts'
import { type SignedIn, deposit, isLocal, newcomer, signIn, stocked } from './target.ts'
import { untraced } from './untraced.ts'

/** The row of the table of docs/costs.md. */
const rowOf = (step: string, { calls, writeUnits, readUnits }: Used): string =>
  `|${step}|live|${calls}|${writeUnits}|${readUnits}|`

async function lifeOf(operator: SignedIn, customer: SignedIn, sku: string, follows: boolean): Promise<void> {
  let client: LiveClient | undefined
  await wholeLife(operator, customer, sku, async (id) => {
    if (!follows) return
    client = await connect({ token: customer.token })
    await client.follow(id)
  })
  client?.socket.terminate()
}

untraced()

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
    for (let attempt = 0; attempt < 6 && !rows.some((row) => costLines.includes(row)); attempt += 1) {
      await settle()
      const before = await usedBy('Fanout')
      await lifeOf(operator, customer, sku, follows)
      rows.push(rowOf(step, difference(await usedBy('Fanout'), before)))
    }
    expect(costLines, rows.join('\n')).toEqual(expect.arrayContaining([rows.at(-1)]))
  })
})
