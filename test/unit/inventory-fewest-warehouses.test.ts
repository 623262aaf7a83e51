import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fewest } from '../../functions/inventory/core/fewest-warehouses.ts'

it('what the given places have is counted once', () => {
  expect(fewest([{ quantity: 3, in: [2, 1, 1] }], [0], 5)).toEqual([0, 1])
  expect(fewest([{ quantity: 8, in: [3, 2, 2, 1] }], [0], 5)).toEqual([0, 1, 2, 3])
  expect(fewest([{ quantity: 4, in: [2, 1] }], [0], 5)).toBeUndefined()
})

it('the places that are chosen are different ones, and have everything', () => {
  const spread = fc.record({
    quantity: fc.integer({ min: 1, max: 20 }),
    in: fc.array(fc.nat(4), { minLength: 12, maxLength: 12 }),
  })
  const given = fc.uniqueArray(fc.nat(11), { maxLength: 5 })
  fc.assert(
    fc.property(fc.array(spread, { minLength: 1, maxLength: 4 }), given, (spreads, places) => {
      const chosen = fewest(spreads, places, 10 - places.length)
      if (chosen === undefined) return
      expect(new Set(chosen).size).toBe(chosen.length)
      for (const each of spreads)
        expect(chosen.reduce((sum, place) => sum + each.in[place]!, 0)).toBeGreaterThanOrEqual(each.quantity)
    }),
  )
})
