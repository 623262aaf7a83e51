import { beforeEach, describe, expect, it } from 'vitest'
import { stuckAfterMs } from '../../functions/orders/core/stuck.ts'
import type { StuckOrder } from '../../schemas/order.ts'
import { events as users } from '../../schemas/users.ts'
import type * as z from 'zod'
import { type OrdersWorld, customer, day, operator, ordersWorld } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})

interface Page {
  readonly items: readonly z.infer<typeof StuckOrder>[]
  readonly cursor?: string
}
const list = (query: Record<string, string> = {}, claims: Record<string, string> = operator) =>
  world.call(claims, 'GET /orders/stuck', { query })

/** All pages one after the other. */
async function all(query: Record<string, string> = {}): Promise<Page['items']> {
  const items: Page['items'][number][] = []
  let cursor: string | undefined
  do {
    const { status, body } = await list({ ...query, ...(cursor !== undefined && { cursor }) })
    expect(status).toBe(200)
    const page = body as unknown as Page
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}

describe('an order is stuck', () => {
  it('when inventory has not answered for a quarter of an hour, and says since when', async () => {
    const { id, placedAt } = await world.place()
    world.now += stuckAfterMs - 1
    expect(await all()).toEqual([])
    world.now += 1
    expect(await all()).toMatchObject([{ id, status: 'placed', pending: ['order.placed'], since: placedAt }])
  })

  it('also while the sweeper emits its events again and again', async () => {
    const { id } = await world.place()
    for (let minutes = 0; minutes < 300; minutes += 2) {
      world.now += 120_000
      await world.sweep()
    }
    expect(await all()).toMatchObject([{ id, pending: ['order.placed'] }])
  })

  it('when its hold has not ended a quarter of an hour after its time', async () => {
    const { id } = await world.place()
    const expiresAt = world.now + day
    await world.reserve(id, expiresAt)
    world.now = expiresAt + stuckAfterMs - 1
    expect(await all()).toEqual([])
    world.now += 1
    expect(await all()).toMatchObject([
      { id, status: 'reserved', pending: [], since: new Date(expiresAt).toISOString() },
    ])
  })

  it('no more once it goes on', async () => {
    const { id } = await world.place()
    world.now += stuckAfterMs
    expect(await all()).toHaveLength(1)
    await world.reserve(id)
    expect(await all()).toEqual([])
  })

  it('not while it waits for its customer', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    world.now += day / 2
    expect(await all()).toEqual([])
  })
})

describe('the list of stuck orders', () => {
  it.each(['1', '3', '100'])('has each of them once in pages of %s', async (limit) => {
    const ids: string[] = []
    for (let count = 0; count < 9; count += 1) ids.push((await world.place()).id)
    world.now += stuckAfterMs
    const listed = await all({ limit })
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  })

  it('has orders alone, while those of an erased user have not forgotten that one', async () => {
    const { id } = await world.place()
    await world.receive(users.userErased, { userId: customer.sub, version: 1 })
    world.now += stuckAfterMs
    expect(await all()).toMatchObject([{ id, customerId: customer.sub }])
  })

  it('is for operators', async () => {
    expect(await list({}, customer)).toMatchObject({ status: 403 })
  })

  it.each(['x', Buffer.from('9.').toString('base64url'), Buffer.from('0.abc').toString('base64url')])(
    'refuses the cursor %s, which is not its own',
    async (cursor) => {
      expect(await list({ cursor })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    },
  )
})
