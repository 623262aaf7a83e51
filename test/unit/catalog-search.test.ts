import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { searchWordsOf, wordsOf } from '../../functions/catalog/core/search-words.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { isFoundBy } from '../../schemas/words.ts'
import { lamp, overtaken, shop } from './catalog-shop.ts'

const isFound = (named: { sku?: string; name?: string }, q: string): boolean =>
  isFoundBy(searchWordsOf({ sku: 's', name: 'n', ...named }), wordsOf(q))

describe('a search', () => {
  it.each([
    ['the beginning of a word', 'lant'],
    ['several words in any order', 'LANTERN white'],
    ['a sku', '85123a'],
    ['the beginning of a sku, and a word', 'metal 85'],
    ['a word in brackets, with or without them', 'glass (glass) (gl'],
    ['words among signs', '- white & lantern,'],
  ])('finds by %s', (_, q) => {
    expect(isFound({ sku: '85123A', name: 'White "metal" LANTERN, (glass)' }, q)).toBe(true)
  })

  it.each(['anter', 'white heart', '5123A', 'description'])('does not find by "%s"', (q) => {
    expect(isFound({ sku: '85123A', name: 'White LANTERN' }, q)).toBe(false)
  })

  it.each(['WH-lantern', 'lantern', 'lantern_0', '01.b', 'b'])('finds a sku from each of its parts on: %s', (q) => {
    expect(isFound({ sku: 'wh-LANTERN_01.b-' }, q)).toBe(true)
  })

  it.each([
    ['composed by decomposed', 'Caf\u00e9', 'cafe\u0301'],
    ['decomposed by composed', 'Cafe\u0301', 'caf\u00e9'],
    ['capitals of other alphabets', 'ÖLLAMPE', 'öllampe'],
    ['ß by ss', 'Große Lampe', 'GROSSE'],
    ['ss by ß', 'Grosse Lampe', 'große'],
    ['both forms of sigma', 'ΦΩΣ', 'φως'],
    ['a sigma within a word', 'ΟΔΟΣ', 'οδοσ'],
    ['a sigma at the end of what begins a word', 'οδοσα', 'ΟΔΟΣ'],
    ['full-width by half-width', 'ＬＥＤ Lamp', 'led'],
    ['ligatures', 'ﬁne lamp', 'fine'],
    ['an İ by itself', 'İstanbul', 'İSTANBUL'],
    ['a word that is longer than what counts', 'x'.repeat(200), 'x'.repeat(100)],
  ])('finds %s', (_, name, q) => {
    expect(isFound({ name }, q)).toBe(true)
  })

  it.each(['\u00a0', '\u2003', '\u3000', '\u0085', '\t', ' \u2028 '])('splits words at %j', (space) => {
    expect(wordsOf(`${space}red${space}lamp${space}`)).toEqual(['red', 'lamp'])
  })

  it('does not find what is another letter', () => {
    expect(isFound({ name: 'Café' }, 'cafè')).toBe(false)
  })
})

let catalog: ReturnType<typeof shop>
let units: number

/** What a query or a reading costs, in units, of items that are small. */
const counting = (store: Store): Store => ({
  ...store,
  query: async (query) => {
    const page = await store.query(query)
    const bytes = JSON.stringify(page.items).length
    units += Math.max(0.5, Math.ceil(bytes / 4_096) / 2)
    return page
  },
  getMany: async (keys, options) => {
    const items = await store.getMany(keys, options)
    units += keys.length * (options?.consistent ? 1 : 0.5)
    return items
  },
})

beforeEach(() => {
  units = 0
  catalog = shop(counting)
})

const fill = (count: number, more: (index: number) => object) =>
  catalog.load(
    Array.from({ length: count }, (_, index) =>
      JSON.stringify({ ...lamp, sku: `S${10_000 + index}`, ...more(index) }),
    ).join('\n'),
  )

async function pages(query: Record<string, string>) {
  const all: { skus: string[]; units: number }[] = []
  let cursor: string | undefined
  do {
    units = 0
    const { body } = await catalog.list({ ...query, ...(cursor !== undefined && { cursor }) })
    all.push({ skus: body.items.map(({ sku }: { sku: string }) => sku), units })
    cursor = body.cursor
  } while (cursor !== undefined)
  return all
}

