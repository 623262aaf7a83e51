const orientationTag = 0x0112
const maxEntries = 512

/** The orientation in an EXIF block, which begins with its TIFF header; 1 where it has none that counts. */
export function orientationIn(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength)
  if (exif.length < 8) return 1
  const order = view.getUint16(0)
  if (order !== 0x4949 && order !== 0x4d4d) return 1
  const isLittle = order === 0x4949
  const first = view.getUint32(4, isLittle)
  if (first + 2 > exif.length) return 1
  const count = Math.min(view.getUint16(first, isLittle), maxEntries)
  for (let index = 0; index < count; index += 1) {
    const at = first + 2 + index * 12
    if (at + 12 > exif.length) return 1
    if (view.getUint16(at, isLittle) !== orientationTag) continue
    const value = view.getUint16(at + 8, isLittle)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}
