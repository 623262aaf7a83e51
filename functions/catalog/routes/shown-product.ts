import type { Product } from '../../../schemas/catalog.ts'
import { shownPhotos } from '../core/published-photo.ts'
import { type ProductItem, photosOf, productOf } from '../store/product-item.ts'

/** A product as everybody sees it, with its photos behind that URL. */
export const shownProduct = (photosUrl: string, item: ProductItem): Product => ({
  ...productOf(item),
  photos: shownPhotos(photosUrl, photosOf(item)),
})
