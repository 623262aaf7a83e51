import { describe, expect, it } from 'vitest'
import { matches } from '../../functions/notifications/core/feed-event.ts'
import { cursorOf } from '../../functions/runtime/cursor.ts'
import { dayMs, feedWorld } from './feed-world.ts'

const idsOf = (body: { readonly items: readonly { readonly id: string }[] }) => body.items.map(({ id }) => id)

/** A feed with some orders, one event after the other. */
async function filled(count: number, perPage = 1) {
  const world = feedWorld()
  const write = world.writer()
  for (let at = 0; at < count; at += perPage)
    await write(
      Array.from({ length: Math.min(perPage, count - at) }, (_, index) =>
        world.event(`e${at + index}`, { orderId: `o${(at + index) % 3}` }),
      ),
    )
  return world
}

describe('a reader of the feed', () => {
  it('gets every event once and in its order, whatever the length of the pages', async () => {
    for (const perPage of [1, 4, 50]) {
      const world = await filled(50, perPage)
      const all = Array.from({ length: 50 }, (_, index) => `e${index}`)
      for (const limit of ['1', '7', '100']) expect((await world.follow({ limit })).ids).toEqual(all)
    }
  })

  it('gets what an event is about, its sequence and its cause', async () => {
    const world = feedWorld()
    await world.writer()([
      world.event('o1/header@3/order.confirmed', { name: 'order.confirmed', orderId: 'o1', data: { number: '7' } }),
    ])
    expect((await world.get()).body.items).toEqual([
      {
        id: 'o1/header@3/order.confirmed',
        type: 'order.confirmed',
        time: '2026-11-28T12:00:00.000Z',
        orderId: 'o1',
        sequence: 3,
        correlationId: 'o1',
        causationId: 'request-1',
        data: { orderId: 'o1', number: '7' },
      },
    ])
  })

  it('stays where it is at the end, and goes on from there', async () => {
    const world = await filled(3)
    const { body } = await world.get()
    expect((await world.get({ cursor: body.cursor })).body).toEqual({ items: [], cursor: body.cursor })
    await world.writer()([world.event('late')])
    expect(idsOf((await world.get({ cursor: body.cursor })).body)).toEqual(['late'])
  })

  it('of a feed without any event has a cursor too, from which it goes on', async () => {
    const world = feedWorld()
    const { body } = await world.get()
    expect(body.items).toEqual([])
    await world.writer()([world.event('a')])
    expect(idsOf((await world.get({ cursor: body.cursor })).body)).toEqual(['a'])
  })

  it('waits at the end for the next event, where it asks for that', async () => {
    const world = await filled(3)
    const { body } = await world.get()
    const { sleep } = world.deps.clock
    const began = world.deps.clock.now()
    world.deps.clock.sleep = async (milliseconds) => {
      await sleep(milliseconds)
      if (world.deps.clock.now() - began >= 2_000 && world.pages().length < 4)
        await world.writer()([world.event('new')])
    }
    const answer = await world.get({ cursor: body.cursor }, { prefer: 'wait=5' })
    expect(idsOf(answer.body)).toEqual(['new'])
    expect(world.deps.clock.now() - began).toBeLessThan(3_000)
    const end = await world.get({ cursor: answer.body.cursor }, { prefer: 'wait=5' })
    expect(end.body).toEqual({ items: [], cursor: answer.body.cursor })
    expect(world.deps.clock.now() - began).toBeGreaterThanOrEqual(7_000)
  })

  it('gets an empty page whose cursor has moved where much is left out, and comes to its end', async () => {
    const world = await filled(300)
    await world.writer()([world.event('p', { name: 'product.created' })])
    const first = await world.get({ types: 'product.*' })
    expect(first.body.items).toEqual([])
    const second = await world.get({ types: 'product.*', cursor: first.body.cursor })
    expect(second.body.cursor).not.toBe(first.body.cursor)
    expect((await world.follow({ types: 'product.*,stock.low' })).ids).toEqual(['p'])
  })

  it('reads no event behind a page that is not there yet', async () => {
    const world = await filled(3)
    const [, second] = world.plain.items().filter(({ pk }) => pk.startsWith('feed#'))
    await world.plain.write({ delete: { pk: second!.pk, sk: second!.sk }, if: 'any' })
    expect(idsOf((await world.get({ cursor: cursorOf('feed:1.0') })).body)).toEqual(['e0'])
  })

  it('begins at the oldest event kept, with a day more for who is on the way, and is refused with 410 after that', async () => {
    const world = feedWorld({ feedDays: 7 })
    for (let day = 0; day < 20; day += 1) {
      await world.writer()([world.event(`day${day}`)])
      await world.keepHead()
      world.pass(dayMs)
    }
    const { body } = await world.get({ limit: '1' })
    expect(idsOf(body)).toEqual(['day13'])
    world.pass(dayMs)
    expect(idsOf((await world.get({ limit: '1', cursor: body.cursor })).body)).toEqual(['day14'])
    expect(idsOf((await world.get({ limit: '1' })).body)).toEqual(['day14'])
    world.pass(2 * dayMs)
    expect((await world.get({ cursor: body.cursor })).body).toMatchObject({ status: 410, code: 'cursor_expired' })
    expect((await world.get({ cursor: body.cursor, orderId: 'o1' })).body).toMatchObject({ status: 410 })
    world.pass(40 * dayMs)
    await world.expire()
    expect((await world.get({ cursor: body.cursor })).body).toMatchObject({ status: 410, code: 'cursor_expired' })
  })

  it('finds the oldest event where some pages are gone and others are late to go', async () => {
    const world = feedWorld({ feedDays: 1 })
    for (let day = 0; day < 60; day += 1) {
      await world.writer()([world.event(`day${day}`)])
      world.pass(dayMs / 2)
    }
    for (const { pk, sk } of world.plain.items().filter(({ pk }) => pk.startsWith('feed#')))
      if (Number(sk) < 50 && Number(sk) % 3 > 0) await world.plain.write({ delete: { pk, sk }, if: 'any' })
    expect(idsOf((await world.get()).body)).toEqual(['day58', 'day59'])
  })

  it.each([
    ['of another list', cursorOf('1700000000000#abc')],
    ['of another query', cursorOf(JSON.stringify({ pk: 'a', sk: 'b' }))],
    ['that is no text of a place', 'nonsense'],
    ['before the first page', cursorOf('feed:0.0')],
    ['with a sign', cursorOf('feed:-1.0')],
    ['of the future', cursorOf('feed:999.0')],
    ['within a page that is not there yet', cursorOf('feed:4.1')],
    ['behind the last event of a page', cursorOf('feed:2.9')],
    ['that is a number beyond all', cursorOf('feed:99999999999999999999.0')],
  ])('is refused with 400 with a cursor %s', async (_, cursor) => {
    const world = await filled(3)
    expect((await world.get({ cursor })).body).toMatchObject({ status: 400, code: 'invalid_cursor' })
    if (!cursor.includes(cursorOf('feed:2.9')))
      expect((await world.get({ cursor, orderId: 'o1' })).body).toMatchObject({ status: 400, code: 'invalid_cursor' })
  })

  it.each([
    ['order.gone', 'types'],
    ['user.*', 'types'],
    ['order', 'types'],
    ['*', 'types'],
    ['', 'types'],
    ['order.placed,', 'types'],
    ['action.orders_recorded', 'types'],
  ])('is refused with 400 with the types %j', async (types, path) => {
    const { body } = await feedWorld().get({ types })
    expect(body).toMatchObject({ status: 400, code: 'validation_failed' })
    expect(body.errors[0].path).toContain(path)
  })

  it('gets nothing at all of a stage without a feed', async () => {
    expect((await feedWorld({ feedDays: 0 }).get()).body).toMatchObject({ status: 404, code: 'feed_off' })
  })
})

