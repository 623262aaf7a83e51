import type { events } from '../../schemas/inventory.ts'
import { timeOf } from '../runtime/clock.ts'
import type { Received } from '../runtime/events.ts'
import { moved } from './category.store.ts'
import type { CatalogParts } from './parts.ts'
import { isEndOf } from './product.ts'
import { deleted, findProduct, inPlaceOf, live } from './product.store.ts'

const attempts = 10

/** Deletes the product that inventory has let go, unless it is another life of the sku by now. */
export function retire({ store, clock }: Pick<CatalogParts, 'store' | 'clock'>) {
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
