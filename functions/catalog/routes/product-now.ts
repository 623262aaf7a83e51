import type { Refuse } from '../../runtime/errors.ts'
import type { Store } from '../../runtime/store.ts'
import { type ProductItem, findProduct, live } from '../store/product-item.ts'

/** The product as it stands now. */
export async function productNow(store: Store, sku: string, refuse: Refuse<'product_not_found'>): Promise<ProductItem> {
  const product = live(await findProduct(store, sku, { consistent: true }))
  if (product === undefined) throw refuse('product_not_found', `There is no product ${sku}.`)
  return product
}
