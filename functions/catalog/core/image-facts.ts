import type { PhotoRefusal } from '../../../schemas/photos.ts'

/** What the bytes of an image declare, found without decoding it. */
export interface ImageFacts {
  readonly width: number
  readonly height: number
  /** 1 to 8, as EXIF counts: how the pixels are to be turned and mirrored. */
  readonly orientation: number
  /** Where the image ends: what stands behind is no part of it. */
  readonly end: number
}

/** What a reader of a type of images finds, or why it refuses the image. */
export type Read = ImageFacts | PhotoRefusal
