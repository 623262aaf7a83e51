import type { events } from '../../../schemas/inventory.ts'
import type { Received } from '../../runtime/events.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type UpdateDeps, update } from '../../runtime/update.ts'
import { left } from '../store/category-item.ts'
import { isEndOf } from '../core/product.ts'
import { toBeTidied } from '../store/photo-files-item.ts'
import { deleted, live, photosOf, productItem } from '../store/product-item.ts'
import { withoutProductLabels } from '../store/product-labels-item.ts'

/** Deletes the product whose stock item is retired, and its photos and labels with it, unless it is another life of the sku by now. */
export const deleteProduct =
  (deps: UpdateDeps) =>
  async ({ id: cause, data }: Received<typeof events.stockItemRetired>): Promise<void> => {
    const origin = { cause, at: deps.clock.now(), by: 'inventory' }
    await update(deps, productItem, data.sku, origin, async (found) => {
      const product = live(found?.state)
      if (product === undefined || !isEndOf(product, data.productVersion)) return undefined
      const photos = photosOf(product) // mutant: product-photos
      const files = await toBeTidied(deps.store, data.sku, photos, origin.at)
      const tombstone = deleted(product, { cause, at: timeOf(origin.at) })
      return {
        state: tombstone,
        emits: ['product.deleted'],
        also: [
          ...(await left(deps.store, product.categoryId)),
          ...files,
          withoutProductLabels(data.sku), // mutant: product-labels-gone
        ],
      }
    })
  }
