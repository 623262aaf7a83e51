import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Site, source } from '../../functions/inventory/core/sourcing.ts'
import type { Stock } from '../../functions/inventory/core/stock.ts'
import { maxHeldLines, maxHeldWarehouses, type HeldLine } from '../../schemas/held-lines.ts'
import { type SourcingRule, sourcingRules } from '../../schemas/sourcing.ts'
import { stockOf } from './stock-of.ts'

const names = (count: number, prefix = 'w'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
const one = (warehouses: readonly string[]) => Object.fromEntries(warehouses.map((id) => [id, 1]))

const sourcesOf = (
  stocks: readonly Stock[],
  warehouses: readonly (string | Site)[],
  rule: SourcingRule = 'priority',
) => ({
  stockOf: (sku: string) => stocks.find((stock) => stock.sku === sku),
  sites: warehouses.map((each) => (typeof each === 'string' ? { id: each } : each)),
  rule,
})

const linesOf = (sourcing: ReturnType<typeof source>): readonly HeldLine[] =>
  'picks' in sourcing ? sourcing.picks.flatMap(({ lines }) => lines) : []

describe('sourcing an order', () => {
  const eleven = names(11)

  it('takes a line from ten warehouses, and refuses it when it takes eleven', () => {
    const stocks = [stockOf('A', one(eleven))]
    expect(linesOf(source([['A', 10]], sourcesOf(stocks, eleven), []))).toHaveLength(10)
    expect(source([['A', 11]], sourcesOf(stocks, eleven), [])).toEqual({ refusal: 'too_scattered' })
  })

  it('gathers lines that would come from eleven warehouses in those that have most of them', () => {
    const apart = eleven.map((id, index) => stockOf(`S${index}`, { [id]: 1, hub: 1 }))
    const wanted = apart.map(({ sku }) => [sku, 1] as const)
    expect(linesOf(source(wanted, sourcesOf(apart, [...eleven, 'hub']), []))).toEqual(
      apart.map(({ sku }) => [sku, 'hub', 1]),
    )
  })

  it('leaves an order within the bounds where priority puts it', () => {
    const stocks = ['A', 'B'].map((sku) => stockOf(sku, { w0: sku === 'A' ? 1 : 0, w1: 1, w2: 2 }))
    expect(
      linesOf(
        source(
          [
            ['A', 1],
            ['B', 1],
          ],
          sourcesOf(stocks, ['w0', 'w1', 'w2']),
          [],
        ),
      ),
    ).toEqual([
      ['A', 'w0', 1],
      ['B', 'w1', 1],
    ])
  })

  it('counts the warehouses of earlier steps', () => {
    const held = names(10, 'old').map((id): HeldLine => ['X', id, 1])
    const stocks = [stockOf('A', { w0: 1, old3: 1 })]
    const warehouses = ['w0', ...names(10, 'old')]
    expect(linesOf(source([['A', 1]], sourcesOf(stocks, warehouses), held))).toEqual([['A', 'old3', 1]])
    expect(source([['A', 2]], sourcesOf(stocks, warehouses), held)).toEqual({ refusal: 'too_scattered' })
  })

  it('refuses more than 2,000 held lines', () => {
    const ten = names(maxHeldWarehouses)
    const stocks = names(maxHeldLines / 10 + 1, 'S').map((sku) => stockOf(sku, one(ten)))
    const wanted = stocks.map(({ sku }) => [sku, 10] as const)
    expect(linesOf(source(wanted.slice(1), sourcesOf(stocks, ten), []))).toHaveLength(maxHeldLines)
    expect(source(wanted, sourcesOf(stocks, ten), [])).toEqual({ refusal: 'too_scattered' })
  })

  it('names what is short before what is scattered', () => {
    const stocks = [stockOf('A', one(eleven)), stockOf('B', { w0: 1 })]
    expect(
      source(
        [
          ['A', 11],
          ['B', 2],
        ],
        sourcesOf(stocks, eleven),
        [],
      ),
    ).toEqual({
      shortages: [{ sku: 'B', requested: 2, available: 1 }],
    })
  })

  it('takes exactly what is wanted, never more than there is, within the bounds', () => {
    const warehouses = names(14)
    const levels = fc.dictionary(fc.constantFrom(...warehouses), fc.nat(4), { maxKeys: 14 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(levels, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 12 }),
        (rows) => {
          const stocks = rows.map(([opened], index) => stockOf(`S${index}`, opened))
          const wanted = rows.map(([, quantity], index) => [`S${index}`, quantity] as const)
          const sourcing = source(wanted, sourcesOf(stocks, warehouses), [])
          if (!('picks' in sourcing)) return
          const lines = linesOf(sourcing)
          expect(new Set(lines.map(([, id]) => id)).size).toBeLessThanOrEqual(maxHeldWarehouses)
          for (const [sku, quantity] of wanted)
            expect(lines.filter((line) => line[0] === sku).reduce((sum, [, , units]) => sum + units, 0)).toBe(quantity)
          for (const [sku, id, units] of lines)
            expect(stocks.find((stock) => stock.sku === sku)?.levels.get(id)?.available).toBeGreaterThanOrEqual(units)
        },
      ),
    )
  })
})

