import type { Ask, Read } from '../runtime/api.http.ts'
import type { ImportDeps } from '../runtime/import-routes.ts'
import type { UpdateDeps } from '../runtime/update.ts'
import type { PhotoBucket } from './adapters/photo-bucket.ts'

/** What the routes of photos need beside the table. */
export interface PhotoDeps {
  readonly newPhotoId: () => string
  readonly bucket: Pick<PhotoBucket, 'upload' | 'read'>
  /** What the paths of their files stand behind, without a slash at its end. */
  readonly photosUrl: string
}

export interface CatalogDeps extends UpdateDeps, ImportDeps, PhotoDeps {
  /** A new identifier of a category. */
  readonly newId: () => string
  /** Asks inventory for the levels of a sku, which waits for a product on its way there. */
  readonly askStock: Ask
  /** Reads the price that an order of a sku is placed at. */
  readonly readPrice: Read
}
