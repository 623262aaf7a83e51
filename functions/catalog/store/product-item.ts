import type { Product } from '../../../schemas/catalog.ts'
import type { Item, Key, Store } from '../../runtime/store.ts'
import { type Codec, inPlaceOf } from '../../runtime/update.ts'
import type { Content } from '../core/product.ts'

/** A product that exists. */
export type ProductItem = Item &
  Content & {
    /** The version in which this life of the sku began; it has another one after it was deleted and created again. */
    readonly createdVersion: number
    readonly createdAt: string
    readonly updatedAt: string
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

export const productKey = (sku: string): Key => ({ pk: `${prefix}${sku}`, sk: 'product' })

export const skuOf = ({ pk }: Key): string => pk.slice(prefix.length)

/** The product, if it exists and is not deleted. */
export const live = (found: Found): ProductItem | undefined => (found?.deleted ? undefined : found)

export async function findProduct(store: Store, sku: string, options?: { consistent: boolean }): Promise<Found> {
  return (await store.get(productKey(sku), options)) as Found
}

/** The product under a sku, or its tombstone: the states are items as they are written. */
export const productItem: Codec<ProductItem | Tombstone> = {
  noun: 'the product',
  key: productKey,
  read: (item) => ({ state: item as ProductItem | Tombstone, item }),
  writes: (before, { state }) => [inPlaceOf(before?.item, state)],
}

/** A product where there is none, or none any more. */
export function created(before: Found, sku: string, content: Content, why: Cause): ProductItem {
  const version = (before?.version ?? 0) + 1
  const life = { version, createdVersion: version, createdAt: why.at }
  return { ...itemOf(sku, content, why), ...life, outbox: ['product.created'] }
}

export function updated(before: ProductItem, content: Content, why: Cause): ProductItem {
  const { version, createdVersion, createdAt } = before
  const life = { version: version + 1, createdVersion, createdAt }
  return { ...itemOf(skuOf(before), content, why), ...life, outbox: ['product.updated'] }
}

export function deleted(before: ProductItem, why: Cause): Tombstone {
  const { pk, sk, version } = before
  return { pk, sk, version: version + 1, deleted: true, outbox: ['product.deleted'], ...why }
}

function itemOf(sku: string, content: Content, { cause, at }: Cause) {
  const { categoryId } = content
  return {
    ...productKey(sku),
    ...content,
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
  const { name, description, categoryId, attributes, price, weightGrams, unique, active, lowStockAt } = item
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
  }
}

export function productOf(item: ProductItem): Product {
  const { version, createdAt, updatedAt } = item
  return { sku: skuOf(item), ...contentOfItem(item), version, createdAt, updatedAt }
}
