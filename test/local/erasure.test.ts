import { describe, expect, it } from 'vitest'
import { advance, codeFor, settle } from './control.ts'
import { itemsWith } from './tables.ts'
import {
  type Account,
  type SignedIn,
  anonymous,
  deposit,
  isLocal,
  place,
  signIn,
  stocked,
  unique,
  until,
} from './target.ts'

const home = { name: 'Ann Customer', line1: `1 ${unique('street')}`, city: 'Leeds', country: 'GB' }
const newAccount = (): Account => ({ email: `${unique('leaver')}@holdfast.test`, password: 'Customer-1!' })

async function registered(account = newAccount()): Promise<SignedIn & { readonly account: Account }> {
  await anonymous.register({ body: { ...account, name: 'Ann Customer' } })
  return { ...(await signIn(account)), account }
}

/** Sells something to somebody, and brings it to them. */
async function delivered(operator: SignedIn, customer: SignedIn, sku: string, notes: string): Promise<string> {
  const { id } = await customer.api.placeOrder({
    idempotencyKey: unique('order'),
    prefer: 'wait=8',
    body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' }, shippingAddress: home, notes },
  })
  await operator.api.approveOrder({ params: { id } })
  await settle()
  const { items } = await operator.api.listShipments({ params: { id } })
  const parcel = { params: { id: items[0]!.id } }
  await operator.api.dispatchShipment({ ...parcel, idempotencyKey: unique('sent'), body: { carrier: 'Royal Mail' } })
  await operator.api.deliverShipment({ ...parcel, idempotencyKey: unique('brought') })
  await settle()
  return id
}

/** The stage erases after a day, and keeps addresses of orders for two. */
const grace = '25h'

