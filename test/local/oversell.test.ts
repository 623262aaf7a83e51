import { describe, expect, it } from 'vitest'
import { type SignedIn, counts, place, signIn, stocked } from './target.ts'

/** Runs the tasks, so many at once. */
async function atOnce<Result>(width: number, tasks: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  const results: Result[] = []
  const left = tasks.entries()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const [index, task] of left) results[index] = await task()
    }),
  )
  return results
}

async function sale(operator: SignedIn, customer: SignedIn, width: number) {
  const sku = await stocked(operator, 50)
  const orders = await atOnce(
    width,
    Array.from({ length: 200 }, () => () => place(customer, { [sku]: 1 })),
  )
  // Orders that were still waiting at their answer are read again.
  const statuses = await atOnce(
    20,
    orders.map(({ id }) => async () => {
      for (;;) {
        const { status } = await customer.api.getOrder({ params: { id } })
        if (status !== 'placed') return status
      }
    }),
  )
  const count = (wanted: string) => statuses.filter((status) => status === wanted).length
  return { reserved: count('reserved'), rejected: count('rejected'), level: await counts(operator, sku) }
}

describe('50 units and 200 buyers', () => {
  for (const width of [20, 64, 256]) {
    it(`at ${width} at once end with exactly 50 reserved, three times in a row`, async () => {
      const [operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
      for (let round = 0; round < 3; round += 1) {
        expect(await sale(operator, customer, width)).toEqual({ reserved: 50, rejected: 150, level: [0, 50, 0] })
      }
    }, 240_000)
  }
})

describe('one unique unit', () => {
  it('goes to exactly one of ten buyers', async () => {
    const [operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
    const sku = await stocked(operator, 1, { unique: true })
    const orders = await Promise.all(Array.from({ length: 10 }, () => place(customer, { [sku]: 1 })))
    expect(orders.filter(({ status }) => status === 'reserved')).toHaveLength(1)
    expect(orders.filter(({ status }) => status === 'rejected')).toHaveLength(9)
    expect(await operator.api.getStock({ params: { sku } })).toMatchObject({ state: 'reserved', onHand: 1 })
  })
})
