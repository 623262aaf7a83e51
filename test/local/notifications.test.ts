import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { beforeAll, describe, expect, it } from 'vitest'
import { stageAt } from '../../bin/place.ts'
import { replayArchive } from '../../bin/replay-events/replay-archive.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import type { Notification } from '../../schemas/notification.ts'
import { advance, enqueue, settle, state } from './control.ts'
import { type SignedIn, baseUrl, deposit, isLocal, newcomer, place, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn

beforeAll(async () => {
  operator = await signIn('operator')
})

const inboxOf = async (who: SignedIn, query: { limit?: number; unread?: 'true'; cursor?: string } = {}) =>
  who.api.listNotifications({ query: { limit: 100, ...query } })
const kindsIn = (page: { readonly items: readonly Notification[] }, orderId?: string) =>
  page.items.filter((item) => orderId === undefined || item.orderId === orderId).map(({ kind }) => kind)

/** An order from the wallet, whose parcel has arrived. */
async function delivered(customer: SignedIn): Promise<string> {
  const sku = await stocked(operator, 5)
  const { id } = await place(customer, { [sku]: 2 }, { payment: { method: 'wallet' } })
  const { items } = await until(
    () => customer.api.listShipments({ params: { id } }),
    (page) => page.items.length > 0,
  )
  const params = { id: items[0]!.id }
  await operator.api.dispatchShipment({ params, body: { carrier: 'Post', trackingNumber: 'RM 1' } })
  await operator.api.deliverShipment({ params })
  return id
}

describe('the inbox of a customer', () => {
  it('has each step of an order once, the newest first', async () => {
    const customer = await newcomer()
    await deposit(operator, customer, 10_000)
    const orderId = await delivered(customer)
    const page = await until(
      () => inboxOf(customer),
      ({ items }) => items.length === 4,
    )
    expect(kindsIn(page)).toEqual(['order_delivered', 'parcel_shipped', 'order_confirmed', 'order_placed'])
    expect(page.unread).toBe(4)
    expect(page.items.every((item) => item.orderId === orderId && item.readAt === undefined)).toBe(true)
    expect(page.items[1]?.text).toBe('A parcel of your order has left with Post, number RM 1.')
    const { number } = await customer.api.getOrder({ params: { id: orderId } })
    expect(page.items[2]?.text).toContain(number)
  })

  it('names what did not work, and money that goes back', async () => {
    const customer = await newcomer()
    const sku = await stocked(operator, 2)
    const rejected = await place(customer, { [sku]: 3 })
    const failed = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
    await deposit(operator, customer, 10_000)
    const paid = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
    await customer.api.cancelOrder({ params: { id: paid.id } })
    const page = await until(
      () => inboxOf(customer),
      ({ items }) => items.length === 8,
    )
    expect(kindsIn(page, rejected.id)).toEqual(['order_rejected', 'order_placed'])
    expect(kindsIn(page, failed.id)).toEqual(['payment_failed', 'order_placed'])
    expect(kindsIn(page, paid.id)).toEqual(['money_refunded', 'order_cancelled', 'order_confirmed', 'order_placed'])
    expect(page.items.find(({ kind }) => kind === 'money_refunded')?.text).toContain('£2.50')
  })

  it('is read one by one, or all at once, and shows what is unread', async () => {
    const customer = await newcomer()
    await deposit(operator, customer, 10_000)
    await delivered(customer)
    const { items } = await until(
      () => inboxOf(customer),
      (page) => page.items.length === 4,
    )
    const second = items[1]!
    const read = await customer.api.readNotification({ params: { id: second.id } })
    expect(read).toEqual({ ...second, readAt: expect.any(String) as string })
    expect(await customer.api.readNotification({ params: { id: second.id } })).toEqual(read)
    const unread = await inboxOf(customer, { unread: 'true' })
    expect(unread.items).toEqual(items.filter(({ id }) => id !== second.id))
    expect(unread.unread).toBe(3)
    await customer.api.readAllNotifications({ body: { upTo: items[2]!.id } })
    expect(await inboxOf(customer, { unread: 'true' })).toMatchObject({ items: [{ id: items[0]!.id }], unread: 1 })
    await customer.api.readAllNotifications()
    const all = await inboxOf(customer)
    expect(all.unread).toBe(0)
    expect(all.items.every(({ readAt }) => readAt !== undefined)).toBe(true)
    expect(await inboxOf(customer, { unread: 'true' })).toEqual({ items: [], unread: 0 })
  })

  it('is paged without a message lost or doubled', async () => {
    const customer = await newcomer()
    const sku = await stocked(operator, 9)
    for (let count = 0; count < 5; count += 1) await place(customer, { [sku]: 1 })
    const { items } = await until(
      () => inboxOf(customer),
      (page) => page.items.length === 5,
    )
    const paged: Notification[] = []
    let cursor: string | undefined
    do {
      const page = await inboxOf(customer, { limit: 2, ...(cursor !== undefined && { cursor }) })
      paged.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(paged).toEqual(items)
  })

  it('is nobody else’s', async () => {
    const [customer, other] = await Promise.all([newcomer(), newcomer()])
    await place(customer, { [await stocked(operator, 1)]: 1 })
    const { items } = await until(
      () => inboxOf(customer),
      (page) => page.items.length === 1,
    )
    expect(await inboxOf(other)).toEqual({ items: [], unread: 0 })
    for (const who of [other, operator])
      await expect(who.api.readNotification({ params: { id: items[0]!.id } })).rejects.toMatchObject({
        status: 404,
        code: 'notification_not_found',
      })
  })
})

describe.runIf(isLocal)('a hold that ends', () => {
  it('is named an hour before, and only if it is still held then', async () => {
    const customer = await newcomer()
    const sku = await stocked(operator, 9)
    const [unpaid, approved, cancelled, short] = await Promise.all([
      place(customer, { [sku]: 1 }, { holdSeconds: 7_200 }),
      place(customer, { [sku]: 1 }, { holdSeconds: 7_200 }),
      place(customer, { [sku]: 1 }, { holdSeconds: 7_200 }),
      place(customer, { [sku]: 1 }, { holdSeconds: 3_000 }),
    ])
    await operator.api.approveOrder({ params: { id: approved.id } })
    await customer.api.cancelOrder({ params: { id: cancelled.id } })
    await settle()
    await advance('62m')
    await settle()
    const page = await inboxOf(customer)
    expect(kindsIn(page, unpaid.id)).toEqual(['hold_ends', 'order_placed'])
    expect(kindsIn(page, approved.id)).toEqual(['order_confirmed', 'order_placed'])
    expect(kindsIn(page, cancelled.id)).toEqual(['order_cancelled', 'order_placed'])
    expect(kindsIn(page, short.id)).toEqual(['order_expired', 'order_placed'])
    await advance('62m')
    await settle()
    expect(kindsIn(await inboxOf(customer), unpaid.id)).toEqual(['order_expired', 'hold_ends', 'order_placed'])
  })
})

describe('those who work here', () => {
  const about = async (who: SignedIn, wanted: (item: Notification) => boolean) =>
    (await inboxOf(who)).items.filter(wanted)

  it('see what is low and there again, each with an inbox of their own', async () => {
    const customer = await newcomer()
    const sku = await stocked(operator, 2)
    await operator.api.updateProduct({ params: { sku }, body: { lowStockAt: 1 } })
    const { id } = await place(customer, { [sku]: 2 })
    const isOfSku = (item: Notification) => item.sku === sku
    const [low] = await until(
      () => about(operator, isOfSku),
      ([first]) => first?.kind === 'stock_low',
    )
    expect(low).toMatchObject({ kind: 'stock_low', text: `0 of ${sku} can be sold; the mark is 1.` })
    await customer.api.cancelOrder({ params: { id } })
    await until(
      () => about(operator, isOfSku),
      ([first]) => first?.kind === 'stock_replenished',
    )
    await operator.api.readNotification({ params: { id: low!.id } })
    expect(await about(customer, isOfSku)).toEqual([])
    const colleague = await newcomer()
    await operator.api.setRoles({ params: { id: colleague.userId }, body: { roles: ['warehouse'] } })
    const seen = await until(
      () => about(colleague, isOfSku),
      (items) => items.length === 3,
    )
    expect(seen.map(({ kind, readAt }) => [kind, readAt])).toEqual([
      ['stock_replenished', undefined],
      ['stock_low', undefined],
      ['stock_replenished', undefined],
    ])
    expect(kindsIn(await inboxOf(colleague))).not.toContain('payment_on_hold')
  })

  it('see a payment that waits for them', async () => {
    const customer = await newcomer()
    const sku = await stocked(operator, 2)
    const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'card', token: 'tok_refund_fails' } })
    await customer.api.cancelOrder({ params: { id } })
    const [held] = await until(
      () => about(operator, ({ orderId }) => orderId === id),
      (items) => items.length === 1,
    )
    expect(held).toMatchObject({
      kind: 'payment_on_hold',
      text: `Money of order ${id} could not go back: the account of the card is closed.`,
    })
  })
})

