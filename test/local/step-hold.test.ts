import { beforeAll, describe, expect, it } from 'vitest'
import { advance, died, killAt, settle } from './control.ts'
import { type SignedIn, counts, isLocal, place, receive, signIn, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn
/** Enough for a hold in three steps. */
const skus = Array.from({ length: 210 }, (_, index) => unique(`step-${index}`))
const each = (quantity: number) => Object.fromEntries(skus.map((sku) => [sku, quantity]))

async function totals() {
  const levels = await Promise.all(skus.map((sku) => counts(operator, sku)))
  return [0, 1, 2].map((part) => levels.reduce((sum, level) => sum + (level[part] ?? 0), 0))
}

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
  const rows = skus.map((sku) => JSON.stringify({ sku, name: sku, price: { amount: 100, currency: 'GBP' } }))
  await operator.api.importProducts({ text: rows.join('\n'), mediaType: 'application/x-ndjson' })
  if (isLocal) await settle()
  await Promise.all(
    skus.map((sku) =>
      until(
        () => receive(operator, sku, 10),
        () => true,
      ),
    ),
  )
})

describe('an order over more skus than one transaction has', () => {
  it('is reserved whole', async () => {
    const order = await place(customer, each(1))
    const { id } = order
    const { status } = await until(
      () => customer.api.getOrder({ params: { id } }),
      (found) => found.status !== 'placed',
    )
    expect(status).toBe('reserved')
    expect(await totals()).toEqual([1_890, 210, 0])
    await customer.api.cancelOrder({ params: { id } })
    await until(totals, ([available]) => available === 2_100)
  })

  it('is rejected whole when one line is short', async () => {
    const { id } = await place(customer, { ...each(1), [skus[200]!]: 11 })
    const order = await until(
      () => customer.api.getOrder({ params: { id } }),
      ({ status }) => status !== 'placed',
    )
    expect(order).toMatchObject({ status: 'rejected', reason: { shortages: [{ sku: skus[200], requested: 11 }] } })
    expect(await totals()).toEqual([2_100, 0, 0])
  })
})

describe.runIf(isLocal)('a function killed in the middle of a step hold', () => {
  const steps = [1, 2, 3].flatMap((nth) => (['before', 'after'] as const).map((when) => ({ nth, when })))
  it.each(steps)('$when its write number $nth ends held all the same', async ({ nth, when }) => {
    await killAt({ function: 'inventory-events', operation: 'TransactWriteItems', nth, when })
    const { id } = await customer.api.placeOrder({
      idempotencyKey: unique('killed'),
      body: { lines: skus.map((sku) => ({ sku, quantity: 1 })), payment: { method: 'manual' } },
    })
    await died()
    // The message of the dead function comes back when its visibility timeout is over.
    await advance('4m')
    await settle()
    expect(await customer.api.getOrder({ params: { id } })).toMatchObject({ status: 'reserved' })
    expect(await totals()).toEqual([1_890, 210, 0])
    await customer.api.cancelOrder({ params: { id } })
    await settle()
    expect(await totals()).toEqual([2_100, 0, 0])
  })
})
