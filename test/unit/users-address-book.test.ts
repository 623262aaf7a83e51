import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AddressBook, added, removed, replaced } from '../../functions/users/core/address-book.ts'
import { type AddressInput, AddressType, maxAddresses } from '../../schemas/user.ts'

const at = '2026-03-01T00:00:00.000Z'
const later = '2026-03-02T00:00:00.000Z'
const input = (type: AddressType, more: Partial<AddressInput> = {}): AddressInput => ({
  name: 'Ada',
  line1: '1 Analytical Row',
  city: 'London',
  country: 'GB',
  type,
  default: false,
  ...more,
})
const add = (book: AddressBook, id: string, type: AddressType, more: Partial<AddressInput> = {}): AddressBook => {
  const after = added(book, id, input(type, more), at)
  if (after === 'full') throw new Error('full')
  return after
}
const get = (book: AddressBook, id: string) => book.find((address) => address.id === id)!
const defaults = (book: AddressBook) => book.filter((address) => address.default).map(({ id }) => id)

describe('the default of a type', () => {
  it('is the first address of it, and later ones do not take it', () => {
    expect(defaults(add(add([], 'a', 'shipping'), 'b', 'shipping'))).toEqual(['a'])
  })

  it('is another for each type', () => {
    expect(defaults(add(add([], 'a', 'shipping'), 'b', 'billing'))).toEqual(['a', 'b'])
  })

  it('moves to the address that asks for it, and of the other type stays', () => {
    const book = add(add([], 'a', 'shipping'), 'b', 'billing')
    expect(defaults(add(book, 'c', 'shipping', { default: true }))).toEqual(['b', 'c'])
  })

  it('stays with an address that is replaced without asking for it', () => {
    const book = add(add([], 'a', 'shipping'), 'b', 'shipping')
    expect(defaults(replaced(book, get(book, 'a'), input('shipping', { city: 'Paris' }), later))).toEqual(['a'])
    expect(defaults(replaced(book, get(book, 'b'), input('shipping', { default: true }), later))).toEqual(['b'])
  })

  it('goes to the oldest of those that are left', () => {
    const book = add(add(add(add([], 'x', 'billing'), 'a', 'shipping'), 'b', 'shipping'), 'c', 'shipping')
    const moved = add(book, 'd', 'shipping', { default: true })
    expect(defaults(moved)).toEqual(['x', 'd'])
    expect(defaults(removed(moved, get(moved, 'd')))).toEqual(['x', 'a'])
    expect(defaults(removed(moved, get(moved, 'b')))).toEqual(['x', 'd'])
  })

  it('is left behind by an address that changes its type, unless it asks for the other one', () => {
    const book = add(add(add([], 'a', 'shipping'), 'b', 'shipping'), 'c', 'billing')
    expect(defaults(replaced(book, get(book, 'a'), input('billing'), later))).toEqual(['b', 'c'])
    expect(defaults(replaced(book, get(book, 'a'), input('billing', { default: true }), later))).toEqual(['a', 'b'])
    expect(defaults(replaced(book, get(book, 'c'), input('shipping'), later))).toEqual(['a'])
  })
})

describe('an address', () => {
  it('keeps its place and its creation time when it is replaced, and none of its former content', () => {
    const book = add(add([], 'a', 'shipping', { line2: 'Flat 1' }), 'b', 'shipping')
    const after = replaced(book, get(book, 'a'), input('shipping', { city: 'Paris' }), later)
    expect(after.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(after[0]).toEqual({
      ...input('shipping', { city: 'Paris' }),
      id: 'a',
      default: true,
      createdAt: at,
      updatedAt: later,
    })
    expect(after[1]).toEqual(book[1])
  })

  it('has no place in a full book', () => {
    let book: AddressBook = []
    for (let count = 0; count < maxAddresses; count += 1) book = add(book, `a${count}`, 'shipping')
    expect(added(book, 'more', input('billing'), at)).toBe('full')
    expect(added(removed(book, get(book, 'a0')), 'more', input('billing'), at)).toHaveLength(maxAddresses)
  })
})

it('has exactly one default of each type there is, whatever is done in whatever order', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'replace', 'remove'),
    which: fc.nat(5),
    type: fc.constantFrom(...AddressType.options),
    default: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let book: AddressBook = []
      for (const [index, { what, which, type, default: wanted }] of steps.entries()) {
        const chosen = book[which % Math.max(book.length, 1)]
        if (what === 'add' || chosen === undefined) book = add(book, `a${index}`, type, { default: wanted })
        else if (what === 'remove') book = removed(book, chosen)
        else book = replaced(book, chosen, input(type, { default: wanted }), later)
        for (const each of AddressType.options) {
          const ofType = book.filter((address) => address.type === each)
          expect(defaults(ofType)).toHaveLength(Math.min(ofType.length, 1))
        }
      }
    }),
  )
})

describe('an address that is added unasked', () => {
  it('does not become the default beside one that is', () => {
    const book = add(add([], 'a', 'shipping', { default: true }), 'b', 'shipping')
    const last = added(book.toReversed(), 'c', input('shipping'), at)
    expect(last === 'full' ? [] : defaults(last)).toEqual(['a'])
  })
})
