import { describe, expect, it } from 'vitest'
import { itemSize } from '../../functions/runtime/item-size.ts'
import { analyticsWorld } from './analytics-world.ts'

/** Write units of all that was written: one for each kilobyte of an item that is begun. */
function metered() {
  const world = analyticsWorld()
  let units = 0
  const plain = { ...world.store }
  world.store.write = async (...writes) => {
    for (const each of writes) if ('put' in each) units += Math.ceil(itemSize(each.put) / 1_024)
    return plain.write(...writes)
  }
  let folded = 0
  return {
    world,
    units: () => units,
    foldNews: async () => {
      await world.fold(folded)
      folded = world.records.length
    },
  }
}

const day = '2026-11-23'
const id = (number: number): string => `ord_4R1ZB8MNHV27QK5XTD0W6SGJ${String(number).padStart(2, '0')}`

/** The events of an order of one line, from a wallet: those of one step are seconds apart, those of two steps hours. */
const steps = [
  (world: ReturnType<typeof analyticsWorld>, order: string) => world.placed(order, `${day}T10:00:00.123Z`),
  (world: ReturnType<typeof analyticsWorld>, order: string) => world.became(order, 'Confirmed', `${day}T10:00:01.234Z`),
  (world: ReturnType<typeof analyticsWorld>, order: string) => world.became(order, 'Shipped', `${day}T15:00:00.345Z`),
  (world: ReturnType<typeof analyticsWorld>, order: string) => world.became(order, 'Completed', `${day}T21:00:00.456Z`),
]

describe('what the reports cost in write units', () => {
  it('is 8 for an order alone, whose placing and confirmation are gathered', async () => {
    const { world, units, foldNews } = metered()
    for (const [index, step] of steps.entries()) {
      await step(world, id(1))
      if (index > 0) await foldNews()
    }
    expect(units()).toBe(8)
  })

  it.each([
    [10, 4.5],
    [250, 4.02],
  ])('is for each of %i orders whose events come together at most %f', async (count, most) => {
    const { world, units, foldNews } = metered()
    for (const step of steps) {
      for (let number = 0; number < count; number += 1) await step(world, id(number))
      await foldNews()
    }
    expect(units() / count).toBeLessThanOrEqual(most)
    const { totals } = await world.report(day, day)
    expect(totals).toMatchObject([{ placed: count, completed: count, gross: count * 1_000 }])
  })

  it('is nothing for an event without news', async () => {
    const { world, units, foldNews } = metered()
    for (const step of steps) await step(world, id(1))
    await foldNews()
    const before = units()
    for (const step of steps) await step(world, id(1))
    await world.fold()
    expect(units()).toBe(before)
  })
})
