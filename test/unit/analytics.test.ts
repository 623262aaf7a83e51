import { describe, expect, it } from 'vitest'
import { dayAfter, daysBetween, daysIn } from '../../functions/analytics/adapters/days.ts'
import { analyticsWorld, gbp } from './analytics-world.ts'

describe('the days of a time zone', () => {
  const of = (zone: string, time: string) => daysIn(zone).of(Date.parse(time))

  it('begin at its midnight, in summer and in winter', () => {
    expect(of('Europe/London', '2026-07-01T22:59:59.999Z')).toBe('2026-07-01')
    expect(of('Europe/London', '2026-07-01T23:00:00Z')).toBe('2026-07-02')
    expect(of('Europe/London', '2026-12-01T23:59:59.999Z')).toBe('2026-12-01')
    expect(of('America/New_York', '2026-12-01T04:59:59Z')).toBe('2026-11-30')
  })

  it('have 23 hours where the clocks go forward, and 25 where they go back', () => {
    // 2026-03-29 and 2026-10-25 in London.
    expect(of('Europe/London', '2026-03-28T23:59:59Z')).toBe('2026-03-28')
    expect(of('Europe/London', '2026-03-29T00:00:00Z')).toBe('2026-03-29')
    expect(of('Europe/London', '2026-03-29T22:59:59Z')).toBe('2026-03-29')
    expect(of('Europe/London', '2026-03-29T23:00:00Z')).toBe('2026-03-30')
    expect(of('Europe/London', '2026-10-24T23:00:00Z')).toBe('2026-10-25')
    expect(of('Europe/London', '2026-10-25T23:59:59Z')).toBe('2026-10-25')
    expect(of('Europe/London', '2026-10-26T00:00:00Z')).toBe('2026-10-26')
  })

  it('follow each other by the calendar', () => {
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29')
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28')
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(3)
    expect(daysBetween('2026-03-30', '2026-03-28')).toBe(-1)
  })
})

const [monday, tuesday, wednesday] = ['2026-11-23', '2026-11-24', '2026-11-25'] as const
const at = (day: string, time: string) => `${day}T${time}.000Z`

/** An order that is placed on Monday, leaves on Tuesday, is completed and half given back on Wednesday. */
const sold = (world: ReturnType<typeof analyticsWorld>, id = 'ord_a') => [
  () => world.placed(id, at(monday, '10:00:00')),
  () => world.became(id, 'Confirmed', at(monday, '10:00:04')),
  () => world.became(id, 'Shipped', at(tuesday, '09:00:00')),
  () => world.became(id, 'Completed', at(wednesday, '09:00:00')),
  () => world.refunded(id, 5, at(wednesday, '10:00:00'), 300),
  () => world.refunded(id, 6, at(wednesday, '11:00:00'), 500),
]

