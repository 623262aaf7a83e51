import { createHash } from 'node:crypto'
import type { PhotoBucket, PhotoPlace } from '../../../functions/catalog/adapters/photo-bucket.ts'
import { type Shrink, Undecodable } from '../../../functions/catalog/adapters/shrink.ts'
import { MemoryPhotoBucket } from '../../memory-photo-bucket.ts'
import type { Process } from './processes.ts'

/** What a decoder makes of a file in simulation: a text that names the file. */
export const contentOf = (width: string, file: Uint8Array): string =>
  `${width} of ${createHash('sha256').update(file).digest('hex')}`

/** Every image that passes the inspection is good, but those with this word in them. */
export const shrinkOf: Shrink = async ({ bytes }) => {
  if (Buffer.from(bytes).includes('broken')) throw new Undecodable('simulated')
  return (['320', '1280'] as const).map((width) => ({
    width,
    contentType: 'image/jpeg',
    bytes: Buffer.from(contentOf(width, bytes)),
  }))
}

/** The bucket of photos as S3 keeps it, and what came into it. */
export class PhotoStore {
  readonly bucket = new MemoryPhotoBucket()
  /** When the forms end, by the id of the photo, in milliseconds. */
  readonly #ends = new Map<string, number>()
  /** The contents that may be published of a photo: of good files that came by its form. */
  readonly #good = new Map<string, Set<string>>()
  readonly #refused = new Set<string>()

  formOf(id: string, end: number): void {
    this.#ends.set(id, end)
  }

  /** Takes a file by the form of a photo; whether it is taken: not after its time. */
  put({ id }: PhotoPlace, file: Buffer, isGood: boolean, now: number): boolean {
    if (now > (this.#ends.get(id) ?? 0)) return false
    if (isGood) {
      const known = this.#good.get(id) ?? new Set()
      this.#good.set(id, known)
      for (const width of ['320', '1280']) known.add(contentOf(width, file))
    } else this.#refused.add(id)
    this.bucket.sent.set(id, file)
    return true
  }

  isGood(id: string, name: string): boolean {
    const found = this.bucket.published.get(`${id}/${name}`)
    return found !== undefined && this.#good.get(id)?.has(Buffer.from(found.bytes).toString()) === true
  }

  /** Whether a file came for it that may be refused. */
  hadBadFile(id: string): boolean {
    return this.#refused.has(id)
  }

  /** The bucket as a process reaches it. */
  as(process: Process): PhotoBucket {
    const call = <Answer>(what: string, kind: 'read' | 'write', apply: () => Promise<Answer>): Promise<Answer> =>
      process.call({ what, kind, unavailable: () => new Error('simulated') }, apply)
    const { bucket } = this
    return {
      // A signature of the function's own.
      upload: (place, contentType) => bucket.upload(place, contentType),
      open: (place) => call(`open the file of ${place.id}`, 'read', () => bucket.open(place)),
      isSent: (place) => call(`look for a file of ${place.id}`, 'read', () => bucket.isSent(place)),
      discard: (place) => call(`discard the file of ${place.id}`, 'write', () => bucket.discard(place)),
      publish: (id, name, photo) =>
        call(`publish ${id}/${name.slice(0, 6)}`, 'write', () => bucket.publish(id, name, photo)),
      read: (id, name) => call(`read ${id}/${name}`, 'read', () => bucket.read(id, name)),
      keepOnly: (id, names) => call(`tidy up ${id}`, 'write', () => bucket.keepOnly(id, names)),
    }
  }
}
