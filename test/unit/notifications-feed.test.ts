import { describe, expect, it } from 'vitest'
import { pagesPerPartition } from '../../functions/notifications/core/feed-place.ts'
import { FeedMemory } from '../../functions/notifications/store/feed-memory.ts'
import { StoreUnavailable } from '../../functions/runtime/store.ts'
import { dayMs, feedWorld, putsPage } from './feed-world.ts'

describe('the feed takes', () => {
  it('each event once: within a delivery, in the next one, and by another function', async () => {
    const world = feedWorld()
    const [first, second] = [world.writer(), world.writer()]
    await first([
      world.event('a', { orderId: 'o1' }),
      world.event('b', { orderId: 'o1' }),
      world.event('a', { orderId: 'o1' }),
    ])
    await first([world.event('b', { orderId: 'o1' }), world.event('p', { name: 'product.created' })])
    await second([
      world.event('p', { name: 'product.created' }),
      world.event('c', { orderId: 'o1' }),
      world.event('a', { orderId: 'o1' }),
    ])
    expect((await world.follow()).ids).toEqual(['a', 'b', 'p', 'c'])
    expect(world.pages().map(({ number }) => number)).toEqual([1, 2, 3])
  })

  it('events into one page each delivery, for two write units where one comes alone', async () => {
    const world = feedWorld()
    const write = world.writer()
    await write([world.event('a', { orderId: 'o1' })])
    // The first page of all has a hint of its own.
    world.way.units = 0
    await write([world.event('b', { orderId: 'o1' })])
    expect(world.way.units).toBe(2)
  })

  it('both events of two functions that put the same page at once', async () => {
    const world = feedWorld()
    const arrived: (() => void)[] = []
    world.way.before = (write) =>
      putsPage(write) && arrived.length < 2
        ? new Promise((resolve) => {
            arrived.push(resolve)
            if (arrived.length === 2) for (const each of arrived) each()
          })
        : Promise.resolve()
    await Promise.all([
      world.writer()([world.event('a', { orderId: 'o1' }), world.event('x', { orderId: 'o3' })]),
      world.writer()([world.event('b', { orderId: 'o2' }), world.event('x', { orderId: 'o3' })]),
    ])
    const { ids } = await world.follow()
    expect(ids.toSorted()).toEqual(['a', 'b', 'x'])
    expect(world.pages().map(({ number }) => number)).toEqual([1, 2])
  })

  it('the event of a slow function after those of faster ones, also where their clocks are ahead', async () => {
    const world = feedWorld()
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => (goOn = resolve))
    const slow = world.writer()
    world.way.before = async (write) => {
      if (putsPage(write)) await held
    }
    const slowly = slow([world.event('slow', { orderId: 'o1' })])
    await new Promise((resolve) => setImmediate(resolve))
    world.way.before = async () => {}
    world.pass(600_000)
    await world.writer()([world.event('fast', { orderId: 'o2' })])
    const before = await world.follow()
    world.pass(-600_000)
    goOn()
    await slowly
    const after = await world.follow({ cursor: before.cursor ?? '' })
    expect([before.ids, after.ids]).toEqual([['fast'], ['slow']])
    // The time of a page never goes back.
    expect(world.pages()[1]?.at).toBe(world.pages()[0]?.at)
  })

  it('an event once whose function died between its mark and its page, and once whose answer was lost', async () => {
    const world = feedWorld()
    let lost: 'before' | 'after' | undefined = 'before'
    const write = world.deps.store.write.bind(world.deps.store)
    world.deps.store.write = async (...writes) => {
      const isPage = writes.some(putsPage)
      if (isPage && lost === 'before') throw new StoreUnavailable('died')
      const outcome = await write(...writes)
      if (isPage && lost === 'after') throw new StoreUnavailable('lost')
      return outcome
    }
    const event = world.event('a', { orderId: 'o1' })
    expect(await world.writer()([event])).toMatchObject([{ messageId: event.messageId }])
    lost = undefined
    await world.writer()([world.event('b', { orderId: 'o2' })])
    lost = 'after'
    expect(await world.writer()([event])).toHaveLength(1)
    lost = undefined
    expect(await world.writer()([event])).toEqual([])
    expect((await world.follow()).ids).toEqual(['b', 'a'])
  })

  it('nothing again when an archive is replayed, and reads few pages for it', async () => {
    const world = feedWorld()
    const write = world.writer()
    const ids = Array.from({ length: 60 }, (_, index) => `e${index}`)
    for (const id of ids) await write([world.event(id, { orderId: `o${id}` })])
    world.way.units = 0
    world.way.reads = 0
    const again = world.writer()
    for (const id of ids) await again([world.event(id, { orderId: `o${id}` })])
    expect((await world.follow()).ids).toEqual(ids)
    expect(world.way.units).toBe(0)
    expect(world.pages()).toHaveLength(60)
  })

  it('no event that is older than its marks are kept, so that a replay of months adds nothing', async () => {
    const world = feedWorld()
    await world.writer()([world.event('a', { orderId: 'o1' })])
    const long = world.event('a', { orderId: 'o1' })
    world.pass(40 * dayMs)
    await world.expire()
    expect(await world.writer()([long])).toEqual([])
    expect(world.pages()).toEqual([])
  })

  it('an event that comes weeks late, though the feed shows less than that', async () => {
    const world = feedWorld({ feedDays: 2 })
    const late = world.event('late', { orderId: 'o1' })
    world.pass(29 * dayMs)
    await world.writer()([late])
    await world.writer()([late])
    expect((await world.follow()).ids).toEqual(['late'])
  })

  it('an event that was marked long ago, and raises its mark, so that nobody looks through these pages again', async () => {
    const world = feedWorld()
    const write = world.writer()
    const late = world.event('late', { orderId: 'o1' })
    await world.markAlone(late, write)
    for (let count = 0; count < 450; count += 1) await write([world.event(`e${count}`, { name: 'stock.low' })])
    const other = world.writer()
    // One delivery looks through 400 pages, and leaves the rest to the next one.
    expect(await other([late])).toHaveLength(1)
    expect(await other([late])).toEqual([])
    expect((await world.follow()).ids.filter((id) => id === 'late')).toHaveLength(1)
    world.way.reads = 0
    const { body } = await world.get({ orderId: 'o1' })
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['late'])
    expect(world.way.reads).toBeLessThan(20)
  })

  it('an event that is far behind, also where no delivery lives to look at more than a few pages', async () => {
    const world = feedWorld()
    const write = world.writer()
    const late = world.event('late', { orderId: 'o1' })
    await world.markAlone(late, write)
    for (let count = 0; count < 100; count += 1) await write([world.event(`e${count}`, { name: 'stock.low' })])
    const read = world.deps.store.getMany.bind(world.deps.store)
    let left = 0
    world.deps.store.getMany = async (keys, options) => {
      if (keys.some(({ pk }) => pk.startsWith('feed#'))) left -= 1
      if (left < 0) throw new StoreUnavailable('slow')
      return read(keys, options)
    }
    let deliveries = 0
    do {
      deliveries += 1
      left = 5
    } while ((await world.writer()([late])).length > 0 && deliveries < 20)
    // The mark keeps 24 of the 40 pages that each has looked at.
    expect(deliveries).toBe(4)
    left = Infinity
    expect((await world.follow()).ids.at(-1)).toBe('late')
  })

  it('what does not fit one page into several, and an event at the bound of the bus', async () => {
    const world = feedWorld()
    const noise = (length: number, seed: number): string => {
      let text = ''
      while (text.length < length) {
        seed = (seed * 48_271) % 2_147_483_647
        text += String.fromCodePoint(33 + (seed % 90))
      }
      return text
    }
    const big = noise(250_000, 7)
    const failures = await world.writer()([
      world.event('a', { orderId: 'o1', data: { big } }),
      world.event('b', { orderId: 'o2', data: { big: noise(250_000, 11) } }),
      world.event('c', { orderId: 'o3' }),
    ])
    expect(failures).toEqual([])
    const { items } = await world.follow()
    expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(items[0]?.data['big']).toBe(big)
    expect(world.pages().length).toBeGreaterThan(1)
  })
})

