import type { Read } from './image-facts.ts'
import { orientationIn } from './image-exif.ts'

/** A progressive image has ten or so; thousands of them keep a decoder busy for minutes. */
const maxScans = 100

const marker = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  exif: 0xe1,
} as const

/** Baseline, extended and progressive frames, as decoders take them. */
const frames = new Set([0xc0, 0xc1, 0xc2])
const isFrame = (code: number): boolean => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code)
const isAlone = (code: number): boolean => code === 0x01 || (code >= 0xd0 && code <= 0xd7)

/** Reads the segments of a JPEG to its end. */
export function readJpeg(bytes: Uint8Array): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let size: { readonly width: number; readonly height: number } | undefined
  let orientation = 1
  let scans = 0
  let at = 2
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return 'damaged'
    const code = bytes[at + 1] ?? 0
    if (code === 0xff) {
      at += 1
      continue
    }
    at += 2
    if (code === marker.end) return size === undefined || scans === 0 ? 'damaged' : { ...size, orientation, end: at }
    if (isAlone(code)) continue
    if (code === marker.start || at + 2 > bytes.length) return 'damaged'
    const length = view.getUint16(at)
    const next = at + length
    if (length < 2 || next > bytes.length) return 'damaged'
    if (isFrame(code)) {
      if (size !== undefined || length < 8) return 'damaged'
      const channels = bytes[at + 7] ?? 0
      if (!frames.has(code) || bytes[at + 2] !== 8 || (channels !== 1 && channels !== 3)) return 'unsupported'
      size = { height: view.getUint16(at + 3), width: view.getUint16(at + 5) }
    }
    if (code === marker.exif && isExif(bytes, at + 2, next)) orientation = orientationIn(bytes.subarray(at + 8, next))
    at = next
    if (code !== marker.scan) continue
    scans += 1
    if (scans > maxScans) return 'unsupported'
    at = endOfScan(bytes, at)
  }
  return 'damaged'
}

const isExif = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from >= 6 && String.fromCodePoint(...bytes.subarray(from, from + 6)) === 'Exif\0\0'

/** Where the next marker stands: within a scan, 0xff is followed by 0, or by a number from 0xd0 to 0xd7. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}