describe('the report of days', () => {
  it('counts each fact on its day: what goes back on the day it goes, not on the day of the sale', async () => {
    const world = analyticsWorld()
    for (const event of sold(world)) await event()
    await world.fold()
    const { items, totals } = await world.report(monday, wednesday)
    const none = { cancelled: 0, expired: 0, rejected: 0, paymentFailed: 0 }
    expect(items).toMatchObject([
      {
        day: monday,
        currency: 'GBP',
        placed: 1,
        confirmed: 1,
        shipped: 0,
        units: 2,
        gross: 1_000,
        refunded: 0,
        net: 1_000,
        ...none,
      },
      { day: tuesday, currency: 'GBP', placed: 0, shipped: 1, gross: 0, refunded: 0, net: 0, ...none },
      { day: wednesday, currency: 'GBP', completed: 1, gross: 0, refunded: 500, net: -500, ...none },
    ])
    expect(totals).toMatchObject([
      { placed: 1, confirmed: 1, shipped: 1, completed: 1, gross: 1_000, refunded: 500, net: 500, averageOrder: 1_000 },
    ])
    expect(items[0]).toMatchObject({ toConfirmed: { counts: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], p50: 5, p95: 5 } })
    expect(items[1]).toMatchObject({ toShipped: { p50: 86_400, p95: 86_400 } })
    expect(items[1]).not.toHaveProperty('averageOrder')
  })

  it('is the same whatever the order of the events, and however often they come', async () => {
    const orderly = analyticsWorld()
    for (const event of sold(orderly)) await event()
    await orderly.fold()
    const disorderly = analyticsWorld()
    const events = sold(disorderly)
    for (const index of [5, 3, 3, 1, 4, 0, 5, 2, 0, 1]) await events[index]!()
    await disorderly.fold()
    const wanted = await orderly.report(monday, wednesday)
    expect(await disorderly.report(monday, wednesday)).toEqual(wanted)
    const count = disorderly.records.length
    for (const event of events) await event()
    expect(disorderly.records).toHaveLength(count)
    expect(count).toBe(6)
  })

  it('takes the earliest time of what was emitted again', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'))
    await world.became('ord_a', 'Confirmed', at(tuesday, '00:10:00'))
    await world.became('ord_a', 'Confirmed', at(monday, '23:50:00'))
    await world.became('ord_a', 'Confirmed', at(wednesday, '23:50:00'))
    await world.fold()
    expect((await world.report(monday, wednesday)).items).toMatchObject([{ day: monday, confirmed: 1, gross: 1_000 }])
    const { body } = await world.call('GET /analytics/top-products', {
      as: 'operator',
      query: { from: monday, to: monday },
    })
    expect(body.items).toMatchObject([{ sku: 'A', units: 2 }])
  })

  it('counts no money of an order that was never confirmed, and none that came twice', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'))
    await world.became('ord_a', 'Expired', at(monday, '11:00:00'))
    await world.refunded('ord_a', 3, at(monday, '11:05:00'), 1_000)
    await world.placed('ord_b', at(monday, '10:00:00'))
    await world.became('ord_b', 'Confirmed', at(monday, '10:00:01'))
    await world.refunded('ord_b', 4, at(tuesday, '10:00:00'), 1_000, { refundedTwice: 1_000 })
    await world.refunded('ord_b', 5, at(tuesday, '10:00:00'), 1_250, { refundedTwice: 1_000 })
    await world.fold()
    const { items } = await world.report(monday, tuesday)
    expect(items).toMatchObject([
      {
        day: monday,
        placed: 2,
        confirmed: 1,
        expired: 1,
        gross: 1_000,
        refunded: 0,
        expiryRate: 0.5,
        cancellationRate: 0,
      },
      { day: tuesday, placed: 0, refunded: 250, net: -250 },
    ])
  })

  it('takes money back that came back after it had gone', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'))
    await world.became('ord_a', 'Confirmed', at(monday, '10:00:01'))
    await world.refunded('ord_a', 6, at(wednesday, '10:00:00'), 400)
    await world.refunded('ord_a', 5, at(tuesday, '10:00:00'), 1_000)
    await world.fold()
    const { items } = await world.report(tuesday, wednesday)
    expect(items).toMatchObject([{ refunded: 1_000 }, { refunded: -600, net: 600 }])
  })

  it('counts an order once that ended twice, by the end that came first', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'))
    await world.became('ord_a', 'Cancelled', at(tuesday, '11:00:00'))
    await world.became('ord_a', 'PaymentFailed', at(monday, '11:00:00'))
    await world.became('ord_a', 'Rejected', at(wednesday, '11:00:00'))
    await world.fold()
    const { totals } = await world.report(monday, wednesday)
    expect(totals).toMatchObject([{ placed: 1, paymentFailed: 1, cancelled: 0, rejected: 0 }])
  })

  it('counts what was completed among what has left', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'))
    await world.became('ord_a', 'Completed', at(tuesday, '11:00:00'))
    await world.became('ord_a', 'Shipped', at(wednesday, '11:00:00'))
    await world.fold()
    expect((await world.report(monday, wednesday)).items).toMatchObject([
      {},
      { day: tuesday, shipped: 1, completed: 1 },
    ])
  })

  it('has the days of the time zone of its stage', async () => {
    const world = analyticsWorld('Asia/Tokyo')
    await world.placed('ord_a', at(monday, '15:00:00'))
    await world.fold()
    const { body } = await world.call('GET /analytics/daily', { as: 'operator', query: { from: tuesday, to: tuesday } })
    expect(body).toMatchObject({ timeZone: 'Asia/Tokyo', items: [{ day: tuesday, placed: 1 }] })
  })

  it('has the last seven days by default, in more than one month', async () => {
    const world = analyticsWorld('Europe/London', '2026-12-03T12:00:00Z')
    for (const day of ['2026-11-26', '2026-11-27', '2026-12-03', '2026-12-04'])
      await world.placed(day, at(day, '10:00:00'))
    await world.fold()
    const { body } = await world.call('GET /analytics/daily', { as: 'operator' })
    expect(body.items.map(({ day }: { day: string }) => day)).toEqual(['2026-11-27', '2026-12-03'])
  })

  it.each([
    [{ from: tuesday, to: monday }, 'from'],
    [{ from: '2026-02-30' }, 'from'],
    [{ to: '2026-13-01' }, 'to'],
    [{ from: '2025-11-24', to: wednesday }, 'from'],
  ])('refuses %j', async (query, path) => {
    const { status, body } = await analyticsWorld().call('GET /analytics/daily', { as: 'operator', query })
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'validation_failed', path])
  })

  it('takes 366 days', async () => {
    const query = { from: '2025-11-25', to: wednesday }
    expect((await analyticsWorld().call('GET /analytics/daily', { as: 'operator', query })).status).toBe(200)
  })
})