describe('the log', () => {
  it('goes on from partition to partition, and a new function finds its end', async () => {
    const world = feedWorld()
    const write = world.writer()
    for (let count = 0; count < pagesPerPartition; count += 1)
      await write([world.event(`e${count}`, { name: 'stock.low' })])
    await world.writer()([world.event('next', { orderId: 'o1' })])
    await world.writer()([world.event('last', { orderId: 'o1' })])
    expect(world.pages().at(-1)?.number).toBe(pagesPerPartition + 2)
    expect((await world.follow()).ids).toHaveLength(pagesPerPartition + 2)
    expect((await world.follow({ types: 'order.*' })).ids).toEqual(['next', 'last'])
  })

  it('has its end in the next partition, also where nobody could write down that this has begun', async () => {
    const world = feedWorld()
    const write = world.writer()
    for (let count = 0; count < pagesPerPartition; count += 1)
      await write([world.event(`e${count}`, { name: 'stock.low' })])
    world.way.before = async (each) => {
      if ('put' in each && each.put.sk === 'newest') throw new StoreUnavailable('away')
    }
    await write([world.event('next', { orderId: 'o1' })])
    const { cursor } = await world.follow({ types: 'order.*' })
    expect((await world.get({ cursor })).body).toEqual({ items: [], cursor })
  })

  it('goes on behind its last number when all pages are gone, and who was at its end has missed nothing', async () => {
    const world = feedWorld()
    const memory = new FeedMemory()
    for (const id of ['a', 'b', 'c']) await world.writer(memory)([world.event(id, { orderId: id })])
    const { cursor } = await world.follow()
    world.pass(dayMs)
    await world.keepHead()
    world.pass(60 * dayMs)
    await world.expire()
    expect(world.pages()).toEqual([])
    expect((await world.get({ cursor })).body).toEqual({ items: [], cursor })
    expect((await world.get()).body).toEqual({ items: [], cursor })
    // A function that was warm all along does not go on from what it knew.
    await world.writer(memory)([world.event('d', { orderId: 'd' })])
    expect(world.pages().map(({ number }) => number)).toEqual([4])
    expect((await world.follow({ cursor })).ids).toEqual(['d'])
  })

  it('is looked at once a day for its end', async () => {
    const world = feedWorld()
    await world.writer()([world.event('a', { orderId: 'o1' })])
    await world.keepHead()
    world.way.units = 0
    world.pass(dayMs - 1)
    await world.keepHead()
    expect(world.way.units).toBe(0)
    world.pass(1)
    await world.keepHead()
    expect(world.way.units).toBe(1)
  })
})
