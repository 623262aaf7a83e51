import { searchWordsOf } from '../../../functions/catalog/core/search-words.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import type { World } from '../engine/world.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

/** Catalogue, orders and inventory mean the same by a product. */
export function checkProducts(world: World, ledger: Ledger, skus: Iterable<string>): void {
  const { catalog, orders } = world.deployed
  const [products, prices] = [catalog, orders].map(
    ({ table }) => new Map(table.primary.items().map((item) => [item.pk, item])),
  )
  for (const sku of skus) {
    const product = products?.get(`product_${sku}`)
    const offer = prices?.get(`price_${sku}`)?.['offer'] as { name: string; active: boolean } | undefined
    const stock = ledger.stocks.get(sku)
    const exists = product !== undefined && product['deleted'] === undefined
    const agree = exists
      ? offer?.name === product['name'] && offer?.active === product['active'] && stock?.retired === false
      : offer === undefined && stock?.retired !== false
    if (!agree)
      throw new Violation(
        'services agree about products',
        `${sku}: ${JSON.stringify(product)}, ${JSON.stringify(offer)}, ${JSON.stringify(stock)}`,
      )
  }
}

/** A category counts all that stands in it, stands in none that is gone, and never in itself. */
export function checkCategories(world: World): void {
  const items = world.deployed.catalog.table.primary.items()
  const categories = new Map(items.filter(({ sk }) => sk === 'category').map((item) => [item.pk, item]))
  const above = (item: Item) => item[item.sk === 'category' ? 'parentId' : 'categoryId'] as string | undefined
  for (const item of items) {
    const id = above(item)
    if (id !== undefined && !categories.has(id))
      throw new Violation('categories hold together', `${item.pk} stands in ${id}, which is gone`)
    let depth = 0
    for (let at: Item | undefined = item; at !== undefined; at = categories.get(above(at) ?? ''))
      if ((depth += 1) > 100) throw new Violation('categories hold together', `${item.pk} stands in itself`)
  }
  for (const [id, { members }] of categories) {
    const inside = items.filter((item) => above(item) === id).length
    if (members !== inside)
      throw new Violation('categories hold together', `${id} counts ${String(members)} and has ${inside}`)
  }
}

/** The list of words has each product under all that it is called, and under nothing else but what the last release `leaves` there. */
export function checkWords(world: World, leaves: boolean): void {
  const items = world.deployed.catalog.table.primary.items()
  const listed = items.filter(({ pk }) => pk.startsWith('found-by-word#')).map(({ sk }) => sk)
  const called = items
    .filter(({ sk, deleted }) => sk === 'product' && deleted === undefined)
    .flatMap(({ pk, name }) => {
      const sku = pk.slice('product_'.length)
      return searchWordsOf({ sku, name: String(name) }).map((word) => `${word}#${sku}`)
    })
  const [missing, left] = [without(called, listed), leaves ? [] : without(listed, called)]
  if (missing.length + left.length > 0)
    throw new Violation('products stand under their words', `missing: ${missing.join()}; left behind: ${left.join()}`)
}

const without = (all: readonly string[], those: readonly string[]): string[] => {
  const known = new Set(those)
  return all.filter((each) => !known.has(each))
}
