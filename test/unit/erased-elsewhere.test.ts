import { describe, expect, it } from 'vitest'
import { consumer as inboxConsumer } from '../../functions/notifications/events.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { type EventContract } from '../../schemas/contract.ts'
import * as orders from '../../schemas/orders.ts'
import * as users from '../../schemas/users.ts'
import { customer, id, operator, paymentsWorld, total } from './payments-world.ts'
import { address, shippingWorld } from './shipping-world.ts'

const erased = { userId: customer.sub, version: 9 }

describe('payments', () => {
  const forgotten = (world: ReturnType<typeof paymentsWorld>) =>
    world.receive(orders.events.orderForgotten, { ...world.ofOrder(id), wasConfirmed: true })
  const texts = (world: ReturnType<typeof paymentsWorld>): string =>
    JSON.stringify(world.table.items().filter(({ ttl }) => ttl === undefined))

  it('forget card tokens and what operators wrote about a refund; sums and ids stay', async () => {
    const world = paymentsWorld()
    await world.reserve({ method: 'card', token: 'tok_accepted' })
    await world.confirm()
    await world.call(operator, 'POST /orders/{id}/refunds', { body: { reason: 'it was broken' } })
    const before = (await world.call(customer, 'GET /orders/{id}/payments')).body
    expect(texts(world)).toContain('tok_accepted')
    expect(texts(world)).toContain('it was broken')
    await forgotten(world)
    await forgotten(world)
    expect(texts(world)).not.toContain('tok_accepted')
    expect(texts(world)).not.toContain('it was broken')
    const after = (await world.call(customer, 'GET /orders/{id}/payments')).body
    expect(after.items[0]).toMatchObject({ captured: before.items[0].captured, refunded: before.items[0].refunded })
  })

  it('keep no card token that comes after that', async () => {
    const world = paymentsWorld()
    await forgotten(world)
    await world.reserveApart('tok_accepted')
    expect(texts(world)).not.toContain('tok_accepted')
  })

  it('forget what stands in the ledger of the wallet, whose balance stays', async () => {
    const world = paymentsWorld()
    const wallet = { id: customer.sub }
    const deposit = (amount: number, reference: string) =>
      world.call(operator, 'POST /users/{id}/wallet/deposits', {
        ...wallet,
        body: { amount: { amount, currency: total.currency }, reference },
      })
    for (const each of [1, 2, 3]) await deposit(each, `from Ann ${each}`)
    await world.receive(users.events.userErased, erased)
    expect(await world.sweep()).toMatchObject({ forgotten: 1, failed: 0 })
    expect(texts(world)).not.toContain('from Ann')
    const { status, body } = await world.call(operator, 'GET /users/{id}/wallet', wallet)
    expect([status, body.balance.amount, body.items.length]).toEqual([200, 6, 3])
    const correction = { amount: { amount: 6, currency: total.currency }, reason: 'paid out' }
    expect(
      await world.call(operator, 'POST /users/{id}/wallet/corrections', { ...wallet, body: correction }),
    ).toMatchObject({ status: 201 })
    expect((await deposit(1, 'more')).body).toMatchObject({ code: 'user_not_found' })
    world.now += 3_600_000
    await world.sweep()
    expect(texts(world)).not.toContain('paid out')
    expect(await world.sweep()).toMatchObject({ forgotten: 0 })
  })
})

describe('shipping', () => {
  const forgotten = (world: ReturnType<typeof shippingWorld>, orderId = 'ord_1', wasConfirmed = true) =>
    world.deliver(orders.events.orderForgotten, `${orderId}/order@9/order.forgotten`, {
      orderId,
      customerId: 'user-1',
      wasConfirmed,
    })
  const texts = (world: ReturnType<typeof shippingWorld>): string =>
    JSON.stringify(world.store.items().filter(({ ttl }) => ttl === undefined))

  it('forgets the address and why a parcel failed, and publishes nothing of that', async () => {
    const world = shippingWorld()
    await world.committed('ord_1', [['mug', 'main', 1]])
    await world.confirmed('ord_1')
    await world.move('dispatch', 'shp_1_1', { carrier: 'Royal Mail' }, 'd')
    await world.move('fail', 'shp_1_1', { reason: 'nobody opened' }, 'f')
    const { length } = await world.published()
    await forgotten(world)
    expect(texts(world)).not.toContain(address.line1)
    expect(texts(world)).not.toContain('nobody opened')
    expect(await world.published()).toHaveLength(length)
    await world.move('return', 'shp_1_1', {}, 'r')
    expect((await world.list('ord_1')).body.items[0]).toMatchObject({ status: 'returned' })
  })

  it('keeps no address that comes after that', async () => {
    const world = shippingWorld()
    await forgotten(world)
    await world.addressed('ord_1')
    expect(texts(world)).not.toContain(address.line1)
    await world.committed('ord_1', [['mug', 'main', 1]])
    const again = { changeId: 'x', address }
    const reply = await world.call('PUT /orders/{id}/shipments/address', {
      as: 'operator',
      params: { id: 'ord_1' },
      body: again,
    })
    expect(reply).toMatchObject({ status: 409, body: { code: 'order_closed' } })
  })

  it('has nothing of an order that was never confirmed', async () => {
    const world = shippingWorld()
    await forgotten(world, 'ord_2', false)
    expect(world.store.items()).toEqual([])
  })
})

describe('notifications', () => {
  it('forget where mails go, and the inbox; nothing that comes late brings an address back', async () => {
    const store = memoryStore()
    const consume = inboxConsumer({ store, clock: { now: () => 0, sleep: async () => {} }, random: () => 0.5 })
    let events = 0
    const receive = (contract: EventContract, data: object) => {
      const id = `event-${(events += 1)}`
      return consume([
        { contract, data, id, messageId: id, time: '2026-01-01T00:00:00.000Z', correlationId: 'c', causationId: 'c' },
      ])
    }
    const pk = `user_${customer.sub}`
    await receive(users.events.userContact, { userId: customer.sub, version: 2, email: 'ann@holdfast.test' })
    for (let message = 0; message < 250; message += 1)
      await store.write({ put: { pk, sk: `${1_000_000_000_000 + message}#m`, version: 1 }, if: 'any' })
    expect(await receive(users.events.userErased, erased)).toEqual([])
    await receive(users.events.userContact, { userId: customer.sub, version: 3, email: 'ann@holdfast.test' })
    expect(store.items()).toMatchObject([{ pk, sk: 'contact', userVersion: 9 }])
    expect(JSON.stringify(store.items())).not.toContain('ann@holdfast.test')
  })
})