describe('the story of an order', () => {
  it('is what the feed has of it, in its order, page by page', async () => {
    const world = await filled(40, 3)
    const whole = (await world.follow()).items.filter(({ orderId }) => orderId === 'o1').map(({ id }) => id)
    for (const limit of ['1', '5', '100']) expect((await world.follow({ orderId: 'o1', limit })).ids).toEqual(whole)
    const [, second] = whole
    expect((await world.follow({ orderId: 'o1', limit: '1', types: 'order.placed' })).ids[1]).toBe(second)
    expect((await world.follow({ orderId: 'o1', types: 'order.shipped' })).ids).toEqual([])
    expect((await world.follow({ orderId: 'nobody' })).ids).toEqual([])
  })

  it('has events that came together in one delivery, and those of several', async () => {
    const world = feedWorld()
    await world.writer()([
      world.event('a', { orderId: 'o1' }),
      world.event('b', { orderId: 'o2' }),
      world.event('c', { orderId: 'o1' }),
    ])
    await world.writer()([world.event('d', { orderId: 'o1' })])
    expect((await world.follow({ orderId: 'o1' })).ids).toEqual(['a', 'c', 'd'])
  })

  it('goes on past an event that was marked and never came, and finds it when it comes', async () => {
    const world = feedWorld()
    const late = world.event('late', { orderId: 'o1' })
    await world.markAlone(late)
    const write = world.writer()
    for (let count = 0; count < 400; count += 1) await write([world.event(`s${count}`, { name: 'stock.low' })])
    await write([world.event('second', { orderId: 'o1' })])
    const story = await world.follow({ orderId: 'o1' })
    expect(story.ids).toEqual(['second'])
    const answer = world.get({ orderId: 'o1', cursor: story.cursor })
    expect((await answer).body).toEqual({ items: [], cursor: story.cursor })
    while ((await write([late])).length > 0) world.pass(1_000)
    expect((await world.follow({ orderId: 'o1', cursor: story.cursor })).ids).toEqual(['late'])
    expect((await world.follow({ orderId: 'o1' })).ids).toEqual(['second', 'late'])
  })

  it('goes on past such an event also where the order has more events than pages that are looked through', async () => {
    const world = feedWorld()
    const write = world.writer()
    const before = Array.from({ length: 200 }, (_, index) => `before${index}`)
    for (const id of before) await write([world.event(id, { orderId: 'o1' })])
    const late = world.event('late', { orderId: 'o1' })
    await world.markAlone(late, write)
    for (let count = 0; count < 400; count += 1) await write([world.event(`s${count}`, { name: 'stock.low' })])
    await write([world.event('second', { orderId: 'o1' })])
    const story = await world.follow({ orderId: 'o1' })
    expect(story.ids).toEqual([...before, 'second'])
    while ((await write([late])).length > 0) world.pass(1_000)
    expect((await world.follow({ orderId: 'o1', cursor: story.cursor })).ids).toEqual(['late'])
    expect((await world.follow({ orderId: 'o1' })).ids).toEqual([...before, 'second', 'late'])
  })

  it('goes on past any number of events that never came, some pages further with each request', async () => {
    const world = feedWorld()
    const write = world.writer()
    for (let count = 0; count < 80; count += 1) {
      await world.markAlone(world.event(`gone${count}`, { orderId: 'o1' }), write)
      for (let page = 0; page < 12; page += 1) await write([world.event(`s${count}-${page}`, { name: 'stock.low' })])
    }
    await write([world.event('second', { orderId: 'o1' })])
    let requests = 0
    let cursor: string | undefined
    const ids: string[] = []
    for (; ids.length === 0 && requests < 20; requests += 1) {
      const { body } = await world.get({ orderId: 'o1', ...(cursor !== undefined && { cursor }) })
      expect(body.cursor).not.toBe(cursor)
      ids.push(...idsOf(body))
      cursor = body.cursor
    }
    expect(ids).toEqual(['second'])
    expect(requests).toBeLessThan(10)
  })

  it('waits for the next event of the order', async () => {
    const world = await filled(3)
    const { cursor } = await world.follow({ orderId: 'o1' })
    const { sleep } = world.deps.clock
    world.deps.clock.sleep = async (milliseconds) => {
      await sleep(milliseconds)
      if (world.pages().length < 5)
        await world.writer()([
          world.event(`n${world.pages().length}`, { orderId: world.pages().length < 4 ? 'o2' : 'o1' }),
        ])
    }
    const { body } = await world.get({ orderId: 'o1', cursor }, { prefer: 'wait=5' })
    expect(idsOf(body)).toEqual(['n4'])
  })
})

it('knows types by name and by kind', () => {
  expect(matches(['order.placed'], 'order.placed')).toBe(true)
  expect(matches(['order.*'], 'order.placed')).toBe(true)
  expect(matches(['order.*'], 'orders.placed')).toBe(false)
  expect(matches(['stock.low', 'order.*'], 'stock.lower')).toBe(false)
  expect(matches(undefined, 'anything')).toBe(true)
})