describe('gathering an order from few warehouses', () => {
  const eleven = names(11)
  const all = [...eleven, 'hub']
  const apart = eleven.map((id, index) => stockOf(`S${index}`, { [id]: 1, hub: 1 }))
  const wanted = apart.map(({ sku }) => [sku, 1] as const)

  it('takes a last unit from where it is', () => {
    const sources = sourcesOf([...apart, stockOf('L', { w7: 1 })], all)
    const lines = linesOf(source([...wanted, ['L', 1]], sources, []))
    expect(new Set(lines.map(([, id]) => id))).toEqual(new Set(['hub', 'w7']))
    expect(lines).toHaveLength(12)
  })

  it('takes a line from where there is most of it, though another warehouse was chosen first', () => {
    const sources = sourcesOf([...apart, stockOf('L', { hub: 1, w7: 5 })], all)
    const lines = linesOf(source([...wanted, ['L', 5]], sources, []))
    expect(lines.filter(([sku]) => sku === 'L')).toEqual([['L', 'w7', 5]])
  })

  it('takes nothing from further warehouses once nothing is missing', () => {
    const sources = sourcesOf([stockOf('S0', { w0: 1, hub: 1, rich: 5 }), ...apart.slice(1)], ['rich', ...all])
    expect(linesOf(source(wanted, sources, []))).toEqual(apart.map(({ sku }) => [sku, 'hub', 1]))
  })

  it('takes the warehouse of the highest priority among those that have as much', () => {
    const twice = apart.map(({ sku }, index) => stockOf(sku, { [`w${index}`]: 1, hub: 1, other: 1 }))
    const chosen = (...hubs: string[]) => linesOf(source(wanted, sourcesOf(twice, [...eleven, ...hubs]), []))
    expect(chosen('hub', 'other')).toEqual(apart.map(({ sku }) => [sku, 'hub', 1]))
    expect(chosen('other', 'hub')).toEqual(apart.map(({ sku }) => [sku, 'other', 1]))
  })

  it('refuses an order when one line of it needs too many warehouses, though another one is complete', () => {
    const sources = sourcesOf([...apart, stockOf('L', one(eleven))], all)
    expect(source([...wanted, ['L', 11]], sources, [])).toEqual({ refusal: 'too_scattered' })
  })

  it('takes more of a line from where there is more of it', () => {
    const levels = { ...one(eleven), w10: 5, w9: 3 }
    const lines = linesOf(source([['A', 14]], sourcesOf([stockOf('A', levels)], eleven), []))
    expect(lines.slice(0, 2)).toEqual([
      ['A', 'w10', 5],
      ['A', 'w9', 3],
    ])
    expect(lines.reduce((sum, [, , units]) => sum + units, 0)).toBe(14)
  })
})

describe('a warehouse that has closed since an earlier step', () => {
  it('is not taken from', () => {
    const eleven = names(11)
    const apart = eleven.map((id, index) => stockOf(`S${index}`, { [id]: 1, hub: 1, gone: 1 }))
    const wanted = apart.map(({ sku }) => [sku, 1] as const)
    const lines = linesOf(source(wanted, sourcesOf(apart, [...eleven, 'hub']), [['X', 'gone', 1]]))
    expect(lines).toEqual(apart.map(({ sku }) => [sku, 'hub', 1]))
  })
})

