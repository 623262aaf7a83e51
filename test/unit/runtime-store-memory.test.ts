import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { isEmpty, sideOf } from '../../functions/runtime/store.rules.ts'
import { InvalidCursor, type Item, type Write, first, next } from '../../functions/runtime/store.ts'

const one = first({ pk: 'a', sk: 'x', level: { left: 5 } })
const cursorOf = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url')

describe('the store in memory', () => {
  test('is not changed by changing what went in or came out', async () => {
    const store = memoryStore()
    const level = { left: 5 }
    await store.write({ put: { ...one, level }, if: 'absent' })
    level.left = 0
    const out = (await store.get(one)) as Item & { level: { left: number } }
    expect(() => (out.level.left = 0)).toThrow(TypeError)
    expect(await store.get(one)).toEqual(one)
    expect(store.items()).toEqual([one])
  })

  test('shows the stream what was before and what is now, in the order of the writes', async () => {
    const changes: unknown[] = []
    const store = memoryStore({ onChange: (...change) => changes.push(change) })
    const two = next(one, {})
    const other = first({ pk: 'b', sk: 'x' })
    await store.write({ put: one, if: 'absent' })
    await store.write({ put: two, if: { version: 1 } }, { put: other, if: 'absent' })
    await store.write({ delete: other, if: 'any' }, { check: two, if: { version: 2 } })
    expect(changes).toEqual([
      [undefined, one],
      [one, two],
      [undefined, other],
      [other, undefined],
    ])
  })

  test('shows the stream nothing of writes that changed nothing', async () => {
    let changes = 0
    const store = memoryStore({ onChange: () => (changes += 1) })
    await store.write({ put: one, if: 'absent' })
    await store.write({ put: one, if: 'absent' })
    await store.write({ put: one, if: 'any' })
    await store.write({ put: next(one, {}), if: { version: 7 } })
    await store.write({ delete: { pk: 'none', sk: 'x' }, if: 'any' })
    expect(changes).toBe(1)
  })

  test('applies nothing of a transaction of which one condition fails', async () => {
    const store = memoryStore()
    const outcome = await store.write({ put: one, if: 'absent' }, { check: { pk: 'b', sk: 'x' }, if: { version: 1 } })
    expect(outcome).toEqual({ ok: false, failed: [{ write: 1, found: undefined }] })
    expect(store.items()).toEqual([])
  })
})

describe('writes that no table can take', () => {
  const puts = (count: number) =>
    Array.from({ length: count }, (_, index): Write => ({ put: first({ pk: `${index}`, sk: 'x' }), if: 'absent' }))
  const put = (item: object): Write => ({ put: { ...one, ...item }, if: 'any' })

  test.each<[string, readonly Write[]]>([
    ['101 of them', puts(101)],
    ['two of one item', [put({}), { check: one, if: 'absent' }]],
    ['an empty key', [put({ sk: '' })]],
    ['a sort key of more than 1,024 bytes', [put({ sk: 'é'.repeat(513) })]],
    ['an empty index key', [put({ openPk: '' })]],
    ['an index key that is no text', [put({ openSk: 7 })]],
    ['an item over 400 KB', [put({ text: 'x'.repeat(410_000) })]],
    ['not a number', [put({ level: Number.NaN })]],
    ['a date', [put({ at: new Date(0) })]],
  ])('are refused: %s', async (_, writes) => {
    await expect(memoryStore().write(...writes)).rejects.toThrow(/./)
  })

  test('begin beyond 100, and none at all are none', async () => {
    const store = memoryStore()
    expect(await store.write(...puts(100))).toEqual({ ok: true })
    expect(await store.write()).toEqual({ ok: true })
  })
})

describe('a cursor', () => {
  test.each([
    ['of another partition', cursorOf({ pk: 'b', sk: 'x' })],
    ['of an index', cursorOf({ pk: 'a', sk: 'x', openPk: 'a', openSk: 'x' })],
    ['without a sort key', cursorOf({ pk: 'a' })],
    ['with a number in it', cursorOf({ pk: 'a', sk: 1 })],
    ['with an empty sort key', cursorOf({ pk: 'a', sk: '' })],
    ['with a sort key no item can have', cursorOf({ pk: 'a', sk: 'x'.repeat(1_025) })],
    ['that is a list', cursorOf(['a', 'x'])],
    ['that is null', cursorOf(null)],
    ['that is no JSON', 'bm9uc2Vuc2U'],
    ['with something appended', `${cursorOf({ pk: 'a', sk: 'x' })}!`],
  ])('%s is refused', async (_, cursor) => {
    await expect(memoryStore().query({ partition: 'a', limit: 10, cursor })).rejects.toThrow(InvalidCursor)
  })

  test('goes on behind an item that is gone', async () => {
    const store = memoryStore()
    const items = ['1', '2', '3'].map((sk) => first({ pk: 'a', sk }))
    await store.write(...items.map((put): Write => ({ put, if: 'absent' })))
    const { cursor } = await store.query({ partition: 'a', limit: 2 })
    await store.write({ delete: items[1]!, if: 'any' })
    expect(await store.query({ partition: 'a', limit: 2, cursor: cursor! })).toEqual({ items: [items[2]] })
  })
})

test.each([
  { limit: 0 },
  { limit: 10_001 },
  { index: 'open', limit: 101 },
  { limit: 1.5 },
  { index: 'open', consistent: true },
  { partition: '' },
])('a query with %o is refused', async (wrong) => {
  await expect(memoryStore().query({ partition: 'a', limit: 1, ...wrong })).rejects.toThrow(RangeError)
})

describe('the range of a query', () => {
  const range = (from?: string, to?: string, descending = false) => ({
    partition: 'a',
    limit: 10,
    descending,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  })

  test('begins with its first sort key and ends before its last', () => {
    const sides = (query: Parameters<typeof sideOf>[0]) => ['a', 'b', 'c', 'd', 'e'].map((sort) => sideOf(query, sort))
    expect(sides(range('b', 'd'))).toEqual(['before', 'in', 'in', 'behind', 'behind'])
    expect(sides(range('b', 'd', true))).toEqual(['behind', 'in', 'in', 'before', 'before'])
    expect(sides(range())).toEqual(['in', 'in', 'in', 'in', 'in'])
  })

  test('goes by bytes, where a character beyond U+FFFF is behind all others', () => {
    expect(sideOf(range('\u{1F600}'), '\uFFFD')).toBe('before')
    expect(sideOf(range('\uFFFD'), '\u{1F600}')).toBe('in')
    expect(sideOf(range('\uE000'), '\uD7FF')).toBe('before')
  })

  test.each([
    ['b', 'd', false],
    ['b', 'b', true],
    ['d', 'b', true],
    [undefined, 'b', false],
    [undefined, '', true],
    ['b', undefined, false],
  ])('from %s to %s is empty: %s', (from, to, empty) => {
    expect(isEmpty(range(from, to))).toBe(empty)
  })
})

test.each([
  ['x'.repeat(1_000), true],
  ['é'.repeat(500), true],
  ['é'.repeat(600), false],
])('a sort key of many bytes is taken up to 1,024', async (sk, taken) => {
  const written = memoryStore().write({ put: first({ pk: 'a', sk }), if: 'absent' })
  if (taken) await expect(written).resolves.toMatchObject({ ok: true })
  else await expect(written).rejects.toThrow('key')
})
