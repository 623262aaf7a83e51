import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb'
import { type Api, api } from '../../schemas/client.ts'
import { type Mailed, advance, codeFor, mailsTo, settle, state, without } from './control.ts'
import { tables } from './tables.ts'
import { anonymous, baseUrl, isLocal, raw, signIn, stocked, unique } from './target.ts'

const owner = await signIn('operator')
const sku = await stocked(owner, 50)
const machine = async (): Promise<Api> => {
  const { key = '' } = await owner.api.createApiKey({ body: { name: unique('shop'), scopes: ['orders:write'] } })
  return api({ baseUrl, token: key })
}
const newGuest = () => ({ name: 'Ann Guest', email: `${unique('guest')}@holdfast.test` })
const bodyFor = (guest: ReturnType<typeof newGuest>) => ({
  lines: [{ sku, quantity: 1 }],
  payment: { method: 'manual' as const },
  customerId: 'guest',
  guest,
})

const linkIn = ([mail]: readonly Mailed[]): string => /https?:\S+\/guest-orders\/\S+/.exec(mail?.text ?? '')?.[0] ?? ''

describe.runIf(isLocal)('an order of a guest, placed with a key,', () => {
  it('is opened by the mailed link, by nobody else', async () => {
    const guest = newGuest()
    const order = await (await machine()).placeOrder({ idempotencyKey: unique('order'), body: bodyFor(guest) })
    expect(order).toMatchObject({ customerId: 'guest', guest })
    const mails = await mailsTo(guest.email)
    expect(mails).toHaveLength(1)
    const link = new URL(linkIn(mails))
    const opened = await raw({ method: 'GET', path: link.pathname })
    expect(opened).toMatchObject({ status: 200, body: { id: order.id, guest } })
    const wrong = `${link.pathname.slice(0, -1)}${link.pathname.endsWith('A') ? 'B' : 'A'}`
    expect((await raw({ method: 'GET', path: wrong })).status).toBe(404)
    expect(await owner.api.getOrder({ params: { id: order.id } })).toMatchObject({ guest })
    const customer = await signIn('customer')
    expect((await customer.send({ method: 'GET', path: `/orders/${order.id}` })).status).toBe(404)
    await settle()
  })

  it('is mailed once for one Idempotency-Key, and once mails can be sent again', async () => {
    const guest = newGuest()
    const sent = { idempotencyKey: unique('order'), body: bodyFor(guest) }
    const shop = await machine()
    const refused = without('ses', () => shop.placeOrder(sent))
    await expect(refused).rejects.toMatchObject({ status: 503, code: 'unavailable' })
    expect(await mailsTo(guest.email)).toEqual([])
    const order = await shop.placeOrder(sent)
    expect(await shop.placeOrder(sent)).toEqual(order)
    const mails = await mailsTo(guest.email)
    expect(mails).toHaveLength(1)
    expect((await raw({ method: 'GET', path: new URL(linkIn(mails)).pathname })).status).toBe(200)
    await settle()
  })

  it('is that of the account which proves the address, until the account has another one', async () => {
    const guest = newGuest()
    const shop = await machine()
    const order = await shop.placeOrder({ idempotencyKey: unique('order'), body: bodyFor(guest) })
    await shop.placeOrder({ idempotencyKey: unique('order'), body: bodyFor(newGuest()) })
    const account = { email: guest.email, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const { accessToken: token } = await anonymous.signIn({ body: account })
    const mine = api({ baseUrl, token })
    const own = await mine.placeOrder({
      idempotencyKey: unique('order'),
      body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' } },
    })
    const ids = async () => (await mine.listOrders()).items.map(({ id }) => id)
    const opened = { params: { id: order.id } }
    expect(await ids()).toEqual([own.id])
    await expect(mine.getOrder(opened)).rejects.toMatchObject({ status: 404, code: 'order_not_found' })
    await mine.verifyEmail({ body: { code: await codeFor(guest.email) } })
    await advance('5s')
    expect(await ids()).toEqual([own.id, order.id])
    expect(await mine.getOrder(opened)).toMatchObject({ id: order.id, customerId: 'guest', guest })
    const email = `${unique('moved')}@holdfast.test`
    await mine.requestEmailCode({ body: { email, currentPassword: account.password } })
    await mine.verifyEmail({ body: { code: await codeFor(email) } })
    await advance('5s')
    expect(await ids()).toEqual([own.id])
    await expect(mine.getOrder(opened)).rejects.toMatchObject({ status: 404 })
    await settle()
  })

  it('is opened by another link that an operator has mailed, once a minute', async () => {
    const guest = newGuest()
    const order = await (await machine()).placeOrder({ idempotencyKey: unique('order'), body: bodyFor(guest) })
    const opened = { params: { id: order.id } }
    const [first] = await mailsTo(guest.email)
    await advance('1m')
    await owner.api.mailGuestLink(opened)
    await owner.api.mailGuestLink(opened)
    const mails = await mailsTo(guest.email)
    expect(mails).toHaveLength(2)
    expect(linkIn(mails)).not.toBe(linkIn([first!]))
    for (const mail of mails)
      expect(await raw({ method: 'GET', path: new URL(linkIn([mail])).pathname })).toMatchObject({ status: 200 })
    const customer = await signIn('customer')
    expect((await customer.send({ method: 'POST', path: `/orders/${order.id}/guest-link` })).status).toBe(403)
    await settle()
  })

  it('leaves neither address nor token in events, and the token in no table', async () => {
    const guest = newGuest()
    await (await machine()).placeOrder({ idempotencyKey: unique('order'), body: bodyFor(guest) })
    await settle()
    const token = linkIn(await mailsTo(guest.email)).slice(-43)
    const published = JSON.stringify((await state()).events)
    const client = await tables()
    let stored = ''
    for await (const page of paginateListTables({ client }, {}))
      for (const TableName of page.TableNames ?? [])
        if (TableName.includes('orders'))
          for await (const { Items } of paginateScan({ client }, { TableName })) stored += JSON.stringify(Items)
    expect(stored).toContain(createHash('sha256').update(token).digest('base64url'))
    for (const text of [published, stored]) expect(text).not.toContain(token)
    expect(published).not.toContain(guest.email)
  })

  it('names its customer: a key is none', async () => {
    const { customerId: _, guest: __, ...body } = bodyFor(newGuest())
    await expect((await machine()).placeOrder({ idempotencyKey: unique('order'), body })).rejects.toMatchObject({
      status: 422,
      code: 'customer_required',
    })
  })
})
