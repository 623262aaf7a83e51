import { describe, expect, it } from 'vitest'
import { analyticsWorld } from './analytics-world.ts'

const [monday, tuesday] = ['2026-11-23', '2026-11-24'] as const
const at = (day: string, time = '10:00:00') => `${day}T${time}.000Z`

const asked = async (world: ReturnType<typeof analyticsWorld>, query: Record<string, string>) =>
  (await world.call('GET /analytics/funnel', { as: 'operator', query })).body

/** Four orders of Monday: one is completed on Tuesday, one confirmed then, and of two others each leaves by another end. */
async function fourOrders() {
  const world = analyticsWorld()
  for (const id of ['ord_a', 'ord_b', 'ord_c', 'ord_d']) await world.placed(id, at(monday))
  await world.became('ord_a', 'Confirmed', at(monday, '11:00:00'))
  await world.became('ord_a', 'Shipped', at(monday, '12:00:00'))
  await world.became('ord_a', 'Completed', at(tuesday))
  await world.became('ord_b', 'Confirmed', at(tuesday))
  await world.became('ord_c', 'Expired', at(tuesday))
  await world.became('ord_d', 'PaymentFailed', at(monday, '11:00:00'))
  await world.fold()
  return world
}

describe('the funnel', () => {
  it('has each step with its share of those placed and of the step before, and each end', async () => {
    expect(await asked(await fourOrders(), { from: monday, to: tuesday })).toEqual({
      timeZone: 'Europe/London',
      from: monday,
      to: tuesday,
      items: [
        {
          currency: 'GBP',
          steps: [
            { step: 'placed', orders: 4, ofPlaced: 1 },
            { step: 'confirmed', orders: 2, ofPlaced: 0.5, ofPrevious: 0.5 },
            { step: 'shipped', orders: 1, ofPlaced: 0.25, ofPrevious: 0.5 },
            { step: 'completed', orders: 1, ofPlaced: 0.25, ofPrevious: 1 },
          ],
          ends: [
            { end: 'cancelled', orders: 0, ofPlaced: 0 },
            { end: 'expired', orders: 1, ofPlaced: 0.25 },
            { end: 'rejected', orders: 0, ofPlaced: 0 },
            { end: 'payment_failed', orders: 1, ofPlaced: 0.25 },
          ],
        },
      ],
    })
  })

  it('counts what happened on its days: without any placed on them nothing has a share of those', async () => {
    const { items } = await asked(await fourOrders(), { from: tuesday, to: tuesday })
    expect(items).toEqual([
      {
        currency: 'GBP',
        steps: [
          { step: 'placed', orders: 0 },
          { step: 'confirmed', orders: 1 },
          { step: 'shipped', orders: 0, ofPrevious: 0 },
          { step: 'completed', orders: 1 },
        ],
        ends: [
          { end: 'cancelled', orders: 0 },
          { end: 'expired', orders: 1 },
          { end: 'rejected', orders: 0 },
          { end: 'payment_failed', orders: 0 },
        ],
      },
    ])
  })

  it('has the last seven days by default, and nothing of a currency without any event on them', async () => {
    const world = analyticsWorld('Europe/London', '2026-12-03T12:00:00Z')
    await world.placed('ord_a', at('2026-11-26'))
    await world.fold()
    expect(await asked(world, {})).toMatchObject({ from: '2026-11-27', to: '2026-12-03', items: [] })
    await world.placed('ord_b', at('2026-11-27'))
    await world.fold()
    expect(await asked(world, {})).toMatchObject({ items: [{ currency: 'GBP', steps: [{ orders: 1 }, {}, {}, {}] }] })
  })

  it.each([
    [{ from: tuesday, to: monday }, 'from'],
    [{ from: '2025-11-23', to: tuesday }, 'from'],
    [{ to: '2026-02-30' }, 'to'],
  ])('refuses %j', async (query, path) => {
    const { status, body } = await analyticsWorld().call('GET /analytics/funnel', { as: 'operator', query })
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'validation_failed', path])
  })
})
