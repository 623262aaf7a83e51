import { describe, expect, test } from 'vitest'
import { checkKey, compareBytes } from '../../functions/runtime/store.rules.ts'

describe('a key', () => {
  test.each([
    ['1 byte', 'a', 'b'],
    ['the most bytes', 'a'.repeat(2_048), 'b'.repeat(1_024)],
    ['the most bytes in characters of two', 'é'.repeat(1_024), 'é'.repeat(512)],
  ])('of %s is that of an item', (_, pk, sk) => {
    expect(() => checkKey({ pk, sk })).not.toThrow()
  })
  test.each([
    ['without a partition', '', 'b'],
    ['without a sort key', 'a', ''],
    ['of a byte too many in its partition', 'a'.repeat(2_049), 'b'],
    ['of a byte too many in its sort key', 'a', 'b'.repeat(1_025)],
    ['of few characters that are too many bytes', 'é'.repeat(1_025), 'b'],
    ['of half a character', '\u{d800}', 'b'],
  ])('%s is that of no item', (_, pk, sk) => {
    expect(() => checkKey({ pk, sk })).toThrow(RangeError)
  })
})

test('texts are in the order of their bytes in UTF-8, at each end of each range', () => {
  const edges = [
    'a',
    '\u{d7ff}',
    '\u{e000}',
    '\u{ffff}',
    '\u{10000}',
    '\u{103fe}',
    '\u{103ff}',
    '\u{10400}',
    '\u{10fffe}',
    '\u{10ffff}',
  ]
  const texts = [...edges, ...edges.map((edge) => `${edge}a`)]
  for (const a of texts)
    for (const b of texts)
      expect(Math.sign(compareBytes(a, b)), `${a} ${b}`).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
})
