import { describe, expect, it } from 'vitest'
import { cardRefusal, cardStep, currencies } from '../../schemas/currencies.ts'
import { Currency, maxAmount } from '../../schemas/shared.ts'

/** ISO 4217, list one: what has other digits behind the point than two. */
const digits: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
}
const tens = new Set('BHD JOD KWD OMR TND'.split(' '))
const rows = [...currencies]
const charged = rows.filter(([, { card }]) => card)
const uncharged = rows.filter(([, { card }]) => !card)

describe('a currency', () => {
  it.each(rows)('%s has the digits of ISO 4217, and is one', (code, { exponent }) => {
    expect(exponent).toBe(digits[code] ?? 2)
    expect(Currency.safeParse(code).success).toBe(true)
  })
  it('is there once', () => {
    expect(new Set(rows.map(([code]) => code)).size).toBe(rows.length)
    expect(Object.keys(digits).filter((code) => !currencies.has(code))).toEqual([])
  })
  it.each(['XXX', 'XTS', 'XAU', 'DEM', 'gbp', 'GBPX', 'constructor', '__proto__', ''])('%j is none', (code) => {
    expect(Currency.safeParse(code).success).toBe(false)
  })
})

describe('a card', () => {
  it.each(charged)('is charged in %s with whole steps alone', (currency, { exponent }) => {
    const step = currency === 'MGA' ? 100 : tens.has(currency) ? 10 : 1
    expect(cardStep(currency)).toBe(step)
    for (const amount of [step, 10 ** exponent, 7 * step, maxAmount])
      expect(cardRefusal({ amount, currency })).toBeUndefined()
    for (let odd = 1; odd < step; odd += 1)
      expect(cardRefusal({ amount: 10 * step + odd, currency })).toContain(`steps of`)
  })
  it.each(uncharged)('is never charged in %s', (currency) => {
    expect(cardRefusal({ amount: 1_000, currency })).toBe(`cards are not charged in ${currency}`)
  })
  it.each(rows)('has nothing against nothing in %s', (currency) => {
    expect(cardRefusal({ amount: 0, currency })).toBeUndefined()
  })
  it('names what would be accepted', () => {
    expect(cardRefusal({ amount: 1_235, currency: 'KWD' })).toBe(
      'cards are charged in steps of 0.010 KWD, and this is 1.235',
    )
    expect(cardRefusal({ amount: 1_050, currency: 'MGA' })).toBe(
      'cards are charged in steps of 1.00 MGA, and this is 10.50',
    )
  })
})
