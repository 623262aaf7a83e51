import { describe, expect, it } from 'vitest'
import { listItem } from '../../bin/list-again/list-again.ts'
import type { Item, Store } from '../../functions/runtime/store.ts'
import { lamp, overtaken, shop } from './catalog-shop.ts'

const deps = (store: Store) => ({ store, clock: { now: () => 1_000, sleep: async () => {} }, random: () => 0 })

/** A product as the last release wrote it. */
async function old(around?: Parameters<typeof shop>[0]) {
  const catalog = shop(around)
  await catalog.create('A', { name: 'Red lamp' })
  for (const item of catalog.table.items())
    if (item.pk.startsWith('found-by-word#')) catalog.table.follow(item, undefined)
  const { foundBy: _, ...rest } = catalog.product('A')!
  catalog.table.follow(catalog.product('A'), rest)
  return { ...catalog, item: catalog.product('A') as Item }
}

const skus = async ({ list }: Pick<ReturnType<typeof shop>, 'list'>, q: string) =>
  (await list({ q })).body.items.map(({ sku }: { sku: string }) => sku)

describe('a product that the last release wrote', () => {
  it('is brought into the list once, and emits its state', async () => {
    const catalog = await old()
    expect(await listItem(deps(catalog.table), 'catalog', catalog.item)).toBe(true)
    expect(catalog.product('A')).toMatchObject({ version: 2, createdVersion: 1, outbox: ['product.updated'] })
    expect(await skus(catalog, 'lamp')).toEqual(['A'])
    expect(await listItem(deps(catalog.table), 'catalog', catalog.product('A')!)).toBe(false)
  })

  it('is listed as another writer leaves it at that very moment', async () => {
    const { around, arm } = overtaken(() => catalog.load(JSON.stringify({ ...lamp, sku: 'A', name: 'Lantern' })))
    const catalog = await old()
    arm()
    expect(await listItem(deps(around(catalog.table)), 'catalog', catalog.item)).toBe(false)
    expect(catalog.product('A')).toMatchObject({ version: 2, name: 'Lantern' })
    expect([await skus(catalog, 'red'), await skus(catalog, 'lantern')]).toEqual([[], ['A']])
  })

  it('is left alone where it is deleted, and so is all that is no product', async () => {
    const catalog = await old()
    await catalog.category('Lamps')
    await catalog.retire('A', 1)
    for (const item of catalog.table.items()) expect(await listItem(deps(catalog.table), 'catalog', item)).toBe(false)
    expect(await listItem(deps(catalog.table), 'catalog', catalog.item)).toBe(false)
  })
})
