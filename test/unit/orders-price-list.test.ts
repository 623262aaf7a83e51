import { expect, test } from 'vitest'
import { newer } from '../../functions/orders/core/price-list.ts'

const price = (productVersion: number) => ({ sku: 'A', productVersion })

test.each([
  [undefined, 1, true],
  [1, 2, true],
  [2, 2, false],
  [3, 2, false],
])('when version %s of a price is known, version %s is new: %s', (known, version, isNew) => {
  const next = price(version)
  expect(newer(known === undefined ? undefined : price(known), next)).toBe(isNew ? next : undefined)
})
