import { beforeAll, describe, expect, it } from 'vitest'
import { settle, state } from './control.ts'
import { type SignedIn, isLocal, newcomer, place, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), newcomer()])
})

const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const elsewhere = (line1 = '3 Mill Lane') => ({ ...home, line1, postalCode: 'LE2 7AB' })

/** An order, and what its owner can do with it. */
async function ordered(more: object = { shippingAddress: home }) {
  const { id } = await place(customer, { [await stocked(operator, 5)]: 1 }, more)
  const params = { id }
  return {
    params,
    move: (shippingAddress: typeof home, by = customer) => by.api.updateOrder({ params, body: { shippingAddress } }),
    order: () => customer.api.getOrder({ params }),
    parcels: async () => {
      const reserved = () => customer.api.getOrder({ params })
      await until(reserved, ({ status }) => status !== 'placed')
      await operator.api.approveOrder({ params })
      const shipments = () => customer.api.listShipments({ params })
      return (await until(shipments, (page) => page.items.length > 0)).items
    },
    addressOfParcel: async () => (await customer.api.listShipments({ params })).items[0]?.shippingAddress,
  }
}

describe('an order that goes elsewhere', () => {
  it('has the address before it is confirmed, and so have its parcels', async () => {
    for (const more of [{ shippingAddress: home }, {}]) {
      const { move, order, parcels } = await ordered(more)
      await move(elsewhere('2 Low Road'))
      expect(await move(elsewhere())).toMatchObject({ shippingAddress: elsewhere() })
      expect((await parcels())[0]).toMatchObject({ shippingAddress: elsewhere() })
      expect(await order()).toMatchObject({ status: 'confirmed', shippingAddress: elsewhere() })
    }
  })

  it('sends its parcels there once it is confirmed, as often as it is asked', async () => {
    const { move, order, parcels, addressOfParcel } = await ordered()
    const [parcel] = await parcels()
    for (const line1 of ['2 Low Road', '3 Mill Lane', '3 Mill Lane', '1 High Street', '9 Last Lane']) {
      expect(await move(elsewhere(line1), line1.startsWith('2') ? operator : customer)).toMatchObject({
        shippingAddress: elsewhere(line1),
      })
      expect(await addressOfParcel()).toEqual(elsewhere(line1))
    }
    await operator.api.dispatchShipment({ params: { id: parcel!.id }, body: { carrier: 'Post' } })
    await expect(move(elsewhere())).rejects.toMatchObject({ status: 409, code: 'address_dispatched' })
    expect(await order()).toMatchObject({ shippingAddress: elsewhere('9 Last Lane') })
    // What it has already is no change.
    expect(await move(elsewhere('9 Last Lane'))).toMatchObject({ shippingAddress: elsewhere('9 Last Lane') })
  })

  it('or leaves: one of the two is refused', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { move, order, parcels, addressOfParcel } = await ordered()
      const [parcel] = await parcels()
      const sending = operator.api.dispatchShipment({ params: { id: parcel!.id }, body: { carrier: 'Post' } })
      const [sent, moved] = await Promise.allSettled([sending, move(elsewhere())])
      expect(sent.status).toBe('fulfilled')
      const address = moved.status === 'fulfilled' ? elsewhere() : home
      expect(await addressOfParcel()).toEqual(address)
      expect(await order()).toMatchObject({ shippingAddress: address })
    }
  })

  it('is not to be had by somebody else, nor once the order is closed', async () => {
    const { move, params } = await ordered()
    await expect(move(elsewhere(), await newcomer())).rejects.toMatchObject({ status: 404, code: 'order_not_found' })
    await customer.api.cancelOrder({ params })
    await expect(move(elsewhere())).rejects.toMatchObject({ status: 409, code: 'order_closed' })
  })

  it('gets the address by the event where the request died after shipping had taken it', async () => {
    const { params, order, parcels, addressOfParcel, move } = await ordered()
    await parcels()
    // All that a request has done before it dies: see functions/orders/routes/update.ts.
    const body = { changeId: unique('died'), address: elsewhere() }
    await customer.api.readdressShipments({ params, body })
    expect(await addressOfParcel()).toEqual(elsewhere())
    await until(order, ({ shippingAddress }) => shippingAddress?.line1 === elsewhere().line1)
    await move(elsewhere('9 Last Lane'))
    expect(await order()).toMatchObject({ shippingAddress: elsewhere('9 Last Lane') })
  })

  it.runIf(isLocal)('costs what docs/costs.md says', async () => {
    const { move, parcels } = await ordered()
    const written = async (act: () => Promise<unknown>) => {
      const units = async () => {
        await settle()
        const { calls } = await state()
        return ['-orders-', '-shipping-'].map((service) =>
          calls
            .filter(({ caller }) => caller.includes(service))
            // What lists by status and by change cost has a test of its own: order-lists-costs.test.ts.
            .reduce(
              (all, { writeUnits, indexUnits: { state: s = 0, changed = 0 } }) => all + writeUnits - s - changed,
              0,
            ),
        )
      }
      await settle()
      const before = await units()
      await act()
      return (await units()).map((after, index) => after - before[index]!)
    }
    expect(await written(() => move(elsewhere('2 Low Road')))).toEqual([1, 0])
    await parcels()
    expect(await written(() => move(elsewhere()))).toEqual([1, 1])
  })
})
