import { beforeAll, describe, expect, it } from 'vitest'
import { type SignedIn, anonymous, place, receive, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn
beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

const totals = (sku: string) => anonymous.getStock({ params: { sku } })

describe('a warehouse with a name that every object has', () => {
  // Another file may have made it in this system.
  const made = async (name: string): Promise<string> => {
    try {
      return (await operator.api.createWarehouse({ body: { name } })).id
    } catch (error) {
      expect(error).toMatchObject({ code: 'warehouse_exists' })
      return name.toLowerCase().replaceAll(/[^a-z]/g, '')
    }
  }

  it.each(['Constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'])(
    '%s has what is put into it, and sells no unit more',
    async (name) => {
      const sku = await stocked(operator, 3)
      const id = await made(name)
      expect(await place(customer, { [sku]: 10 })).toMatchObject({
        status: 'rejected',
        reason: { shortages: [{ sku, requested: 10, available: 3 }] },
      })
      expect(await totals(sku)).toMatchObject({ onHand: 3, available: 3, reserved: 0 })
      await receive(operator, sku, 2, id)
      expect(await place(customer, { [sku]: 5 })).toMatchObject({ status: 'reserved' })
      expect(await totals(sku)).toMatchObject({ onHand: 5, available: 0, reserved: 5 })
    },
  )
})

describe('the id of a warehouse', () => {
  it('is another one for names in other scripts', async () => {
    const names = ['東京', '大阪', 'Склад', 'Слон', 'مخزن'].map((name) => `${name} ${unique('')}`)
    const made = await Promise.all(names.map((name) => operator.api.createWarehouse({ body: { name } })))
    expect(made.map(({ name }) => name)).toEqual(names)
    expect(new Set(made.map(({ id }) => id)).size).toBe(names.length)
  })

  it('is taken by the same name in another form of Unicode', async () => {
    const name = `Köln ${unique('')}`
    await operator.api.createWarehouse({ body: { name: name.normalize('NFC') } })
    await expect(operator.api.createWarehouse({ body: { name: name.normalize('NFD') } })).rejects.toMatchObject({
      status: 409,
      code: 'warehouse_exists',
    })
  })
})

describe('a warehouse that closes', () => {
  it('takes its units out of what is shown and of what can be sold, and brings them back', async () => {
    const sku = await stocked(operator, 1)
    const { id } = await operator.api.createWarehouse({ body: { name: unique('season'), priority: 900 } })
    await receive(operator, sku, 4, id)
    const becomes = (available: number) =>
      until(
        () => totals(sku),
        (stock) => stock.available === available,
      )
    await becomes(5)
    await operator.api.updateWarehouse({ params: { id }, body: { active: false } })
    expect(await becomes(1)).toMatchObject({ onHand: 1 })
    expect(await place(customer, { [sku]: 2 })).toMatchObject({
      status: 'rejected',
      reason: { shortages: [{ available: 1 }] },
    })
    await operator.api.updateWarehouse({ params: { id }, body: { active: true } })
    await becomes(5)
    expect(await place(customer, { [sku]: 5 })).toMatchObject({ status: 'reserved' })
  })
})

describe('an order over many warehouses', () => {
  it('is rejected as too scattered when it would take more than ten, and leaves nothing held', async () => {
    const sku = await stocked(operator, 0)
    const halls = await Promise.all(
      Array.from({ length: 11 }, (_, index) =>
        operator.api.createWarehouse({ body: { name: unique(`row-${index}`) } }),
      ),
    )
    for (const { id } of halls) await receive(operator, sku, 1, id)
    expect(await place(customer, { [sku]: 11 })).toMatchObject({
      status: 'rejected',
      reason: { code: 'too_scattered' },
    })
    expect(await place(customer, { [sku]: 10 })).toMatchObject({ status: 'reserved' })
    const body = { lines: [{ sku, quantity: 1 }] }
    await operator.api.createReservation({ body, idempotencyKey: unique('rest') })
    expect(await totals(sku)).toMatchObject({ onHand: 11, available: 0, reserved: 11 })
    for (const { id } of halls) await operator.api.updateWarehouse({ params: { id }, body: { active: false } })
  })
})

describe('a sku that comes back after its deletion', () => {
  const again = async (sku: string, isUnique: boolean) => {
    await operator.api.retireProduct({ params: { sku } })
    const product = { sku, name: 'Again', price: { amount: 100, currency: 'GBP' }, unique: isUnique }
    await until(
      () => operator.api.createProduct({ body: product }),
      () => true,
    )
    return until(
      () => operator.api.getLevels({ params: { sku } }),
      () => true,
    )
  }

  it('as a unique product has none of its five units, and one buyer gets the one that is counted in', async () => {
    const sku = await stocked(operator, 5)
    await again(sku, true)
    await until(
      () => totals(sku),
      ({ onHand, state }) => onHand === 0 && state === 'sold',
    )
    await expect(receive(operator, sku, 2)).rejects.toMatchObject({ code: 'unique_exceeded' })
    await receive(operator, sku, 1)
    const buyers = await Promise.all(
      Array.from({ length: 4 }, () =>
        until(
          () => place(customer, { [sku]: 1 }),
          () => true,
        ),
      ),
    )
    expect(buyers.filter(({ status }) => status === 'reserved')).toHaveLength(1)
  })

  it('as an ordinary product inherits what lies there', async () => {
    const sku = await stocked(operator, 5)
    await again(sku, false)
    expect(await totals(sku)).toMatchObject({ onHand: 5, available: 5 })
  })
})

describe('an order', () => {
  const address = { name: 'Ada King', line1: '1 High Street', city: 'Fresno', region: 'CA', country: 'US' }
  const regions = async (name: string, codes: string[]): Promise<string> =>
    (
      await operator.api.createWarehouse({
        body: { name: unique(name), location: 'X', regions: codes, priority: 1_000 },
      })
    ).id
  const heldIn = async (id: string): Promise<(string | undefined)[]> =>
    (await operator.api.getReservation({ params: { id } })).lines.map(({ warehouseId }) => warehouseId)

  it('comes in one parcel where one warehouse has it all, from the region of its address, or from where it names', async () => {
    const [apart, both] = await Promise.all([stocked(operator, 9), stocked(operator, 9)])
    const [west, far] = [await regions('west', ['US-CA']), await regions('far', ['US'])]
    await Promise.all([west, far].map((id) => receive(operator, both, 9, id)))
    await receive(operator, apart, 9, far)
    const [together, near, named, nowhere] = [
      await place(customer, { [apart]: 1, [both]: 1 }, { shippingAddress: address, shipFrom: [west, far] }),
      await place(customer, { [both]: 1 }, { shippingAddress: address }),
      await place(customer, { [both]: 1 }, { shippingAddress: address, shipFrom: ['main', 'nowhere'] }),
      await place(customer, { [both]: 1 }, { shipFrom: ['nowhere'] }),
    ]
    expect(await heldIn(together.id)).toEqual([far, far])
    const others = await Promise.all([near, named].map(({ id }) => heldIn(id)))

    expect([west, far]).toContain(others[0]?.[0])
    expect(others[1]).toEqual(['main'])
    expect(named).toMatchObject({ status: 'reserved', shipFrom: ['main', 'nowhere'] })
    expect(nowhere).toMatchObject({ status: 'rejected', reason: { shortages: [{ sku: both, available: 0 }] } })
  })

  it('is refused when it names more warehouses than it can ship from, or no region of ISO 3166', async () => {
    const sku = await stocked(operator, 1)
    const shipFrom = Array.from({ length: 11 }, (_, index) => `w${index}`)
    await expect(place(customer, { [sku]: 1 }, { shipFrom })).rejects.toMatchObject({ status: 400 })
    const body = { name: unique('hall'), regions: ['California'] }
    await expect(operator.api.createWarehouse({ body })).rejects.toMatchObject({
      status: 400,
      errors: [{ path: 'regions[0]' }],
    })
  })

  it('does not prefer a warehouse whose regions were taken away', async () => {
    const sku = await stocked(operator, 1)
    const id = await regions('once', ['US'])
    await receive(operator, sku, 1, id)
    const held = async () => heldIn((await place(customer, { [sku]: 1 }, { shippingAddress: address })).id)
    expect(await held()).toEqual([id])
    await operator.api.updateWarehouse({ params: { id }, body: { regions: [], location: null } })
    const changed = await operator.api.getWarehouse({ params: { id } })
    expect([changed.regions, changed.location]).toEqual([undefined, undefined])
    await receive(operator, sku, 1, id)
    expect(await held()).toEqual(['main'])
  })
})
