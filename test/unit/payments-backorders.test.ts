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

  it('gets all of it back when it closes', async () => {
    await world.deposit(1_000)
    await world.backorder({ method: 'wallet' })
    await world.cancel(undefined, { stock: 'backordered', payment: 'refund_due' })
    expect(await world.wallet()).toMatchObject({ balance: gbp(1_000) })
  })
})
