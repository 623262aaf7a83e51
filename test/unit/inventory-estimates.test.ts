import { describe, expect, it } from 'vitest'
import { nextEstimate } from '../../functions/inventory/core/estimate.ts'
import { estimateQueue } from '../../functions/inventory/on/expected.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { shop } from './supply-shop.ts'

const [third, fifth, seventh] = ['2026-01-03', '2026-01-05', '2026-01-07'].map((day) => `${day}T00:00:00.000Z`) as [
  string,
  string,
  string,
]

/** A shop in which orders wait for units of A: the first one for two, the second one for three. */
async function waiting(shipBy?: string) {
  const world = await shop(0, { backorder: { ...(shipBy !== undefined && { shipBy }) } })
  const join = (id: string, placedAt: string, units: number) => {
    const hold = { move: 'hold' as const, id, orderId: id, lines: [['A', units]] as const, holdSeconds: 60, cause: id }
    return reserveBatch(world.deps, [{ ...hold, backorder: { placedAt } }])
  }
  await join('first', '2026-01-01T00:00:00.000Z', 2)
  await join('second', '2026-01-01T00:00:01.000Z', 3)
  /** The answers since the last time, once the event of the change was handled. */
  let known = world.published.length
  const answers = async () => {
    const events = world.published.slice(known).filter(({ name }) => name === 'stock.expected')
    for (const { data } of events)
      await estimateQueue(world.deps)({ id: 'event', data: data as { sku: string } } as never)
    const answered = world.published.slice(known).filter(({ name }) => name === 'stock.backordered')
    known = world.published.length
    return answered.map(({ data }) => {
      const { orderId, estimatedAt, estimate } = data as Record<string, unknown>
      return [orderId, estimatedAt, estimate]
    })
  }
  return { ...world, answers }
}

describe('the estimate of an order that waits', () => {
  it('comes with a supply, moves with its date and its units, and goes with it', async () => {
    const { expects, amends, cancels, answers } = await waiting()
    const { id } = (await expects(5, third)).body
    expect(await answers()).toEqual([
      ['first', third, 1],
      ['second', third, 1],
    ])
    await amends(id, { expectedAt: fifth })
    expect(await answers()).toEqual([
      ['first', fifth, 2],
      ['second', fifth, 2],
    ])
    await amends(id, { quantity: 4 })
    expect(await answers()).toEqual([['second', undefined, 3]])
    await expects(1, seventh)
    expect(await answers()).toEqual([['second', seventh, 4]])
    await amends(id, { reference: 'PO-8' })
    expect(await answers()).toEqual([])
    await cancels(id)
    expect(await answers()).toEqual([
      ['first', undefined, 3],
      ['second', undefined, 5],
    ])
  })

  it('is the promise of the product where too few are expected', async () => {
    const { expects, answers } = await waiting(seventh)
    await expects(2, third)
    expect(await answers()).toEqual([['first', third, 1]])
  })

  it('is left as it is where all of it is there, which is held next', async () => {
    const { expects, receives, answers } = await waiting()
    const { id } = (await expects(5, third)).body
    await answers()
    expect((await receives(id, { quantity: 3, final: true, reason: 'sold out' })).status).toBe(201)
    expect(await answers()).toEqual([['second', undefined, 2]])
  })

  it('is the time of the last of its skus, and not known while one of them is not', () => {
    const of = (sku: string, time: string | undefined) =>
      ({ move: 'estimate', id: 'o', cause: 'e', sku, time }) as const
    const awaited = [
      ['A', fifth],
      ['B', ''],
    ] as const
    const known = nextEstimate({ awaited }, of('B', third))!
    expect(known).toMatchObject({ estimatedAt: fifth, estimate: 1 })
    const sooner = nextEstimate(known, of('A', undefined))!
    expect(sooner).toEqual({ estimatedAt: third, estimate: 2, awaited: [['B', third]] })
    expect(nextEstimate(known, of('B', fifth))).toMatchObject({ estimatedAt: fifth, estimate: 1 })
    expect(nextEstimate(sooner, of('A', undefined))).toBeUndefined()
    expect(nextEstimate(sooner, of('B', undefined))).toBeUndefined()
  })
})
