import { beforeAll, describe, expect, it } from 'vitest'
import { codeFor, mailsTo, settle, without } from './control.ts'
import { type SignedIn, deposit, isLocal, newcomer, place, signIn, stocked, until } from './target.ts'

let operator: SignedIn
let sku: string

beforeAll(async () => {
  operator = await signIn('operator')
  sku = await stocked(operator, 50)
})

/** A customer whose address is proven, with money; and the mails about orders that have arrived there since. */
async function mailed() {
  const customer = await newcomer()
  const { email } = await customer.api.getMe()
  await customer.api.requestEmailCode({ body: { email } })
  await customer.api.verifyEmail({ body: { code: await codeFor(email) } })
  await deposit(operator, customer, 10_000)
  await settle()
  const before = (await mailsTo(email)).length
  return {
    ...customer,
    email,
    /** The oldest first. */
    news: async (address = email) => {
      await settle()
      const mails = await mailsTo(address)
      return (address === email ? mails.slice(0, mails.length - before) : mails).toReversed()
    },
  }
}

const buy = (who: SignedIn) => place(who, { [sku]: 1 }, { payment: { method: 'wallet' } })

describe.runIf(isLocal)('mails about orders', () => {
  it('go to a proven address, one for each message of the inbox', async () => {
    const customer = await mailed()
    const { id } = await buy(customer)
    const news = await customer.news()
    expect(news.map(({ subject }) => subject).toSorted()).toEqual(['Order confirmed', 'Order placed'])
    const { number } = await customer.api.getOrder({ params: { id } })
    for (const { text } of news) expect(text).toContain(number)
    const { items } = await customer.api.listNotifications({})
    expect(items.map(({ title }) => title).toSorted()).toEqual(['Order confirmed', 'Order placed'])
  })

  it('go nowhere while nobody has proven to read them', async () => {
    const customer = await newcomer()
    const { email } = await customer.api.getMe()
    const before = await mailsTo(email)
    await place(customer, { [sku]: 1 })
    await settle()
    expect(await mailsTo(email)).toEqual(before)
  })

  it('end with a preference, and come back with it', async () => {
    const customer = await mailed()
    await customer.api.updateMe({ body: { preferences: { mails: false } } })
    await settle()
    await buy(customer)
    expect(await customer.news()).toEqual([])
    await customer.api.updateMe({ body: { preferences: { mails: null } } })
    await settle()
    const { id } = await buy(customer)
    await customer.api.cancelOrder({ params: { id } })
    expect((await customer.news()).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['Order placed', 'Order confirmed', 'Order cancelled', 'Money back']),
    )
    const wrong = customer.api.updateMe({ body: { preferences: { mails: 'no' } } })
    await expect(wrong).rejects.toMatchObject({ status: 400, errors: [{ path: 'preferences.mails' }] })
  })

  it('follow the account to another address', async () => {
    const customer = await mailed()
    const address = `new-${customer.email}`
    await customer.api.requestEmailCode({ body: { email: address, currentPassword: 'Customer-1!' } })
    await customer.api.verifyEmail({ body: { code: await codeFor(address) } })
    await settle()
    const [old, other] = [(await customer.news()).length, (await mailsTo(address)).length]
    await buy(customer)
    expect((await customer.news()).length).toBe(old)
    expect((await customer.news(address)).length).toBe(other + 2)
  })

  it('wait while none can be sent, and the inbox does not', async () => {
    const customer = await mailed()
    await without('ses', async () => {
      await buy(customer)
      await until(
        () => customer.api.listNotifications({}),
        ({ items }) => items.length === 2,
      )
    })
    expect((await customer.news()).map(({ subject }) => subject).toSorted()).toEqual([
      'Order confirmed',
      'Order placed',
    ])
  })
})
