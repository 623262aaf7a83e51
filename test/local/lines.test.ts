import { beforeAll, describe, expect, it } from 'vitest'
import { type SignedIn, deposit, newcomer, place, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn
const price = 250

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), newcomer()])
  await deposit(operator, customer, 100_000)
})

const balance = async () => (await customer.api.getWallet()).balance.amount
const levelOf = async (sku: string) => (await operator.api.getLevels({ params: { sku } })).items[0]!

/** An order from the wallet, with its parcel. */
async function confirmed(lines: Record<string, number>) {
  const { id } = await place(customer, lines, { payment: { method: 'wallet' } })
  const shipments = () => customer.api.listShipments({ params: { id } })
  const { items } = await until(shipments, (page) => page.items.length > 0)
  const cancel = (sku: string, quantity?: number, by = customer, idempotencyKey = unique('line')) =>
    by.api.cancelOrderLine({ params: { id, sku }, body: quantity === undefined ? {} : { quantity }, idempotencyKey })
  return { id, parcel: items[0]!.id, cancel, order: () => customer.api.getOrder({ params: { id } }), shipments }
}

describe('a line that is cancelled before its parcel leaves', () => {
  it('goes back into stock, and its price into the wallet', async () => {
    const [mug, cup] = await Promise.all([stocked(operator, 5), stocked(operator, 5)])
    const had = await balance()
    const { parcel, cancel, order, shipments } = await confirmed({ [mug]: 3, [cup]: 2 })
    const key = unique('line')
    const answer = await cancel(mug, 2, customer, key)
    expect(answer).toMatchObject({
      status: 'confirmed',
      total: { amount: 3 * price },
      lines: [
        { sku: mug, quantity: 1 },
        { sku: cup, quantity: 2 },
      ],
      cancelledLines: [{ sku: mug, quantity: 2, total: { amount: 2 * price } }],
    })
    expect(await cancel(mug, 2, customer, key)).toEqual(answer)
    await until(balance, (now) => now === had - 3 * price)
    await until(
      () => levelOf(mug),
      ({ available, allocated }) => available === 4 && allocated === 1,
    )
    await cancel(cup, undefined, operator)
    expect((await order()).lines).toMatchObject([{ sku: mug, quantity: 1 }])
    await until(balance, (now) => now === had - price)
    await operator.api.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Post' } })
    await until(
      () => levelOf(mug),
      ({ onHand, allocated }) => onHand === 4 && allocated === 0,
    )
    expect((await levelOf(cup)).onHand).toBe(5)
    expect((await shipments()).items[0]?.lines).toEqual([{ sku: mug, quantity: 1, returned: 0 }])
  })

  it('is refused once it has left, when nothing is left, and when it is more than that', async () => {
    const [mug, cup] = await Promise.all([stocked(operator, 5), stocked(operator, 5)])
    const { parcel, cancel } = await confirmed({ [mug]: 2, [cup]: 1 })
    await expect(cancel(mug, 3)).rejects.toMatchObject({ status: 409, code: 'line_exceeded' })
    await cancel(cup)
    await expect(cancel(cup)).rejects.toMatchObject({ status: 409, code: 'line_cancelled' })
    await operator.api.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Post' } })
    await expect(cancel(mug, 1)).rejects.toMatchObject({ status: 409, code: 'line_dispatched' })
  })

  it('takes the order with it when it is the last one', async () => {
    const mug = await stocked(operator, 5)
    const had = await balance()
    const { cancel, order } = await confirmed({ [mug]: 2 })
    expect(await cancel(mug)).toMatchObject({
      status: 'cancelled',
      // The event of shipping may close the order before its answer has come.
      reason: { code: expect.stringMatching(/^(cancelled_by_customer|stock_withdrawn)$/) as string },
      lines: [],
      total: { amount: 0 },
    })
    await until(balance, (now) => now === had)
    await until(
      () => levelOf(mug),
      ({ available }) => available === 5,
    )
    await expect(cancel(mug)).rejects.toMatchObject({ status: 409, code: 'order_closed' })
    expect((await order()).facts).toMatchObject({ closing: 'cancelled' })
  })

  it('or leaves: one of the two is refused', async () => {
    const mug = await stocked(operator, 20)
    for (let round = 0; round < 4; round += 1) {
      const { parcel, cancel, shipments } = await confirmed({ [mug]: 2 })
      const sending = operator.api.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Post' } })
      const [sent, cancelled] = await Promise.allSettled([sending, cancel(mug)])
      expect([sent.status, cancelled.status].toSorted()).toEqual(['fulfilled', 'rejected'])
      const { status } = (await shipments()).items[0]!
      expect(status).toBe(sent.status === 'fulfilled' ? 'dispatched' : 'cancelled')
    }
  })
})
