import { type PhotoRefusal, type PhotoType, maxPhotoBytes, maxPixels, maxSide } from '../../../schemas/photos.ts'
import type { ImageFacts, Read } from './image-facts.ts'
import { readJpeg } from './image-jpeg.ts'
import { readPng } from './image-png.ts'
import { readWebp } from './image-webp.ts'

/** An image that may be decoded. */
export interface Image extends ImageFacts {
  readonly type: PhotoType
  /** Its own alone, without what stands behind. */
  readonly bytes: Uint8Array
}

const readers: Readonly<Record<PhotoType, (bytes: Uint8Array) => Read>> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/webp': readWebp,
}

const beginsWith = (bytes: Uint8Array, start: readonly number[], at = 0): boolean =>
  start.every((byte, index) => bytes[at + index] === byte)

/** What an image is by its first bytes. */
function typeOf(bytes: Uint8Array): PhotoType | undefined {
  if (beginsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  if (beginsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png'
  const isRiff = beginsWith(bytes, [0x52, 0x49, 0x46, 0x46])
  return isRiff && beginsWith(bytes, [0x57, 0x45, 0x42, 0x50], 8) ? 'image/webp' : undefined
}

/** The image in a file that is declared to be of a type, or why it is refused. Nothing is decoded, and no size is believed that is not there. */
export function inspect(bytes: Uint8Array, declared: PhotoType): Image | PhotoRefusal {
  if (bytes.length > maxPhotoBytes) return 'too_large'
  const type = typeOf(bytes)
  if (type === undefined) return 'not_an_image'
  if (type !== declared) return 'type_mismatch'
  const read = readers[type](bytes)
  if (typeof read === 'string') return read
  const { width, height, end } = read
  if (width < 1 || height < 1) return 'damaged'
  if (width * height > maxPixels || Math.max(width, height) > maxSide) return 'too_many_pixels' // mutant: photo-pixels
  return { ...read, type, bytes: bytes.subarray(0, end) }
}