const found = async (q: string, more: Record<string, string> = {}) =>
  (await pages({ q, ...more })).flatMap(({ skus }) => skus)

/** The words that the list has of each product, and those that it should have. */
const entries = () =>
  catalog.table
    .items()
    .filter(({ pk }) => pk.startsWith('found-by-word#'))
    .map(({ sk }) => sk)
    .toSorted()

describe('a search among 2,000 products', () => {
  beforeEach(async () => {
    await fill(2_000, (index) => ({
      name: index === 1_234 ? 'Lamp of Zanzibar' : `Lamp ${index % 2 ? 'red' : 'blue'}`,
    }))
  })

  it('finds a word that one has by a page of eight queries', async () => {
    expect(await pages({ q: 'zanz' })).toEqual([{ skus: ['S11234'], units: 4.5 }])
  })

  it('costs a page of a word that all have no more than its products, and loses none', async () => {
    const [first, ...rest] = await pages({ q: 'lamp', limit: '50' })
    expect(first?.skus).toEqual(Array.from({ length: 50 }, (_, index) => `S${10_000 + index}`))
    expect(first?.units).toBe(4 + 25)
    expect(Math.max(...rest.map(({ units }) => units))).toBeLessThanOrEqual(2 * (4 + 25))
    expect(new Set([first, ...rest].flatMap((page) => page?.skus)).size).toBe(2_000)
    expect(rest.length).toBe(39)
  })

  it('goes by the rarest of several words', async () => {
    expect(await pages({ q: 'lamp zanzibar', limit: '50' })).toEqual([{ skus: ['S11234'], units: 12.5 }])
    expect(await pages({ q: 'lamp o', limit: '50' })).toEqual([{ skus: ['S11234'], units: 12.5 }])
    expect(await pages({ q: 'lamp missing' })).toEqual([{ skus: [], units: 12 }])
  })

  it('costs a bounded page where words leave out most, and loses none', async () => {
    const all = await pages({ q: 'red s1', limit: '20' })
    expect(all.flatMap(({ skus }) => skus).toSorted()).toEqual(
      Array.from({ length: 1_000 }, (_, index) => `S${10_001 + 2 * index}`),
    )
    expect(Math.max(...all.map(({ skus }) => skus.length))).toBeLessThanOrEqual(20)
    expect(Math.max(...all.map((page) => page.units))).toBeLessThanOrEqual(8 + 5 * (4 + 10))
  })

  it('shows those of a category alone', async () => {
    const { id } = (await catalog.category('Lamps')).body
    for (const sku of ['S10007', 'S11999']) await catalog.patch(sku, { categoryId: id })
    expect(await found('lamp', { category: id, limit: '100' })).toEqual(['S10007', 'S11999'])
    expect(await found('blue', { category: id, limit: '100' })).toEqual([])
  })
})

