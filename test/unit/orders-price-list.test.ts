import { expect, test } from 'vitest'
import { maxAmount } from '../../schemas/shared.ts'
import { newer, quote } from '../../functions/orders/core/price-list.ts'

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

const offer = (amount: number, more: object = {}) => ({
  name: 'A',
  price: { amount, currency: 'GBP' },
  active: true,
  ...more,
})
const list = new Map([
  ['A', { ...price(1), offer: offer(250) }],
  ['gone', { sku: 'gone', productVersion: 2 }],
  ['idle', { sku: 'idle', productVersion: 1, offer: offer(250, { active: false }) }],
  ['euro', { sku: 'euro', productVersion: 1, offer: offer(1, { price: { amount: 1, currency: 'EUR' } }) }],
  ['dear', { sku: 'dear', productVersion: 1, offer: offer(maxAmount) }],
])
const line = (sku: string, quantity = 1) => ({ sku, quantity })

test('an order has the prices of the list, its lines by sku, and their sum', () => {
  expect(quote([line('A'), line('A', 2)], list, 'manual')).toEqual({
    lines: [{ sku: 'A', name: 'A', quantity: 3, price: 250 }],
    total: { amount: 750, currency: 'GBP' },
  })
})

test.each([
  ['gone', 'unknown_sku', 'there is no product with this sku'],
  ['never', 'unknown_sku', 'there is no product with this sku'],
  ['idle', 'product_inactive', 'this product cannot be ordered now'],
  ['euro', 'currency_mismatch', 'its price is in another currency than the first line'],
])('an order with %s is refused with %s, at its line', (sku, code, message) => {
  expect(quote([line('A'), line(sku)], list, 'manual')).toEqual({ code, errors: [{ path: 'lines[1].sku', message }] })
})

test('an order may cost the largest amount, and no more', () => {
  expect(quote([line('dear')], list, 'manual')).toMatchObject({ total: { amount: maxAmount } })
  expect(quote([line('dear'), line('A')], list, 'manual')).toEqual({
    code: 'total_too_large',
    errors: [{ path: 'lines', message: `the total is over ${maxAmount} minor units` }],
  })
})
