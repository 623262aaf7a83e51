import type { Upload } from '../../../schemas/imports.ts'
import type { PhotoType } from '../../../schemas/photos.ts'

/** What the file that is sent for a photo is found by. */
export interface PhotoPlace {
  readonly id: string
  readonly sku: string
}

/** A file that was sent. */
export interface SentPhoto {
  /** In bytes. */
  readonly size: number
  /** All of it, of the very file whose size that is. */
  readonly read: () => Promise<Uint8Array>
}

export interface PublishedPhoto {
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** The files of photos: what was sent, and what is published. Errors of S3 are thrown as they are. */
export interface PhotoBucket {
  /** A form that takes the file of a photo, once or more, until its time is over. */
  upload(place: PhotoPlace, contentType: PhotoType): Promise<Upload>
  /** The file that was sent last; undefined where there is none. */
  open(place: PhotoPlace): Promise<SentPhoto | undefined>
  isSent(place: PhotoPlace): Promise<boolean>
  /** Deletes what was sent. */
  discard(place: PhotoPlace): Promise<void>
  publish(id: string, name: string, photo: PublishedPhoto): Promise<void>
  /** A published file; undefined where there is none. */
  read(id: string, name: string): Promise<PublishedPhoto | undefined>
  /** Deletes all that was sent and published for a photo, but the published files of these names. */
  keepOnly(id: string, names: readonly string[]): Promise<void>
}
