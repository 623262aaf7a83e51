import type { events } from '../../../schemas/inventory.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Received } from '../../runtime/events.ts'
import { moved } from '../store/category-item.ts'
import type { CatalogDeps } from '../deps.ts'
import { isEndOf } from '../core/product.ts'
import { deleted, findProduct, inPlaceOf, live } from '../store/product-item.ts'

const attempts = 10

/** Deletes the product whose stock item is retired, unless it is another life of the sku by now. */
export function deleteProduct({ store, clock }: Pick<CatalogDeps, 'store' | 'clock'>) {
  return async ({ id, data }: Received<typeof events.stockItemRetired>): Promise<void> => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const product = live(await findProduct(store, data.sku, { consistent: true }))
      if (product === undefined || !isEndOf(product, data.productVersion)) return
      const tombstone = deleted(product, { cause: id, at: timeOf(clock.now()) })
      const leaving = await moved(store, { from: product.categoryId }, 'categoryId')
      if ((await store.write(inPlaceOf(product, tombstone), ...leaving)).ok) return
    }
    throw new Error(`The product ${data.sku} changes too often to be deleted now.`)
  }
}
