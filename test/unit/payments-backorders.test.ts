import { beforeEach, describe, expect, it } from 'vitest'
import { type PaymentsWorld, gbp, paymentsWorld } from './payments-world.ts'

let world: PaymentsWorld
beforeEach(() => {
  world = paymentsWorld()
})

describe('an order that waits', () => {
  it('and pays at filling asks for nothing', async () => {
    await world.backorder()
    expect(world.table.items().filter(({ sk }) => sk === 'payment')).toEqual([])
  })

  it('and pays at placing takes its money from the wallet', async () => {
    await world.deposit(1_000)
    await world.backorder({ method: 'wallet' })
    expect(await world.payment()).toMatchObject({ status: 'captured' })
  })

  it('and pays at placing has a card captured at once, and not again once the order is confirmed', async () => {
    await world.backorder({ method: 'card', tokenApart: true })
    expect(world.calls).toEqual([])
    await world.backorderCard('tok_accepted')
    expect(world.calls).toEqual(['authorize', 'capture'])
    await world.confirm()
    expect(world.calls).toEqual(['authorize', 'capture'])
    expect(await world.payment()).toMatchObject({ status: 'captured' })
  })

  it('asks for its money once, though its stock is held before payments have answered', async () => {
    await world.deposit(1_000)
    await world.backorder({ method: 'wallet' })
    await world.reserve({ method: 'wallet' })
    expect(await world.payment()).toMatchObject({ attempts: [{ method: 'wallet' }] })
  })

  it('has its money asked for once it is held, where news of its wait came only after that was over', async () => {
    await world.deposit(1_000)
    await world.backorder({ method: 'wallet' }, world.now - 1)
    expect(await world.payment()).toMatchObject({ status: 'requested', attempts: [] })
    await world.reserve({ method: 'wallet' })
    expect(await world.payment()).toMatchObject({ status: 'captured', attempts: [{ method: 'wallet' }] })
  })

  it('is paid with another card until its hold ends, and not only until its wait would have', async () => {
    await world.backorderCard('tok_declined', world.now + 1_000)
    await world.reserveApart('tok_declined', 'order@3/order.reserved')
    world.now += 2_000
    expect(world.calls).toEqual(['authorize'])
    expect(await world.pay()).toMatchObject({ status: 201 })
  })

  it('gets all of it back when it closes', async () => {
    await world.deposit(1_000)
    await world.backorder({ method: 'wallet' })
    await world.cancel(undefined, { stock: 'backordered', payment: 'refund_due' })
    expect(await world.wallet()).toMatchObject({ balance: gbp(1_000) })
  })
})
