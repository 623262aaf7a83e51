import { defaultConcurrency } from '../../localstack/deploy/functions.ts'
import { ApiProblem } from '../../schemas/client.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { advance, settle } from './control.ts'
import { type SignedIn, counts, deposit, isLocal, newcomer, place, signIn, stocked, until } from './target.ts'

let operator: SignedIn
let sku: string

beforeAll(async () => {
  operator = await signIn('operator')
  sku = await stocked(operator, 5_000)
})

type Limits = NonNullable<Parameters<SignedIn['api']['setLimits']>[0]['body']>
const setTo = ({ userId }: SignedIn, body: Limits) => operator.api.setLimits({ params: { id: userId }, body })

/** The order's id, or why it was refused. */
async function tryTo(
  placing: Promise<{ readonly id: string }>,
): Promise<{ id?: string; code?: string; message?: string }> {
  return placing.catch((error: unknown) => {
    if (!(error instanceof ApiProblem)) throw error
    return { code: error.code, message: error.message }
  })
}

describe('a customer who does not pay', () => {
  it('is refused at the limit with the open orders by name, and goes on after one of them is paid or cancelled', async () => {
    const customer = await newcomer()
    await setTo(customer, { openHolds: 2 })
    await deposit(operator, customer, 10_000)
    const payment = { method: 'card' } as const
    const [one, two] = [
      await place(customer, { [sku]: 1 }, { payment }),
      await place(customer, { [sku]: 1 }, { payment }),
    ]
    const refused = await tryTo(place(customer, { [sku]: 1 }))
    expect(refused).toMatchObject({ code: 'too_many_holds' })
    expect(refused.message).toContain(one.id)
    expect(refused.message).toContain(two.id)
    await until(
      () => customer.api.payOrder({ params: { id: one.id }, idempotencyKey: one.id, body: { method: 'wallet' } }),
      () => true,
    )
    await until(
      () => customer.api.getOrder({ params: { id: one.id } }),
      ({ facts }) => facts.payment === 'paid',
    )
    const three = await place(customer, { [sku]: 1 })
    expect(await tryTo(place(customer, { [sku]: 1 }))).toMatchObject({ code: 'too_many_holds' })
    await customer.api.cancelOrder({ params: { id: three.id } })
    await place(customer, { [sku]: 1 })
    const { items } = await customer.api.listOrders({ query: { status: 'reserved' } })
    expect(items).toHaveLength(2)
  })

  it('holds no more units of a sku than the limit, in all orders together', async () => {
    const customer = await newcomer()
    const of = await stocked(operator, 100)
    await setTo(customer, { unitsPerSku: 10 })
    await place(customer, { [of]: 7 })
    expect(await tryTo(place(customer, { [of]: 4 }))).toMatchObject({ code: 'too_many_holds' })
    await place(customer, { [of]: 3 })
    expect(await counts(operator, of)).toEqual([90, 10, 0])
  })

  it('is ordered for by operators without a limit', async () => {
    const customer = await newcomer()
    await setTo(customer, { openHolds: 0 })
    expect(await tryTo(place(customer, { [sku]: 1 }))).toMatchObject({ code: 'too_many_holds' })
    const { id } = await place(operator, { [sku]: 1 }, { customerId: customer.userId })
    expect((await customer.api.getOrder({ params: { id } })).customerId).toBe(customer.userId)
  })
})

describe.runIf(isLocal)('a customer who places 128 orders at once', () => {
  it('goes over the limit by less than the functions that run at once, and is refused from then on', async () => {
    const customer = await newcomer()
    const limit = 20
    await setTo(customer, { openHolds: limit })
    const of = await stocked(operator, 1_000)
    const placing = Array.from({ length: 128 }, () => tryTo(place(customer, { [of]: 1 }, { waits: false })))
    const answers = await Promise.all(placing)
    const placed = answers.filter(({ id }) => id !== undefined)
    expect(answers.filter(({ id, code }) => id === undefined && code !== 'too_many_holds')).toEqual([])
    expect(placed.length).toBeGreaterThanOrEqual(limit)
    expect(placed.length).toBeLessThan(limit + defaultConcurrency)
    await settle()
    expect(await counts(operator, of)).toEqual([1_000 - placed.length, placed.length, 0])
    expect(await tryTo(place(customer, { [of]: 1 }))).toMatchObject({ code: 'too_many_holds' })
    await advance('25h')
    expect(await counts(operator, of)).toEqual([1_000, 0, 0])
    await place(customer, { [of]: 1 })
  })
})

describe.runIf(isLocal)('a customer whose card orders expired three times within a day', () => {
  it('holds one order at a time for a day', async () => {
    const customer = await newcomer()
    await operator.api.setLimits({ params: { id: customer.userId }, body: { openHolds: 100 } })
    const payment = { method: 'card' } as const
    for (let held = 0; held < 3; held += 1) await place(customer, { [sku]: 1 }, { payment, holdSeconds: 60 })
    await advance('2m')
    await place(customer, { [sku]: 1 }, { holdSeconds: 60 })
    const refused = await tryTo(place(customer, { [sku]: 1 }))
    expect(refused).toMatchObject({ code: 'too_many_holds', message: expect.stringContaining('three orders expired') })
    await advance('25h')
    const two = [await place(customer, { [sku]: 1 }), await place(customer, { [sku]: 1 })]
    for (const { id } of two) await customer.api.cancelOrder({ params: { id } })
  })
})
