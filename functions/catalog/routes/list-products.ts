import type { routes } from '../../../schemas/catalog.ts'
import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Handler } from '../../runtime/http.ts'
import { digest } from '../../runtime/ids.ts'
import { answeredBytes, carried, isFull } from '../../runtime/page-size.ts'
import { InvalidCursor, type Item, type Query, type Store } from '../../runtime/store.ts'
import { cursorAt, placeOf as indexPlaceOf } from '../../runtime/store.rules.ts'
import type { CatalogDeps } from '../deps.ts'
import { matches, wordsOf } from '../core/product.ts'
import { type Found, type ProductItem, allProducts, live, productOf, skuOf } from '../store/product-item.ts'

interface Products {
  readonly items: readonly ProductItem[]
  readonly cursor?: string | undefined
}

export function listProducts({ store }: CatalogDeps): Handler<typeof routes.listProducts> {
  return async ({ query: { category, q, limit, cursor } }) => {
    const place = placeOf(category)
    const page = await (q === undefined
      ? products(store, { ...place, limit, ...(cursor !== undefined && { cursor }) })
      : search(store, place, q, limit, cursor))
    return { body: { items: page.items.map(productOf), cursor: page.cursor } }
  }
}

type Place = Pick<Query, 'index' | 'partition'>

const placeOf = (category: string | undefined): Place =>
  category === undefined ? { index: 'list', partition: allProducts } : { index: 'category', partition: category }

async function products(store: Store, query: Query): Promise<Products> {
  const { items, cursor } = await store.query(query)
  const page = carried(items)
  const last = page.at(-1)
  return {
    items: page.flatMap((item) => standing(item, query)),
    cursor: last && page.length < items.length ? cursorAt(last, indexPlaceOf(query.index)) : cursor,
  }
}

/** The product, unless it is gone or has moved: an index trails behind its table. */
function standing(item: Item, { partition }: Place): ProductItem[] {
  const product = live(item as Found)
  if (product === undefined) return []
  return partition === allProducts || partition === product.categoryId ? [product] : []
}

/** What one search request reads: 10 pages of 100 products. It may answer with few or none, and a cursor to read on from. */
const searchedPages = 10
const searchedPage = 100

async function search(store: Store, place: Place, q: string, limit: number, cursor?: string): Promise<Products> {
  const words = wordsOf(q)
  const name = digest(place.partition, ...words)
  const hits: ProductItem[] = []
  let bytes = 0
  let after = cursor === undefined ? undefined : afterOf(cursor, name)
  for (let page = 0; page < searchedPages; page += 1) {
    // A space sorts before every character of a sku.
    const from = after === undefined ? {} : { from: `${after} ` }
    const found = await store.query({ ...place, ...from, limit: searchedPage })
    for (const item of found.items) {
      const hit = standing(item, place).find((product) => matches(productOf(product), words))
      after = skuOf(item)
      if (hit === undefined) continue
      hits.push(hit)
      bytes += answeredBytes(hit)
      if (hits.length === limit || isFull(bytes)) return { items: hits, cursor: cursorAfter(name, after) }
    }
    if (found.cursor === undefined) return { items: hits }
  }
  return { items: hits, cursor: after && cursorAfter(name, after) }
}

const cursorAfter = (name: string, after: string): string => cursorOf(JSON.stringify([name, after]))

function afterOf(cursor: string, name: string): string {
  try {
    const [of, after] = JSON.parse(positionOf(cursor, /^\[.*\]$/)) as unknown[]
    if (of === name && typeof after === 'string' && after.isWellFormed()) return after
  } catch {
    // Not a cursor of this service, like the others that are refused.
  }
  throw new InvalidCursor('The cursor is not of this search.')
}
