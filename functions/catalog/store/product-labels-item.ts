import type { Labels } from '../../../schemas/labels.ts'
import { labelsIn } from '../../runtime/labels.ts'
import { type Item, type Key, type Store, type Write, over } from '../../runtime/store.ts'
import { type ProductItem, productKey, skuOf } from './product-item.ts'

/** The labels of a product, beside it: who reads the product does not read them. Once there, it stays as long as the product, if empty. */
interface LabelsItem extends Item, Labels {
  /** The life of the sku that they belong to. */
  readonly createdVersion: number
}

/** What is known of the labels of a product: what they are, and the item that stands in their place. */
export interface FoundLabels {
  readonly labels: Labels
  readonly item: Item | undefined
}

const labelsKey = (sku: string): Key => ({ pk: productKey(sku).pk, sk: 'labels' })

/** The labels of a product, as of now. Those of a life of the sku that is over are none. */
export async function findProductLabels(store: Store, product: ProductItem): Promise<FoundLabels> {
  const item = (await store.get(labelsKey(skuOf(product)), { consistent: true })) as LabelsItem | undefined
  const isOfThisLife = item?.createdVersion === product.createdVersion
  return { item, labels: item && isOfThisLife ? labelsIn(item) : {} }
}

/** The writes that replace the labels of a product, which must still be as it was read. */
export function writesOfProductLabels(product: ProductItem, { item }: FoundLabels, after: Labels): readonly Write[] {
  const { version, createdVersion } = product
  const put: LabelsItem = { ...labelsKey(skuOf(product)), ...after, createdVersion, version: (item?.version ?? 0) + 1 }
  return [
    { put, if: over(item) }, // mutant: product-labels-write
    { check: productKey(skuOf(product)), if: { version } }, // mutant: labels-product
  ]
}

/** The write beside the end of a product. */
export const withoutProductLabels = (sku: string): Write => ({ delete: labelsKey(sku), if: 'any' })