it.runIf(isLocal)('a replay of the archive brings no message twice, and revives none that was read', async () => {
  const customer = await newcomer()
  await deposit(operator, customer, 10_000)
  const now = async () => Date.parse((await state()).now)
  const from = new Date((await now()) - 1_000)
  await delivered(customer)
  await settle()
  await customer.api.readAllNotifications()
  const before = await inboxOf(customer)
  const found = await stageAt({ url: baseUrl, aws: false })
  const to = new Date((await now()) + 60_000)
  const service = 'notifications'
  await replayArchive(
    new EventBridgeClient(found.settings),
    found,
    { from, to, service },
    { clock: systemClock, report: () => {} },
  )
  await settle()
  expect(before.items).toHaveLength(4)
  expect(await inboxOf(customer)).toEqual(before)
})

describe.runIf(isLocal)('an alarm that goes off', () => {
  it('is in the inbox of those who see to it, with its runbook, and in no other', async () => {
    const customer = await newcomer()
    const body = unique('nonsense')
    await enqueue('catalog', { body })
    await settle()
    await advance('2m')
    await settle()
    const runbook = 'docs/runbooks.md#a-dead-letter-queue-is-not-empty'
    const of = async (who: SignedIn) =>
      (await inboxOf(who)).items.filter(({ kind, text }) => kind === 'alarm' && text.includes(runbook))
    expect(await of(operator)).toContainEqual(expect.objectContaining({ title: 'An alarm has gone off' }))
    expect(await of(customer)).toEqual([])
    // It is on still, and has gone off once.
    const count = (await of(operator)).length
    await advance('5m')
    await settle()
    expect(await of(operator)).toHaveLength(count)
  })
})
