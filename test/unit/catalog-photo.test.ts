import { describe, expect, it } from 'vitest'
import {
  type PhotoFacts,
  added,
  changed,
  checked,
  expired,
  looksOther,
  without,
} from '../../functions/catalog/core/photo.ts'
import { fitted, isOpaque, upright } from '../../functions/catalog/core/pixels.ts'

const files = { '320': 'a.jpg', '1280': 'b.jpg' }
const photo = (id: string, more: Partial<PhotoFacts> = {}): PhotoFacts => ({
  id,
  state: 'waiting',
  contentType: 'image/jpeg',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T00:05:00.000Z',
  ...more,
})
const published = (id: string, more: Partial<PhotoFacts> = {}) => photo(id, { state: 'published', files, ...more })
const ids = (photos: readonly PhotoFacts[] | undefined | string) =>
  typeof photos === 'string' ? photos : photos?.map(({ id, state }) => `${id} ${state}`)

describe('photos of a product', () => {
  it('have one result each: the first', () => {
    const first = checked([photo('a')], 'a', { files })!
    expect(ids(first)).toEqual(['a published'])
    expect(checked(first, 'a', { files: { '320': 'c.jpg', '1280': 'd.jpg' } })).toBeUndefined()
    expect(checked(first, 'a', { refusal: 'damaged' })).toBeUndefined()
    expect(expired(first, 'a')).toBeUndefined()
    expect(checked([], 'a', { files })).toBeUndefined()
    expect(checked(expired([photo('a')], 'a')!, 'a', { files })).toBeUndefined()
  })

  it('are ten at most, with those that wait, and not with those that were refused', () => {
    const nine = Array.from({ length: 9 }, (_, index) => published(`p${index}`))
    const ten = added([...nine, photo('r', { state: 'refused' })], photo('a')) as readonly PhotoFacts[]
    expect(ten).toHaveLength(11)
    expect(added(ten, photo('b'))).toBe('too_many_photos')
    expect(ids(added(ten, photo('b', { replaces: 'p3' })))).toContain('b waiting')
  })

  it('stay ten when what is replaced is deleted meanwhile', () => {
    const all = Array.from({ length: 10 }, (_, index) => published(`p${index}`))
    const replacing = added(all, photo('a', { replaces: 'p0' })) as readonly PhotoFacts[]
    const left = without(replacing, 'p0')
    expect(added(left, photo('b'))).toBe('too_many_photos')
    expect(checked(left, 'a', { files })).toHaveLength(10)
  })

  it('take the place of what they replace, and its text unless they have one', () => {
    const before = [published('a', { alt: 'A' }), published('b', { alt: 'B' })]
    const waiting = added(before, photo('c', { replaces: 'a' })) as readonly PhotoFacts[]
    expect(ids(waiting)).toEqual(['a published', 'b published', 'c waiting'])
    const after = checked(waiting, 'c', { files })!
    expect(after.map(({ id, alt }) => [id, alt])).toEqual([
      ['c', 'A'],
      ['b', 'B'],
    ])
    expect(ids(checked(waiting, 'c', { refusal: 'animated' }))).toEqual(['a published', 'b published', 'c refused'])
  })

  it.each([
    ['an unknown one', 'x', 'photo_not_found'],
    ['one that waits', 'w', 'photo_not_found'],
    ['one that is being replaced', 'a', 'photo_being_replaced'],
  ])('replace a published one, and not %s', (_, replaces, code) => {
    const before = [published('a'), photo('w', { replaces: 'a' })]
    expect(added(before, photo('c', { replaces }))).toBe(code)
  })

  it('are moved among those that stand, before those that were refused', () => {
    const before = [published('a'), photo('b'), published('c'), photo('r', { state: 'refused' })]
    expect(ids(changed(before, 'c', { position: 1 }))).toEqual(['c published', 'a published', 'b waiting', 'r refused'])
    expect(ids(changed(before, 'a', { position: 100 }))).toEqual([
      'b waiting',
      'c published',
      'a published',
      'r refused',
    ])
    expect(changed(before, 'x', { position: 1 })).toBeUndefined()
    expect(changed([published('a', { alt: 'A' })], 'a', { alt: null })).toEqual([published('a')])
  })

  it('keep the last ten that were refused or expired', () => {
    const gone = Array.from({ length: 12 }, (_, index) => photo(`r${index}`, { state: 'refused' }))
    expect(ids(added(gone, photo('a')))).toEqual(['a waiting', ...gone.slice(2).map(({ id }) => `${id} refused`)])
  })

  it('look other when what everybody sees is another thing', () => {
    expect(looksOther([published('a')], [published('a'), photo('b')])).toBe(false)
    expect(looksOther([published('a')], [published('a', { alt: 'A' })])).toBe(true)
    expect(looksOther([published('a'), published('b')], [published('b'), published('a')])).toBe(true)
  })
})

describe('pixels', () => {
  // 1 2 3
  // 4 5 6
  const data = (...values: number[]) => new Uint8ClampedArray(values.flatMap((value) => [value, 0, 0, 255]))
  const given = { width: 3, height: 2, data: data(1, 2, 3, 4, 5, 6) }
  it.each([
    [1, 3, [1, 2, 3, 4, 5, 6]],
    [2, 3, [3, 2, 1, 6, 5, 4]],
    [3, 3, [6, 5, 4, 3, 2, 1]],
    [4, 3, [4, 5, 6, 1, 2, 3]],
    [5, 2, [1, 4, 2, 5, 3, 6]],
    [6, 2, [4, 1, 5, 2, 6, 3]],
    [7, 2, [6, 3, 5, 2, 4, 1]],
    [8, 2, [3, 6, 2, 5, 1, 4]],
  ])('of orientation %i become upright', (orientation, width, values) => {
    const found = upright(given, orientation)
    expect([found.width, found.height]).toEqual([width, 6 / width])
    expect([...found.data].filter((_, index) => index % 4 === 0)).toEqual(values)
  })

  it('are scaled to a width as it is when upright, and never grow', () => {
    expect(fitted({ width: 4_000, height: 3_000 }, 1, 320)).toEqual({ width: 320, height: 240 })
    expect(fitted({ width: 4_000, height: 3_000 }, 6, 300)).toEqual({ width: 400, height: 300 })
    expect(fitted({ width: 200, height: 1 }, 1, 320)).toEqual({ width: 200, height: 1 })
    expect(fitted({ width: 16_000, height: 1 }, 1, 320)).toEqual({ width: 320, height: 1 })
  })

  it('are opaque when each is', () => {
    expect(isOpaque(given)).toBe(true)
    expect(isOpaque({ width: 1, height: 1, data: new Uint8ClampedArray([0, 0, 0, 254]) })).toBe(false)
  })
})
