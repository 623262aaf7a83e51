import { describe, expect, it } from 'vitest'
import { PersonExport } from '../../schemas/person-export.ts'
import { settle } from './control.ts'
import { type SignedIn, deposit, isLocal, newcomer, place, raw, signIn, stocked, unique } from './target.ts'

const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }

/** The whole document. Each page fits the contract. */
async function exported({ api }: SignedIn): Promise<PersonExport> {
  const whole: Record<string, unknown> = {}
  let cursor: string | undefined
  do {
    const { cursor: goesOn, ...page } = await api.exportMe({ query: { ...(cursor !== undefined && { cursor }) } })
    PersonExport.parse(page)
    // A list goes on where the page before has ended it.
    for (const [name, part] of Object.entries(page))
      whole[name] = Array.isArray(part) ? [...((whole[name] as unknown[] | undefined) ?? []), ...part] : part
    cursor = goesOn
  } while (cursor !== undefined)
  return PersonExport.parse(whole)
}

describe.runIf(isLocal)('the export of a person', () => {
  it('has what every service keeps, and nothing of anybody else', async () => {
    const operator = await signIn('operator')
    const [customer, other] = [await newcomer(), await newcomer()]
    const sku = await stocked(operator, 20)
    await deposit(operator, customer, 10_000)
    await customer.api.updateMe({
      body: { name: 'Ann Customer', phone: '0113 496 0000', preferences: { theme: 'dark' } },
    })
    await customer.api.addAddress({ body: { ...home, type: 'shipping' } })
    const orders = []
    for (let left = 3; left > 0; left -= 1)
      orders.push(await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' }, shippingAddress: home }))
    await place(other, { [sku]: 1 }, { shippingAddress: { ...home, name: 'Bob Other' } })
    await settle()
    const document = await exported(customer)
    expect(document.user).toMatchObject({ id: customer.userId, name: 'Ann Customer', phone: '0113 496 0000' })
    expect(document.addresses).toMatchObject([{ ...home, default: true }])
    expect(document.sessions).toHaveLength(1)
    expect(document.orders!.map(({ order }) => order.id)).toEqual(orders.map(({ id }) => id).toReversed())
    for (const { order, payments, shipments } of document.orders!) {
      expect(order.shippingAddress).toEqual(home)
      expect(payments).toMatchObject([{ orderId: order.id, status: 'captured' }])
      expect(shipments).toMatchObject([{ orderId: order.id, shippingAddress: home }])
    }
    expect(document.balance).toEqual({ amount: 10_000 - 3 * 250, currency: 'GBP' })
    expect(document.ledger!.map(({ kind }) => kind)).toEqual(['payment', 'payment', 'payment', 'deposit'])
    expect(document.notifications!.length).toBeGreaterThanOrEqual(3)
    expect(document).not.toHaveProperty('audit')
    expect(JSON.stringify(document)).not.toContain('Bob Other')
  })

  it('has of an owner what the audit has, and the keys', async () => {
    const owner = await signIn('operator')
    const key = await owner.api.createApiKey({ body: { name: unique('till'), scopes: ['orders:read'] } })
    await settle()
    const { apiKeys, audit } = await exported(owner)
    expect(apiKeys!.map(({ id }) => id)).toContain(key.id)
    expect(JSON.stringify(apiKeys)).not.toContain(key.key)
    expect(audit!.every(({ actor }) => actor.id === owner.userId)).toBe(true)
    expect(audit!.some(({ operation }) => operation === 'createApiKey')).toBe(true)
  })

  it('is for its person alone', async () => {
    expect(await raw({ method: 'GET', path: '/users/me/export' })).toMatchObject({ status: 401 })
  })
})
