import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { warehouseIdOf } from '../../functions/inventory/store/warehouse-id.ts'
import { Id } from '../../schemas/shared.ts'

describe('the id of a warehouse', () => {
  it.each([
    ['Main', 'main'],
    ['Hall 2, Leeds', 'hall-2-leeds'],
    ['Constructor', 'constructor'],
    ['__proto__', 'proto'],
    ['x'.repeat(60), 'x'.repeat(60)],
  ])('of %j reads as the name: %s', (name, id) => {
    expect(warehouseIdOf(name)).toBe(id)
  })

  it.each([
    ['東京', '大阪'],
    ['Склад 1', 'Слон 1'],
    ['Köln', 'Koln'],
    ['Lager Süd', 'Lager Sud'],
    ['!!!', '???'],
    [`${'ä'.repeat(59)}a`, `${'ä'.repeat(59)}b`],
  ])('of %j is another one than that of %j', (name, other) => {
    expect(warehouseIdOf(name)).not.toBe(warehouseIdOf(other))
  })

  it('is the same however the name is written down', () => {
    expect(warehouseIdOf('Köln'.normalize('NFD'))).toBe(warehouseIdOf('Köln'.normalize('NFC')))
  })

  it('is an id, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (name) => {
        expect(Id.safeParse(warehouseIdOf(name)).success).toBe(true)
      }),
    )
  })

  it('has a digest that differs for any two names not written in ASCII', () => {
    const name = fc.string({ unit: fc.constantFrom('あ', 'い', 'ß', 'é', 'ж', 'q'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(name, name, (a, b) => {
        fc.pre(/[^q]/.test(a) && /[^q]/.test(b) && a !== b)
        expect(warehouseIdOf(a)).not.toBe(warehouseIdOf(b))
      }),
    )
  })
})
