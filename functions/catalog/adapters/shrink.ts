import type { Image } from '../core/image.ts'

/** An image in one of the widths that photos are published in. */
export interface Shrunk {
  readonly width: '320' | '1280'
  readonly contentType: 'image/jpeg' | 'image/webp'
  readonly bytes: Uint8Array
}

/** An image that no decoder takes. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'
}

/** Makes the sizes of an image, upright, of its pixels alone. Throws `Undecodable`. */
export type Shrink = (image: Image) => Promise<readonly Shrunk[]>