describe('the fold', () => {
  it('counts each record once, whatever part of a batch comes again', async () => {
    const world = analyticsWorld()
    for (const id of ['ord_a', 'ord_b', 'ord_c']) for (const event of sold(world, id)) await event()
    for (const [from, to] of [
      [0, 7],
      [0, 7],
      [3, 5],
      [5, 12],
      [0, 18],
      [17, 18],
    ] as const)
      await world.fold(from, to)
    const { totals } = await world.report(monday, wednesday)
    expect(totals).toMatchObject([{ placed: 3, confirmed: 3, completed: 3, gross: 3_000, refunded: 1_500 }])
  })

  it('adds up what came through several shards', async () => {
    const world = analyticsWorld()
    for (const id of ['ord_a', 'ord_b', 'ord_c']) for (const event of sold(world, id)) await event()
    await world.fold(6, 18, 'shard-2')
    await world.fold(0, 6, 'shard-1')
    const { totals } = await world.report(monday, wednesday)
    expect(totals).toMatchObject([{ placed: 3, gross: 3_000, refunded: 1_500 }])
  })

  it('orders sequence numbers as numbers', async () => {
    const world = analyticsWorld()
    for (let count = 1; count <= 11; count += 1) await world.placed(`ord_${count}`, at(monday, '10:00:00'))
    await world.fold(0, 9)
    await world.fold(9, 11)
    expect((await world.report(monday, monday)).totals).toMatchObject([{ placed: 11 }])
  })

  it('refuses a batch that names no shard', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'))
    await expect(world.fold(0, 1, null)).rejects.toThrow('no shard')
  })
})

describe('what sells', () => {
  const asked = async (world: ReturnType<typeof analyticsWorld>, query: Record<string, string> = {}) =>
    (
      await world.call('GET /analytics/top-products', {
        as: 'operator',
        query: { from: monday, to: wednesday, ...query },
      })
    ).body.items

  it('is what was confirmed, by units or by money', async () => {
    const world = analyticsWorld()
    await world.placed('ord_a', at(monday, '10:00:00'), [
      ['A', 2, 500],
      ['B', 9, 10],
    ])
    await world.placed('ord_b', at(monday, '10:00:00'), [['A', 1, 700]])
    await world.placed('ord_c', at(monday, '10:00:00'), [['C', 99, 700]])
    await world.became('ord_a', 'Confirmed', at(monday, '12:00:00'), 1_090)
    await world.became('ord_b', 'Confirmed', at(tuesday, '12:00:00'), 700)
    await world.fold()
    const [a, b] = [
      { sku: 'A', name: 'A', units: 3, revenue: gbp(1_700) },
      { sku: 'B', name: 'B', units: 9, revenue: gbp(90) },
    ]
    expect(await asked(world)).toEqual([b, a])
    expect(await asked(world, { by: 'money' })).toEqual([a, b])
    expect(await asked(world, { limit: '1' })).toEqual([b])
    expect(await asked(world, { currency: 'EUR' })).toEqual([])
    expect(await asked(world, { from: tuesday })).toMatchObject([{ sku: 'A', units: 1 }])
  })

  it('is counted of an order with many lines, whose changes stay small', async () => {
    const world = analyticsWorld()
    const lines = Array.from({ length: 1_000 }, (_, index) => [`sku-${index}`, 1, 10] as const)
    await world.placed('ord_a', at(monday, '10:00:00'), lines)
    await world.became('ord_a', 'Confirmed', at(monday, '12:00:00'), 10_000)
    await world.fold()
    expect(await asked(world, { limit: '100' })).toHaveLength(100)
    const order = await world.store.get({ pk: 'ord_a', sk: 'order' })
    expect(JSON.stringify(order).length).toBeLessThan(1_000)
  })
})
