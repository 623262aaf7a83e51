import type { Read } from './image-facts.ts'
import { orientationIn } from './image-exif.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** Reads the chunks of a WebP to its end. */
export function readWebp(bytes: Uint8Array): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 20) return 'damaged'
  const end = 8 + view.getUint32(4, true)
  if (end > bytes.length) return 'damaged'
  let canvas: Size | undefined
  let size: Size | undefined
  let orientation = 1
  let at = 12
  while (at + 8 <= end) {
    const name = String.fromCodePoint(...bytes.subarray(at, at + 4))
    const length = view.getUint32(at + 4, true)
    const content = bytes.subarray(at + 8, at + 8 + length)
    if (at + 8 + length > end) return 'damaged'
    if (name === 'ANIM' || name === 'ANMF') return 'animated'
    if (name === 'VP8X') {
      if (length < 10) return 'damaged'
      if (((content[0] ?? 0) & 0x02) !== 0) return 'animated'
      canvas = { width: 1 + threeBytes(content, 4), height: 1 + threeBytes(content, 7) }
    }
    if (name === 'VP8 ' || name === 'VP8L') {
      const found: Size | undefined = name === 'VP8 ' ? lossy(content) : lossless(content)
      if (size !== undefined || found === undefined) return 'damaged'
      size = found
    }
    if (name === 'EXIF') orientation = orientationIn(exifIn(content))
    at += 8 + length + (length % 2)
  }
  if (size === undefined) return 'damaged'
  if (canvas && (canvas.width !== size.width || canvas.height !== size.height)) return 'damaged'
  return { ...size, orientation, end }
}

const threeBytes = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)

function lossy(content: Uint8Array): Size | undefined {
  if (content.length < 10 || threeBytes(content, 3) !== 0x2a019d) return undefined
  return { width: threeBytes(content, 6) & 0x3fff, height: (threeBytes(content, 7) >> 8) & 0x3fff }
}

function lossless(content: Uint8Array): Size | undefined {
  if (content.length < 5 || content[0] !== 0x2f) return undefined
  const bits = new DataView(content.buffer, content.byteOffset).getUint32(1, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

/** Some writers put the name of EXIF before it, as a JPEG has it. */
const exifIn = (content: Uint8Array): Uint8Array =>
  String.fromCodePoint(...content.subarray(0, 6)) === 'Exif\0\0' ? content.subarray(6) : content