describe('a product', () => {
  it('is found by what it is called now, and stands under nothing else', async () => {
    await catalog.create('A-1', { name: 'Red lamp' })
    await catalog.patch('A-1', { name: 'Red lantern', active: false })
    expect([await found('lamp'), await found('lantern'), await found('1')]).toEqual([[], ['A-1'], ['A-1']])
    expect(entries()).toEqual(['1#A-1', 'a-1#A-1', 'lantern#A-1', 'red#A-1'])
  })

  it('is found no more once it is deleted, and again in its next life', async () => {
    await catalog.create('A', { name: 'Lamp' })
    await catalog.retire('A', 1)
    expect(await found('lamp')).toEqual([])
    expect(entries()).toEqual([])
    await catalog.create('A', { name: 'Lantern' })
    expect([await found('lamp'), await found('lantern')]).toEqual([[], ['A']])
  })

  it('writes no words where none changes', async () => {
    const writes: number[] = []
    catalog = shop((store) => ({
      ...store,
      write: async (...asked) => (writes.push(asked.length), store.write(...asked)),
    }))
    await catalog.create('A', { name: 'Red lamp' })
    await catalog.patch('A', { active: false })
    await catalog.patch('A', { name: 'Red, lamp' })
    expect(writes).toEqual([4, 1, 1])
  })

  it('stands once in a list whose words it has several of', async () => {
    await catalog.create('LA-LA', { name: 'Lamp lantern lace la' })
    await catalog.create('B', { name: 'Lamp' })
    for (const limit of ['1', '2', '50']) expect(await found('la', { limit })).toEqual(['LA-LA', 'B'])
  })

  it('stands once in a search of which one word begins the other', async () => {
    for (const [sku, name] of Object.entries({ A: 'Lamp', B: 'Lace lamp', C: 'Lamp last', D: 'Lace' }))
      await catalog.create(sku, { name })
    for (const limit of ['1', '2', '50']) expect(await found('la lamp', { limit })).toEqual(['A', 'B', 'C'])
  })

  it('is not found by punctuation alone', async () => {
    await catalog.create('A', { name: 'Red & blue!' })
    expect(await found('&')).toEqual([])
  })

  it('of the last release is not found until it is changed, in a file too', async () => {
    for (const sku of ['A', 'B', 'C']) await catalog.create(sku, { name: 'Lamp' })
    await asOfLastRelease()
    expect(await found('lamp')).toEqual([])
    await catalog.patch('A', { active: false })
    await catalog.load(JSON.stringify({ ...lamp, sku: 'B', active: false }))
    expect(await found('lamp')).toEqual(['A', 'B'])
  })

  it('is found by exactly what the words of its name and sku begin, whatever is done to it', async () => {
    const name = fc.array(fc.constantFrom('red', 'Rot', 'lamp', 'LAMPE', 'l', '(re)', '&'), { minLength: 1 })
    const step = fc.record({ sku: fc.constantFrom('L-1', 'red', 'B.l'), name, does: fc.constantFrom('put', 'retire') })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        catalog = shop(counting)
        const names = new Map<string, string>()
        for (const { sku, name, does } of steps) {
          if (does === 'put') {
            const done = await catalog.load(JSON.stringify({ ...lamp, sku, name: name.join(' ') }))
            expect(done.body.counts.refused).toBe(0)
            names.set(sku, name.join(' '))
          } else if (names.delete(sku)) await catalog.retire(sku, 1_000)
        }
        for (const q of ['r', 'red', 're l', 'lamp', 'l', '1', 'b', 'rot lampe', 'x'])
          expect((await found(q, { limit: '2' })).toSorted()).toEqual(
            [...names].flatMap(([sku, name]) => (isFound({ sku, name }, q) ? [sku] : [])).toSorted(),
          )
        expect(entries()).toEqual(
          [...names].flatMap(([sku, name]) => searchWordsOf({ sku, name }).map((word) => `${word}#${sku}`)).toSorted(),
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('the words of many products', () => {
  const words = (mark: string) => Array.from({ length: 30 }, (_, index) => `${mark}${index}`).join(' ')
  const sku = (index: number) => `p${index}-${'a-'.repeat(25)}z`

  it('are at most twenty of each', () => {
    expect(searchWordsOf({ sku: sku(1), name: words('w') })).toHaveLength(20)
  })

  it('fit the transactions of an import, that of a category too', async () => {
    const { id } = (await catalog.category('Lamps')).body
    const rows = (mark: string) => (index: number) => ({ sku: sku(index), name: words(mark), categoryId: id })
    expect((await fill(20, rows('w'))).body.counts).toMatchObject({ created: 20, refused: 0 })
    expect((await fill(20, rows('v'))).body.counts).toMatchObject({ updated: 20, refused: 0 })
    expect(catalog.members(id)).toBe(20)
    expect([await found('w1'), (await found('v1')).length]).toEqual([[], 20])
  })

  it('fit also where another writer was there first and left other words', async () => {
    const { around, arm } = overtaken(() => fill(8, (index) => ({ sku: sku(index), name: words('v') })))
    catalog = shop(around)
    const { id } = (await catalog.category('Lamps')).body
    arm()
    const { body } = await fill(8, (index) => ({ sku: sku(index), name: words('w'), categoryId: id }))
    expect(body.counts).toMatchObject({ updated: 8, refused: 0 })
    expect(catalog.members(id)).toBe(8)
    expect([(await found('w1')).length, await found('v1')]).toEqual([8, []])
  })
})

/** Takes from the table what the last release did not write. */
async function asOfLastRelease(): Promise<void> {
  for (const item of catalog.table.items()) {
    const { foundBy: _, ...rest } = item
    if (item.pk.startsWith('found-by-word#')) catalog.table.follow(item, undefined)
    else catalog.table.follow(item, rest)
  }
}
