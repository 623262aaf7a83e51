import { expect, test } from 'vitest'
import { wholeNumber } from '../../functions/runtime/whole-number.ts'

test.each([
  ['0', 0],
  ['007', 7],
  ['999999999999999', 999_999_999_999_999],
])('%j is a whole number', (text, number) => {
  expect(wholeNumber(text)).toBe(number)
})

test.each(['', ' ', 'NaN', 'Infinity', '-1', '+1', '1.0', '1e3', '0x1f', '1_000', ' 1', '1 ', '١', '1'.repeat(16)])(
  '%j is none',
  (text) => {
    expect(wholeNumber(text)).toBeUndefined()
  },
)

test('what is missing is none', () => {
  expect(wholeNumber(undefined)).toBeUndefined()
})
