import type { Product } from '../../../schemas/catalog.ts'
import { partitionsOf } from '../../runtime/sharded.ts'
import { type Item, type Key, type Store, type Write, next } from '../../runtime/store.ts'
import { type Codec, inPlaceOf } from '../../runtime/update.ts'
import { placed, wordKey } from '../../runtime/word-lists.ts'
import type { Content } from '../core/product.ts'
import { type PhotoFacts, looksOther } from '../core/photo.ts'
import { searchWordsOf } from '../core/search-words.ts'

/** A product that exists. */
export type ProductItem = Item &
  Content & {
    /** The version in which this life of the sku began; it has another one after it was deleted and created again. */
    readonly createdVersion: number
    readonly createdAt: string
    readonly updatedAt: string
    /** The words under which the list of words has it; undefined for products that the last release wrote. */
    readonly foundBy?: readonly string[]
    /** Undefined where it never had any. */
    readonly photos?: readonly PhotoFacts[]
    readonly deleted?: never
  }

/** What is left of a deleted product: the versions of a sku never go back. */
export type Tombstone = Item & { readonly deleted: true }

export type Found = ProductItem | Tombstone | undefined

/** Why and when something is written. */
export interface Cause {
  readonly cause: string
  readonly at: string
}

const prefix = 'product_'

/** The partition of all products in the index `list`. */
export const allProducts = 'products'

/** The list of the words that products are found by, and its partitions. */
const wordList = 'found-by-word'
export const wordPartitions = partitionsOf(wordList)

export const productKey = (sku: string): Key => ({ pk: `${prefix}${sku}`, sk: 'product' })

export const skuOf = ({ pk }: Key): string => pk.slice(prefix.length)

/** The product, if it exists and is not deleted. */
export const live = (found: Found): ProductItem | undefined => (found?.deleted ? undefined : found)

export async function findProduct(store: Store, sku: string, options?: { consistent: boolean }): Promise<Found> {
  return (await store.get(productKey(sku), options)) as Found
}

/** The products of these skus that exist, by sku. */
export async function findProducts(store: Store, skus: readonly string[]): Promise<Map<string, ProductItem>> {
  const items = await store.getMany(skus.map(productKey))
  return new Map(
    items.flatMap((item) => {
      const product = live(item as Found)
      return product === undefined ? [] : [[skuOf(product), product] as const]
    }),
  )
}

/** The product under a sku, or its tombstone: the states are items as they are written. */
export const productItem: Codec<ProductItem | Tombstone> = {
  noun: 'the product',
  key: productKey,
  read: (item) => ({ state: item as ProductItem | Tombstone, item }),
  writes: (before, { state }) => writesOfProduct(before?.state, state),
}

/** The writes of a product in the place of what was there, which bring the list of words along. */
export const writesOfProduct = (before: Found, after: ProductItem | Tombstone): [Write, ...Write[]] => [
  inPlaceOf(before, after),
  ...placed(placesOf(before), placesOf(after)),
]

/** The writes that bring a product into the list of words, of which it emits its state again; none where it stands there. */
export function listedAgain(item: Item, why: Cause): readonly Write[] {
  const product = item.sk === productKey('').sk ? live(item as ProductItem) : undefined
  if (product === undefined) return []
  const foundBy = searchWordsOf({ sku: skuOf(product), name: product.name })
  if (foundBy.join(' ') === product.foundBy?.join(' ')) return []
  return writesOfProduct(product, next(product, { foundBy, outbox: ['product.updated'], ...why }))
}

const placesOf = (found: Found): Key[] =>
  found === undefined ? [] : (live(found)?.foundBy ?? []).map((word) => wordKey(wordList, word, skuOf(found)))

/** A product where there is none, or none any more. */
export function created(before: Found, sku: string, content: Content, why: Cause): ProductItem {
  const version = (before?.version ?? 0) + 1
  const life = { version, createdVersion: version, createdAt: why.at }
  return { ...itemOf(sku, content, why), ...life, outbox: ['product.created'] }
}

export function updated(before: ProductItem, content: Content, why: Cause): ProductItem {
  const { version, createdVersion, createdAt, photos } = before
  const life = { version: version + 1, createdVersion, createdAt, ...(photos && { photos }) }
  return { ...itemOf(skuOf(before), content, why), ...life, outbox: ['product.updated'] }
}

/** The product with other photos. Its news are published where everybody sees another thing. */
export function withPhotos(before: ProductItem, photos: readonly PhotoFacts[], why: Cause): ProductItem {
  if (!looksOther(photosOf(before), photos)) return next(before, { photos, ...why })
  return next(before, { photos, updatedAt: why.at, outbox: ['product.updated'], ...why })
}

export const photosOf = ({ photos = [] }: ProductItem): readonly PhotoFacts[] => photos

export function deleted(before: ProductItem, why: Cause): Tombstone {
  const { pk, sk, version } = before
  return { pk, sk, version: version + 1, deleted: true, outbox: ['product.deleted'], ...why }
}

function itemOf(sku: string, content: Content, { cause, at }: Cause) {
  const { categoryId } = content
  return {
    ...productKey(sku),
    ...content,
    foundBy: searchWordsOf({ sku, name: content.name }),
    updatedAt: at,
    listPk: allProducts,
    listSk: sku,
    ...(categoryId !== undefined && { categoryPk: categoryId, categorySk: sku }),
    cause,
    at,
  }
}

/** What an operator has entered; no attributes are as good as an empty list of them. */
export function contentOfItem(item: ProductItem): Content {
  const { name, description, categoryId, attributes, price, weightGrams, unique, active, lowStockAt, backorder } = item
  return {
    name,
    ...(description !== undefined && { description }),
    ...(categoryId !== undefined && { categoryId }),
    ...(Object.keys(attributes ?? {}).length > 0 && { attributes }),
    price,
    ...(weightGrams !== undefined && { weightGrams }),
    unique,
    active,
    ...(lowStockAt !== undefined && { lowStockAt }),
    ...(backorder && { backorder }),
  }
}

/** What a product is but for its photos, which are shown by where their files are. */
export function productOf(item: ProductItem): Omit<Product, 'photos'> {
  const { version, createdAt, updatedAt } = item
  return { sku: skuOf(item), ...contentOfItem(item), version, createdAt, updatedAt }
}
