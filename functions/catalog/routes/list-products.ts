import type { routes } from '../../../schemas/catalog.ts'
import type { Handler } from '../../runtime/http.ts'
import { carried } from '../../runtime/page-size.ts'
import type { Item, Query, Store } from '../../runtime/store.ts'
import { cursorAt, placeOf as indexPlaceOf } from '../../runtime/store.rules.ts'
import { listByWords } from '../../runtime/word-lists.ts'
import type { CatalogDeps } from '../deps.ts'
import { shownProduct } from './shown-product.ts'
import { searchWordsOf, wordsOf } from '../core/search-words.ts'
import {
  type Found,
  type ProductItem,
  allProducts,
  findProducts,
  live,
  skuOf,
  wordPartitions,
} from '../store/product-item.ts'

interface Products {
  readonly items: readonly ProductItem[]
  readonly cursor?: string | undefined
}

export function listProducts({ store, photosUrl }: CatalogDeps): Handler<typeof routes.listProducts> {
  return async ({ query: { category, q, ...asked } }) => {
    const page = await (q === undefined
      ? products(store, { ...placeOf(category), ...asked })
      : search(store, wordsOf(q), category, asked))
    return { body: { items: page.items.map((item) => shownProduct(photosUrl, item)), cursor: page.cursor } }
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

/** The products that all of these words find, of one category or of any. Punctuation alone finds none. */
async function search(
  store: Store,
  words: readonly string[],
  category: string | undefined,
  page: Pick<Query, 'limit' | 'cursor'>,
): Promise<Products> {
  if (words.length === 0) return { items: [] }
  return listByWords<ProductItem>(store, {
    ...page,
    words,
    partitions: wordPartitions,
    find: (skus) => findProducts(store, skus),
    wordsOf: (product) => product.foundBy ?? searchWordsOf({ sku: skuOf(product), name: product.name }),
    isWanted: ({ categoryId }) => category === undefined || categoryId === category,
  })
}
