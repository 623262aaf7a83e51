import { describe, expect, it } from 'vitest'
import { itemSize, maxItemBytes } from '../../functions/runtime/item-size.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'

describe('the size of an item', () => {
  it.each([
    ['names and text in UTF-8', { pk: 'ab', sk: 'é' }, 2 + 2 + 2 + 2],
    ['two digits of a number in a byte, and one more', { n: 12_345 }, 1 + 3 + 1],
    ['the sign of a number', { n: -12 }, 1 + 1 + 1 + 1],
    ['a boolean and null as a byte', { yes: true, no: null }, 3 + 1 + 2 + 1],
    ['three bytes of a list, and one of each element', { l: ['a', 1] }, 1 + 3 + (1 + 1) + (1 + 2)],
    ['three bytes of a map, and one of each element', { m: { a: true } }, 1 + 3 + 1 + (1 + 1)],
    ['an empty list and an empty map', { l: [], m: {} }, 1 + 3 + 1 + 3],
  ])('counts %s', (_, item, bytes) => {
    expect(itemSize(item)).toBe(bytes)
  })
  it('is what the table in memory refuses by', async () => {
    const item = { pk: 'a', sk: 'b', version: 1, text: '' }
    const text = 'x'.repeat(maxItemBytes - itemSize(item))
    const table = memoryStore()
    await expect(table.write({ put: { ...item, text }, if: 'any' })).resolves.toEqual({ ok: true })
    await expect(table.write({ put: { ...item, text: `${text}x` }, if: 'any' })).rejects.toThrow('409601 bytes')
  })
})
