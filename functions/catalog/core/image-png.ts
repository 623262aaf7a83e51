import type { Read } from './image-facts.ts'
import { orientationIn } from './image-exif.ts'

/** Reads the chunks of a PNG to its end. */
export function readPng(bytes: Uint8Array): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let size: { readonly width: number; readonly height: number } | undefined
  let orientation = 1
  let hasPixels = false
  let at = 8
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at)
    const name = String.fromCodePoint(...bytes.subarray(at + 4, at + 8))
    const content = at + 8
    const next = content + length + 4
    if (next > bytes.length || (size === undefined) !== (name === 'IHDR')) return 'damaged'
    if (name === 'IHDR') {
      if (length !== 13) return 'damaged'
      size = { width: view.getUint32(content), height: view.getUint32(content + 4) }
    }
    if (name === 'acTL') return 'animated'
    if (name === 'IDAT') hasPixels = true
    if (name === 'eXIf') orientation = orientationIn(bytes.subarray(content, content + length))
    if (name === 'IEND') return size && hasPixels ? { ...size, orientation, end: next } : 'damaged'
    at = next
  }
  return 'damaged'
}
