import { createHash } from 'node:crypto'
import { type PhotoRefusal, maxPhotoBytes, maxPublishedBytes } from '../../../schemas/photos.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type UpdateDeps, update } from '../../runtime/update.ts'
import type { PhotoBucket, PhotoPlace, SentPhoto } from '../adapters/photo-bucket.ts'
import { type Shrink, type Shrunk, Undecodable } from '../adapters/shrink.ts'
import { inspect } from '../core/image.ts'
import { type Finding, type PhotoFacts, type PhotoFiles, checked, photoOf } from '../core/photo.ts'
import { findProduct, live, photosOf, productItem, withPhotos } from '../store/product-item.ts'
import { toBeTidied } from '../store/photo-files-item.ts'

export interface CheckDeps extends UpdateDeps {
  readonly bucket: PhotoBucket
  readonly shrink: Shrink
}

/** What became of a file: `late` where its photo is gone or has ended, `missing` where it is there no more. */
export type Checked = 'published' | 'refused' | 'late' | 'missing'

/**
 * Checks the file that was sent for a photo, and publishes it or refuses it with the reason. The file is read once, and what is published is made
 * of those very bytes: another file may be sent meanwhile. Its sizes lie in the bucket before the product shows them, and one conditional
 * write decides whose result stands; what lost leaves files behind that the sweep deletes. What was sent is deleted in every case.
 */
export async function checkPhoto(deps: CheckDeps, place: PhotoPlace): Promise<Checked> {
  const { bucket } = deps
  const photo = await waitingPhoto(deps, place)
  if (photo === undefined) {
    await bucket.discard(place)
    return 'late'
  }
  const sent = await bucket.open(place)
  if (sent === undefined) return 'missing'
  const finding = await findingOf(deps, photo, sent)
  const stands = await conclude(deps, place, finding)
  await bucket.discard(place)
  if (!stands) return 'late'
  return 'refusal' in finding ? 'refused' : 'published'
}

async function waitingPhoto({ store }: CheckDeps, { id, sku }: PhotoPlace): Promise<PhotoFacts | undefined> {
  const product = live(await findProduct(store, sku, { consistent: true }))
  const photo = product && photoOf(photosOf(product), id)
  return photo?.state === 'waiting' ? photo : undefined
}

async function findingOf({ bucket, shrink }: CheckDeps, photo: PhotoFacts, sent: SentPhoto): Promise<Finding> {
  if (sent.size > maxPhotoBytes) return { refusal: 'too_large' }
  const image = inspect(await sent.read(), photo.contentType)
  if (typeof image === 'string') return { refusal: image }
  let sizes: readonly Shrunk[]
  try {
    sizes = await shrink(image)
  } catch (error) {
    if (error instanceof Undecodable) return { refusal: 'damaged' }
    throw error
  }
  if (sizes.some(({ bytes }) => bytes.length > maxPublishedBytes)) return { refusal: 'too_detailed' }
  const files: Partial<Record<keyof PhotoFiles, string>> = {}
  for (const { width, contentType, bytes } of sizes) {
    const name = nameOf(contentType, bytes)
    await bucket.publish(photo.id, name, { contentType, bytes })
    files[width] = name
  }
  return { files: files as PhotoFiles }
}

/** A name that no other content has. */
function nameOf(contentType: Shrunk['contentType'], bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32)
  return `${digest}.${contentType === 'image/jpeg' ? 'jpg' : 'webp'}`
}

/** Writes what was found of a photo; whether that stands: a photo that is gone, or has a result, takes none. */
async function conclude(deps: CheckDeps, place: PhotoPlace, finding: Finding): Promise<boolean> {
  let stands = false
  await endPhoto(deps, place, (photos) => {
    const after = checked(photos, place.id, finding)
    stands = after !== undefined
    return after
  })
  return stands
}

/** Refuses a photo that no check comes to the end of. */
export const refusePhoto = (deps: UpdateDeps, place: PhotoPlace, refusal: PhotoRefusal): Promise<void> =>
  endPhoto(deps, place, (photos) => checked(photos, place.id, { refusal }))

/** Writes the end of a photo, and that its files are to be tidied up. */
export async function endPhoto(
  deps: UpdateDeps,
  { id, sku }: PhotoPlace,
  decide: (photos: readonly PhotoFacts[]) => readonly PhotoFacts[] | undefined,
): Promise<void> {
  const origin = { cause: id, at: deps.clock.now(), by: 'catalog' }
  await update(deps, productItem, sku, origin, async (found) => {
    const product = live(found?.state)
    const before = product && photosOf(product)
    const photos = before && decide(before)
    if (!product || !photos) return undefined
    const after = withPhotos(product, photos, { cause: id, at: timeOf(origin.at) })
    const ended = before.filter((photo) => photo.id === id || photoOf(photos, photo.id) === undefined)
    return {
      state: after,
      emits: after.outbox ?? [],
      also: await toBeTidied(deps.store, sku, ended, origin.at),
    }
  })
}
