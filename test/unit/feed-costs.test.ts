import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chanceOf } from '../../bin/fuzz/chance.ts'
import type { Received } from '../../functions/runtime/events.ts'
import type { FeedEvent } from '../../schemas/feed.ts'
import { publicEvents } from '../../schemas/topology.ts'
import { feedWorld } from './feed-world.ts'

/** The public events of an order of one line, paid from a wallet, shipped and delivered, as the local stack has published them. */
const story = JSON.parse(
  readFileSync(new URL('../data/order-story.json', import.meta.url), 'utf8'),
) as readonly FeedEvent[]

const chance = chanceOf(7)
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const named = (length: number): string =>
  Array.from({ length }, () => letters.charAt(chance.below(letters.length))).join('')

/** The same events of another order of another customer, and that of the wallet. */
function storyOf(now: number): readonly Received[] {
  const [order, customer] = [named(26), `${named(8).toLowerCase()}-67e9-4065-a96f-${named(12).toLowerCase()}`]
  const [first] = story
  const { data } = first!
  const text = JSON.stringify(story)
    .replaceAll(first!.orderId!.slice(4), order)
    .replaceAll(String(data['customerId']), customer)
    .replaceAll(/sku-\w+/g, `8${chance.between(1_000, 9_999)}A`)
  const events = JSON.parse(text) as readonly FeedEvent[]
  const wallet: FeedEvent = {
    ...events[3]!,
    id: `wallet_${customer}/wallet@${chance.between(2, 99)}/wallet.changed`,
    type: 'wallet.changed',
    data: { userId: customer, version: 7, balance: { amount: chance.below(90_000), currency: 'GBP' } },
  }
  return [...events.slice(0, 4), wallet, ...events.slice(4)].map((event, index) => ({
    ...event,
    time: new Date(now).toISOString(),
    contract: publicEvents.find(({ name }) => name === event.type)!,
    messageId: `${order} ${index}`,
  }))
}

/** Seconds after its placing at which each event of an order comes, where steps of an order are moments apart, and parcels leave later. */
const comesAt = [0, 0.2, 0.4, 0.6, 0.65, 0.9, 0.9, 1.2, 2, 2.1, 3, 3.1, 3.1]

/** Write units of all events, as two functions take them that gather for so many seconds, up to 1,000 events. */
async function unitsOf(arrivals: readonly (readonly [at: number, event: Received])[], gather: number) {
  const world = feedWorld()
  const writers = [world.writer(), world.writer()]
  const gathering = new Map<number, { readonly until: number; readonly events: Received[] }>()
  const release = async (writer: number): Promise<void> => {
    await writers[writer]?.(gathering.get(writer)?.events ?? [])
    gathering.delete(writer)
  }
  for (const [at, event] of arrivals) {
    const writer = chance.below(2)
    const open = gathering.get(writer)
    if (open && (at > open.until || open.events.length === 1_000)) await release(writer)
    const { until, events } = gathering.get(writer) ?? { until: at + gather, events: [] }
    gathering.set(writer, { until, events: [...events, event] })
  }
  await release(0)
  await release(1)
  return { units: world.way.units, pages: world.pages() }
}

describe('what the feed costs in write units', () => {
  it('is two for each event that comes alone', async () => {
    const world = feedWorld()
    const write = world.writer()
    const events = storyOf(world.deps.clock.now())
    await write([world.event('first', { name: 'stock.low' })])
    world.way.units = 0
    for (const event of events) {
      await write([event])
      world.pass(60_000)
    }
    expect(events).toHaveLength(13)
    expect(world.way.units).toBe(26)
  })

  it('is at most 9 for each order at 200 orders a second', { timeout: 60_000 }, async () => {
    const orders = 1_200
    const now = Date.parse('2026-11-28T12:00:00Z')
    const arrivals = Array.from({ length: orders }, (_, order) =>
      storyOf(now).map((event, index) => [order / 200 + (comesAt[index] ?? 0), event] as const),
    ).flat()
    const { units, pages } = await unitsOf(
      arrivals.toSorted(([a], [b]) => a - b),
      2,
    )
    expect(pages.reduce((sum, { events }) => sum + events.length, 0)).toBe(orders * 13)
    expect(units / orders).toBeLessThanOrEqual(9)
  })

  it.each([
    [10, 4.8],
    [1, 8],
  ])('is for each of %i orders whose steps come together at most %f', async (orders, most) => {
    const world = feedWorld()
    const write = world.writer()
    await write([world.event('first', { name: 'stock.low' })])
    const stories = Array.from({ length: orders }, () => storyOf(world.deps.clock.now()))
    world.way.units = 0
    for (const [from, to] of [
      [0, 8],
      [8, 10],
      [10, 13],
    ])
      await write(stories.flatMap((events) => events.slice(from, to)))
    expect(world.way.units / orders).toBeLessThanOrEqual(most)
  })
})