describe.runIf(isLocal)('an account', () => {
  it('is erased after its time of grace, by everybody who keeps something of it', { timeout: 240_000 }, async () => {
    const operator = await signIn('operator')
    const customer = await registered()
    const { account, userId } = customer
    const sku = await stocked(operator, 20)
    const note = unique('note')
    await customer.api.requestEmailCode({ body: { email: account.email } })
    await customer.api.verifyEmail({ body: { code: await codeFor(account.email) } })
    await customer.api.addAddress({ body: { ...home, type: 'shipping' } })
    const orderId = await delivered(operator, customer, sku, note)

    const { erasesAt } = await customer.api.eraseMe()
    await advance('1m')
    expect(await customer.api.eraseMe()).toEqual({ erasesAt })
    expect(await customer.api.getMe()).toMatchObject({ erasesAt })
    await expect(place(customer, { [sku]: 1 })).rejects.toMatchObject({ status: 409, code: 'account_leaving' })

    await advance(grace)
    await settle()
    await expect(anonymous.signIn({ body: account })).rejects.toMatchObject({ status: 401 })
    await expect(operator.api.getUser({ params: { id: userId } })).rejects.toMatchObject({ code: 'user_not_found' })
    const { items: found } = await operator.api.listUsers({ query: { q: account.email } })
    expect(found).toEqual([])
    await expect(place(operator, { [sku]: 1 }, { customerId: userId })).rejects.toMatchObject({
      code: 'unknown_customer',
    })
    const order = await operator.api.getOrder({ params: { id: orderId } })
    expect(order).toMatchObject({ customerId: userId, status: 'completed', shippingAddress: home })
    expect(order).not.toHaveProperty('notes')
    const { items: parcels } = await operator.api.listShipments({ params: { id: orderId } })
    expect(parcels[0]).not.toHaveProperty('shippingAddress')
    expect(await itemsWith(account.email)).toEqual([])
    expect(await itemsWith(note)).toEqual([])

    await advance('25h')
    await settle()
    expect(await operator.api.getOrder({ params: { id: orderId } })).not.toHaveProperty('shippingAddress')
    expect(await itemsWith(home.line1)).toEqual([])
    const again = await registered(account)
    expect(again.userId).not.toBe(userId)
    expect(await again.api.getMe()).toMatchObject({ emailVerified: false })
    for (const list of [again.api.listAddresses(), again.api.listOrders(), again.api.listNotifications()])
      expect((await list).items).toEqual([])
    const { items: deeds } = await operator.api.listAudit({ query: { subject: `orders/${orderId}` } })
    expect(deeds.some(({ actor }) => actor.id === operator.userId)).toBe(true)
  })

  it('is kept by its user within that time, and then orders again', { timeout: 120_000 }, async () => {
    const operator = await signIn('operator')
    const customer = await registered()
    const sku = await stocked(operator, 5)
    await customer.api.eraseMe()
    await advance('5s')
    await signIn(customer.account)
    expect(await customer.api.getMe()).toHaveProperty('erasesAt')
    await customer.api.keepMe()
    await customer.api.keepMe()
    await advance('5s')
    expect(await place(customer, { [sku]: 1 })).toMatchObject({ status: 'reserved' })
    await advance(grace)
    expect(await customer.api.getMe()).not.toHaveProperty('erasesAt')
  })

  it('waits for what is open, each with what to do', { timeout: 120_000 }, async () => {
    const operator = await signIn('operator')
    const customer = await registered()
    const sku = await stocked(operator, 5)
    await settle()
    await deposit(operator, customer, 250)
    await expect(customer.api.eraseMe()).rejects.toMatchObject({ status: 409, code: 'wallet_not_empty' })
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
    await until(
      () => customer.api.getWallet({}),
      ({ balance }) => balance.amount === 0,
    )
    await expect(customer.api.eraseMe()).rejects.toMatchObject({ status: 409, code: 'orders_open' })
    await expect(operator.api.eraseUser({ params: { id: customer.userId } })).rejects.toMatchObject({
      code: 'orders_open',
    })
    await settle()
    const { items } = await operator.api.listShipments({ params: { id } })
    const parcel = { params: { id: items[0]!.id } }
    await operator.api.dispatchShipment({ ...parcel, idempotencyKey: unique('sent'), body: { carrier: 'Royal Mail' } })
    await settle()
    // Under way it may be.
    const { erasesAt } = await operator.api.eraseUser({ params: { id: customer.userId } })
    expect(await customer.api.eraseMe()).toEqual({ erasesAt })
    const user = { params: { id: customer.userId } }
    const pounds = { amount: 100, currency: 'GBP' }
    await expect(
      operator.api.depositToWallet({ ...user, idempotencyKey: unique('late'), body: { amount: pounds } }),
    ).rejects.toMatchObject({ status: 409, code: 'account_leaving' })
    await operator.api.refundOrder({ params: { id }, idempotencyKey: unique('some'), body: { amount: pounds } })
    await until(
      () => operator.api.getWalletOf(user),
      ({ balance }) => balance.amount === 100,
    )

    await advance(grace)
    await settle()
    expect(await operator.api.getUser(user)).toMatchObject({ erasesAt, erasureWaitsFor: 'wallet_not_empty' })
    const paidOut = { amount: pounds, reason: 'paid out' }
    await operator.api.correctWallet({ ...user, idempotencyKey: unique('first'), body: paidOut })
    await advance('61m')
    await settle()
    await expect(operator.api.getUser(user)).rejects.toMatchObject({ code: 'user_not_found' })
    const { items: underWay } = await operator.api.listShipments({ params: { id } })
    expect(underWay[0]).toMatchObject({ status: 'dispatched' })
    await operator.api.returnShipment({ ...parcel, idempotencyKey: unique('back'), body: {} })
    await settle()
    const wallet = { params: { id: customer.userId } }
    await until(
      () => operator.api.getWalletOf(wallet),
      ({ balance }) => balance.amount === 150,
    )
    const amount = { amount: 150, currency: 'GBP' }
    await operator.api.correctWallet({ ...wallet, idempotencyKey: unique('out'), body: { amount, reason: 'paid out' } })
    await expect(
      operator.api.depositToWallet({ ...wallet, idempotencyKey: unique('in'), body: { amount } }),
    ).rejects.toMatchObject({ code: 'user_not_found' })
  })
})
