import { beforeAll, describe, expect, it } from 'vitest'
import { advance, deleteSchedules, settle, state } from './control.ts'
import { type SignedIn, counts, isLocal, place, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

const statusOf = async (id: string) => (await customer.api.getOrder({ params: { id } })).status

describe.runIf(isLocal)('after 24 hours', () => {
  it.each(['by its schedule', 'by the sweeper when every schedule is lost'])(
    'an unpaid order expires %s and gives its units back, an approved one is untouched',
    async (how) => {
      const sku = await stocked(operator, 9)
      const [unpaid, approved] = [await place(customer, { [sku]: 3 }), await place(customer, { [sku]: 2 })]
      await operator.api.approveOrder({ params: { id: approved.id } })
      await settle()
      if (how !== 'by its schedule') await deleteSchedules()
      await advance('23h')
      await settle()
      expect(await statusOf(unpaid.id)).toBe('reserved')
      await advance(how === 'by its schedule' ? '1h' : '65m')
      await settle()
      expect(await customer.api.getOrder({ params: { id: unpaid.id } })).toMatchObject({
        status: 'expired',
        reason: { code: 'hold_expired' },
        facts: { closing: 'expired', stock: 'released' },
      })
      expect(await statusOf(approved.id)).toBe('confirmed')
      expect(await counts(operator, sku)).toEqual([7, 0, 2])
    },
  )

  it('a hold may be asked to be shorter', async () => {
    const sku = await stocked(operator, 9)
    const { id } = await place(customer, { [sku]: 3 }, { holdSeconds: 600 })
    await settle()
    await advance('11m')
    await settle()
    expect(await statusOf(id)).toBe('expired')
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })

  it('a late approval is refused, and the order stays expired', async () => {
    const sku = await stocked(operator, 9)
    const { id } = await place(customer, { [sku]: 3 }, { holdSeconds: 600 })
    await settle()
    await advance('11m')
    await expect(operator.api.approveOrder({ params: { id } })).rejects.toMatchObject({
      status: 409,
      code: 'order_closed',
    })
    expect(await statusOf(id)).toBe('expired')
  })

  it("another system's reservation that nobody committed goes back", async () => {
    const sku = await stocked(operator, 9)
    const reservation = await operator.api.createReservation({
      idempotencyKey: unique('rsv'),
      body: { lines: [{ sku, quantity: 4 }], holdSeconds: 600 },
    })
    expect(await counts(operator, sku)).toEqual([5, 4, 0])
    await advance('16m')
    await settle()
    expect(await operator.api.getReservation({ params: { id: reservation.id } })).toMatchObject({ status: 'released' })
    expect(await counts(operator, sku)).toEqual([9, 0, 0])
  })

  it('no schedule is left of orders that ended', async () => {
    const sku = await stocked(operator, 9)
    const { id } = await place(customer, { [sku]: 1 })
    await settle()
    const named = async () => (await state()).schedules.filter(({ name }) => name.includes(id))
    expect(await named()).toHaveLength(1)
    await customer.api.cancelOrder({ params: { id } })
    await settle()
    expect(await named()).toHaveLength(0)
  })
})