describe('an order that is held in some warehouses already', () => {
  it('may come from as many others as ten warehouses leave', () => {
    const held = names(3, 'old').map((id): HeldLine => ['X', id, 1])
    const hubs = names(7, 'hub')
    const apart = names(14).map((id, index) => stockOf(`S${index}`, { [id]: 1, [`hub${index % 7}`]: 1 }))
    const sources = sourcesOf(apart, [...names(3, 'old'), ...names(14), ...hubs])
    const wanted = apart.map(({ sku }) => [sku, 1] as const)
    expect(new Set(linesOf(source(wanted, sources, held)).map(([, id]) => id))).toEqual(new Set(hubs))
    expect(source(wanted, sources, [...held, ['X', 'old3', 1]])).toEqual({ refusal: 'too_scattered' })
  })
})

describe('the rule of the stage', () => {
  const stocks = [stockOf('A', { north: 5, south: 5, hub: 5 }), stockOf('B', { south: 1, hub: 5 })]
  const sites = [
    { id: 'north', regions: ['GB'] },
    { id: 'south', regions: ['US-CA', 'FR'] },
    { id: 'hub', regions: ['US'] },
  ]
  const wanted = [
    ['A', 1],
    ['B', 1],
  ] as const
  const placesOf = (rule: SourcingRule, shipTo?: string, lines: readonly (readonly [string, number])[] = wanted) =>
    linesOf(source(lines, sourcesOf(stocks, sites, rule), [], { shipTo })).map(([, id]) => id)

  it('fewest-parcels: one parcel where one warehouse has everything, then the region, then priority', () => {
    expect(placesOf('fewest-parcels')).toEqual(['south', 'south'])
    expect(placesOf('fewest-parcels', 'GB')).toEqual(['south', 'south'])
    expect(placesOf('fewest-parcels', 'US-NY')).toEqual(['hub', 'hub'])
    expect(placesOf('fewest-parcels', 'US-CA')).toEqual(['south', 'south'])
    expect(placesOf('fewest-parcels', 'FR', [['B', 5]])).toEqual(['hub'])
  })

  it('region: each line from the first warehouse that has it, those of the region first', () => {
    expect(placesOf('region')).toEqual(['north', 'south'])
    expect(placesOf('region', 'US')).toEqual(['hub', 'hub'])
    expect(placesOf('region', 'GB')).toEqual(['north', 'south'])
    expect(placesOf('region', 'FR', [['A', 6]])).toEqual(['south', 'north'])
  })

  it('priority: the same, wherever it goes', () => {
    expect(placesOf('priority', 'US')).toEqual(['north', 'south'])
  })

  it.each(sourcingRules)('%s: takes nothing from a warehouse that the order does not name', (rule) => {
    const named = (...shipFrom: string[]) => source(wanted, sourcesOf(stocks, sites, rule), [], { shipFrom })
    expect(linesOf(named('hub')).map(([, id]) => id)).toEqual(['hub', 'hub'])
    expect(named('north', 'nowhere')).toEqual({ shortages: [{ sku: 'B', requested: 1, available: 0 }] })
  })

  it('fewest-parcels: never more than two where two have everything, one where one has', () => {
    const places = names(6)
    const levels = fc.dictionary(fc.constantFrom(...places), fc.nat(3), { maxKeys: 6 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(levels, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 5 }),
        (rows) => {
          const shelves = rows.map(([opened], index) => stockOf(`S${index}`, opened))
          const lines = rows.map(([, quantity], index) => [`S${index}`, quantity] as const)
          const haveAll = (...chosen: string[]): boolean =>
            rows.every(([opened, quantity]) => chosen.reduce((sum, id) => sum + (opened[id] ?? 0), 0) >= quantity)
          const sourced = linesOf(source(lines, sourcesOf(shelves, places, 'fewest-parcels'), []))
          const parcels = new Set(sourced.map(([, id]) => id)).size
          if (places.some((one) => haveAll(one))) expect(parcels).toBe(1)
          else if (places.some((one) => places.some((other) => other !== one && haveAll(one, other))))
            expect(parcels).toBe(2)
          else expect(parcels === 0 || parcels > 2).toBe(true)
        },
      ),
    )
  })

  it('fewest-parcels: takes line by line where few warehouses would make too many lines', () => {
    const three = { w0: 1, w1: 1, w2: 1 }
    const skus = names(700, 'S')
    const shelves = skus.map((sku) => stockOf(sku, { ...three, [`x${Number(sku.slice(1)) % 7}`]: 3 }))
    const lines = skus.map((sku) => [sku, 3] as const)
    const sources = sourcesOf(shelves, ['w0', 'w1', 'w2', ...names(7, 'x')], 'fewest-parcels')
    expect(linesOf(source(lines, sources, []))).toHaveLength(700)
  })
})
