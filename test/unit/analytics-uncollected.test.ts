import { describe, expect, it } from 'vitest'
import { analyticsWorld } from './analytics-world.ts'

const [monday, tuesday, wednesday] = ['2026-11-23', '2026-11-24', '2026-11-25'] as const
const at = (day: string, time = '10:00:00') => `${day}T${time}.000Z`

type World = ReturnType<typeof analyticsWorld>

const products = async (world: World, from: string, to: string) =>
  (await world.call('GET /analytics/top-products', { as: 'operator', query: { from, to } })).body.items

/** An order that is confirmed on Monday and whose money cannot be taken on Tuesday. */
const lost = (world: World) => [
  () => world.placed('ord_a', at(monday)),
  () => world.became('ord_a', 'Confirmed', at(monday, '10:00:01')),
  () => world.unpaid('ord_a', 'Failed', 3, at(tuesday)),
  () => world.became('ord_a', 'PaymentFailed', at(tuesday, '10:00:01')),
]

describe('money that never came of an order that was confirmed', () => {
  it('is taken back on the day on which that is known, with its units, and the day that is over stays as it was', async () => {
    const world = analyticsWorld()
    for (const event of lost(world)) await event()
    await world.fold()
    const { items, totals } = await world.report(monday, tuesday)
    expect(items).toMatchObject([
      {
        day: monday,
        confirmed: 1,
        uncollected: 0,
        units: 2,
        gross: 1_000,
        refunded: 0,
        net: 1_000,
        averageOrder: 1_000,
      },
      { day: tuesday, paymentFailed: 1, uncollected: 1, units: -2, gross: -1_000, refunded: 0, net: -1_000 },
    ])
    expect(items[1]).not.toHaveProperty('averageOrder')
    expect(totals).toMatchObject([{ confirmed: 1, uncollected: 1, units: 0, gross: 0, refunded: 0, net: 0 }])
    expect(totals[0]).not.toHaveProperty('averageOrder')
    expect(await products(world, monday, monday)).toMatchObject([{ sku: 'A', units: 2 }])
    expect(await products(world, monday, tuesday)).toEqual([])
    expect(await products(world, tuesday, tuesday)).toEqual([])
  })

  it('is taken back once, whatever the order of the events, and however often they come', async () => {
    const orderly = analyticsWorld()
    for (const event of lost(orderly)) await event()
    await orderly.fold()
    const wanted = await orderly.report(monday, tuesday)
    for (const order of [
      [3, 2, 1, 0],
      [2, 2, 0, 3, 1, 2],
      [1, 3, 0, 0, 2, 1, 3],
    ]) {
      const world = analyticsWorld()
      const events = lost(world)
      for (const index of order) await events[index]!()
      await world.fold()
      expect(await world.report(monday, tuesday)).toEqual(wanted)
      expect(await products(world, monday, tuesday)).toEqual([])
    }
  })

  it('leaves the average order to those that were paid', async () => {
    const world = analyticsWorld()
    for (const event of lost(world)) await event()
    await world.placed('ord_b', at(monday), [['A', 1, 400]])
    await world.became('ord_b', 'Confirmed', at(monday, '10:00:01'), 400)
    await world.fold()
    expect((await world.report(monday, tuesday)).totals).toMatchObject([{ gross: 400, averageOrder: 400, units: 1 }])
    expect(await products(world, monday, tuesday)).toMatchObject([{ sku: 'A', units: 1, revenue: { amount: 400 } }])
  })

  it('is that of a cancelled order, whose money was only set aside, too, and counts once when that is reported again', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday))
    await world.became('ord_a', 'Confirmed', at(monday, '10:00:01'))
    await world.became('ord_a', 'Cancelled', at(monday, '11:00:00'))
    await world.unpaid('ord_a', 'Voided', 5, at(wednesday))
    await world.unpaid('ord_a', 'Voided', 4, at(tuesday))
    await world.fold()
    const { items } = await world.report(monday, wednesday)
    expect(items).toMatchObject([
      { day: monday, cancelled: 1, net: 1_000 },
      { day: tuesday, uncollected: 1, net: -1_000 },
    ])
  })

  it('counts again where it comes after all, and goes back on the day on which it does', async () => {
    const world = analyticsWorld()
    for (const event of lost(world)) await event()
    await world.refunded('ord_a', 6, at(wednesday), 1_000)
    await world.fold()
    const { items, totals } = await world.report(wednesday, wednesday)
    expect(items).toMatchObject([{ uncollected: -1, units: 2, gross: 1_000, refunded: 1_000, net: 0 }])
    expect(totals).toHaveLength(1)
    expect((await world.report(monday, wednesday)).totals).toMatchObject([{ uncollected: 0, gross: 1_000, net: 0 }])
  })

  it('is none of an order that was never confirmed, nor of one that costs nothing', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday))
    await world.unpaid('ord_a', 'Voided', 3, at(monday))
    await world.became('ord_a', 'Expired', at(monday))
    await world.placed('ord_b', at(monday), [['B', 2, 0]])
    await world.became('ord_b', 'Confirmed', at(monday), 0)
    await world.unpaid('ord_b', 'Voided', 3, at(monday), 0)
    await world.fold()
    expect((await world.report(monday, monday)).items).toMatchObject([
      { placed: 2, confirmed: 1, uncollected: 0, units: 2, gross: 0, net: 0, averageOrder: 0 },
    ])
  })

  it('hides a product of which more was taken back than sold', async () => {
    const world = analyticsWorld()
    for (const event of lost(world)) await event()
    await world.placed('ord_b', at(tuesday), [['A', 3, 100]])
    await world.became('ord_b', 'Confirmed', at(tuesday), 300)
    await world.fold()
    expect(await products(world, tuesday, tuesday)).toEqual([])
    expect(await products(world, monday, tuesday)).toMatchObject([{ units: 3, revenue: { amount: 300 } }])
  })
})
