import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { growth, replaced } from '../../functions/catalog/core/category.ts'
import { type Content, contentOf, isEndOf, patched } from '../../functions/catalog/core/product.ts'
import { ProductInput } from '../../schemas/catalog.ts'

const lantern: Content = contentOf(
  ProductInput.parse({
    sku: '85123A',
    name: 'Lantern',
    price: { amount: 255, currency: 'GBP' },
    weightGrams: 420,
    attributes: { colour: 'white', candles: 1 },
  }),
)

describe('a patch of a product', () => {
  it('given other values, when applied, then replaces just those', () => {
    expect(patched(lantern, { name: 'Lamp' })).toEqual({ ...lantern, name: 'Lamp' })
  })

  it('given null, when applied, then removes the field', () => {
    expect(patched(lantern, { weightGrams: null })).not.toHaveProperty('weightGrams')
  })

  it('given attributes, when applied, then merges them by name and removes those that are null', () => {
    expect(patched(lantern, { attributes: { candles: null, height: 30 } })).toMatchObject({
      attributes: { colour: 'white', height: 30 },
    })
    expect(patched(lantern, { attributes: { candles: null } })).toHaveProperty('attributes', { colour: 'white' })
  })

  it('given null for the attributes, or for each of them, when applied, then leaves none', () => {
    expect(patched(lantern, { attributes: null })).not.toHaveProperty('attributes')
    expect(patched(lantern, { attributes: { colour: null, candles: null } })).not.toHaveProperty('attributes')
  })

  it('given what is there already, when applied, then gives back the very same', () => {
    const { name, price, attributes } = structuredClone(lantern)
    expect(patched(lantern, { name, price, attributes, lowStockAt: null })).toBe(lantern)
  })

  it('given more attributes than there may be together, when applied, then is refused', () => {
    const more = (length: number) => Object.fromEntries(Array.from({ length }, (_, index) => [`a${index}`, index]))
    expect(patched(lantern, { attributes: more(48) })).toMatchObject({ attributes: { a47: 47, candles: 1 } })
    expect(patched(lantern, { attributes: more(49) })).toBe('too_many_attributes')
  })
})

describe('the end of a product', () => {
  it('is the end of the life that inventory knew, also when it was changed since', () => {
    expect(isEndOf({ createdVersion: 1 }, 1)).toBe(true)
    expect(isEndOf({ createdVersion: 1 }, 7)).toBe(true)
  })

  it('is not the end of a later life', () => {
    expect(isEndOf({ createdVersion: 9 }, 7)).toBe(false)
  })
})

describe('a category', () => {
  it('grows by what enters and shrinks by what leaves', () => {
    const moves = [{ to: 'a' }, { to: 'a' }, { from: 'a', to: 'b' }, { from: 'c' }, { from: 'd', to: 'd' }, {}]
    expect(Object.fromEntries(growth(moves))).toEqual({ a: 1, b: 1, c: -1 })
  })

  it('has as many members as stand in it, after any moves', () => {
    const place = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), place)), (steps) => {
        const standing = new Map<number, string | undefined>()
        const moves = steps.map(([product, to]) => {
          const from = standing.get(product)
          standing.set(product, to)
          return { from, to }
        })
        const grown = growth(moves)
        for (const id of ['a', 'b', 'c']) {
          expect(grown.get(id) ?? 0).toBe([...standing.values()].filter((each) => each === id).length)
        }
      }),
    )
  })

  it('loses its parent by null and keeps it by silence', () => {
    const place = { name: 'Lamps', parentId: 'home' }
    expect(replaced(place, { parentId: null })).toEqual({ name: 'Lamps' })
    expect(replaced(place, { name: 'Lights' })).toEqual({ name: 'Lights', parentId: 'home' })
    expect(replaced(place, { name: 'Lamps' })).toBe(place)
  })
})
