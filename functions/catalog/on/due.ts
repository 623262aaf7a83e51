import { type Swept, sweepDue } from '../../runtime/due.ts'
import type { UpdateDeps } from '../../runtime/update.ts'
import type { PhotoBucket, PhotoPlace } from '../adapters/photo-bucket.ts'
import type { PhotoChecks } from '../adapters/photo-checks.ts'
import { expired, photoOf } from '../core/photo.ts'
import { type PhotoFilesItem, askedOnce, done, maxAsked, photoIdOf } from '../store/photo-files-item.ts'
import { findProduct, live, photosOf } from '../store/product-item.ts'
import { endPhoto, refusePhoto } from './photo.ts'

export interface PhotoSweepDeps extends UpdateDeps {
  readonly bucket: Pick<PhotoBucket, 'isSent' | 'keepOnly'>
  readonly checks: PhotoChecks
}

/** What became of what was due: a photo whose file never came, or whose check never came to its end, and the files of one that has ended. */
type Outcome = 'expired' | 'asked' | 'refused' | 'tidied'

/** Ends photos that wait in vain, asks for checks that were lost, and deletes the files of photos that nobody shows. */
export const sweepPhotos = (deps: PhotoSweepDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { expired: 0, asked: 0, refused: 0, tidied: 0, failed: 0 }, (item, now) =>
    sweepPhoto(deps, item as PhotoFilesItem, now),
  )

async function sweepPhoto(deps: PhotoSweepDeps, item: PhotoFilesItem, now: number): Promise<Outcome> {
  const { store, bucket } = deps
  const place: PhotoPlace = { id: photoIdOf(item), sku: item.sku }
  const product = live(await findProduct(store, item.sku, { consistent: true }))
  const photo = product && photoOf(photosOf(product), place.id)
  if (photo?.state === 'waiting') return unfinished(deps, item, place, now)
  await bucket.keepOnly(place.id, photo?.state === 'published' ? Object.values(photo.files ?? {}) : []) // mutant: photo-tidy
  // Where it was written anew meanwhile, that stays due.
  await store.write(done(item, now))
  return 'tidied'
}

/** A photo that is still waiting after its time: without a file it is expired, and a file that lies there was not checked. */
async function unfinished(
  deps: PhotoSweepDeps,
  item: PhotoFilesItem,
  place: PhotoPlace,
  now: number,
): Promise<Outcome> {
  const { store, bucket, checks } = deps
  if (!(await bucket.isSent(place))) {
    await endPhoto(deps, place, (photos) => expired(photos, place.id)) // mutant: photo-expired
    return 'expired'
  }
  if (item.asked >= maxAsked) {
    await refusePhoto(deps, place, 'not_checked')
    return 'refused'
  }
  await checks.ask(place) // mutant: photo-asked
  await store.write(askedOnce(item, now))
  return 'asked'
}
