import { mostHeights } from '../../../schemas/photos.ts'

/** Pixels of four bytes, red, green, blue and opacity, row by row from the top. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** The size that an image gets at most that wide, and two and a half times as high, when it is upright. It never grows. */
export function fitted(
  { width, height }: { readonly width: number; readonly height: number },
  orientation: number,
  most: number,
) {
  const isTurned = orientation >= 5
  const [across, up] = isTurned ? [height, width] : [width, height]
  const scale = Math.min(1, most / across, (most * mostHeights) / up)
  const scaled = (length: number): number => Math.max(1, Math.round(length * scale))
  return { width: scaled(width), height: scaled(height) }
}

/** The pixels as an orientation of EXIF (1 to 8) means them. */
export function upright({ width, height, data }: Pixels, orientation: number): Pixels {
  if (orientation === 1) return { width, height, data }
  const isTurned = orientation >= 5
  const [toWidth, toHeight] = isTurned ? [height, width] : [width, height]
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height)
  const to = new Uint32Array(width * height)
  for (let y = 0; y < toHeight; y += 1)
    for (let x = 0; x < toWidth; x += 1) {
      const [fromX, fromY] = sourceOf(orientation, x, y, width - 1, height - 1)
      to[y * toWidth + x] = from[fromY * width + fromX] ?? 0
    }
  return { width: toWidth, height: toHeight, data: new Uint8ClampedArray(to.buffer) }
}

/** The place that a pixel of the upright image comes from. */
function sourceOf(orientation: number, x: number, y: number, right: number, bottom: number): [number, number] {
  switch (orientation) {
    case 2:
      return [right - x, y]
    case 3:
      return [right - x, bottom - y]
    case 4:
      return [x, bottom - y]
    case 5:
      return [y, x]
    case 6:
      return [y, bottom - x]
    case 7:
      return [right - y, bottom - x]
    default:
      return [right - y, x]
  }
}

/** Whether every pixel hides what is behind it. */
export function isOpaque({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}
