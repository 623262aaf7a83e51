import { crc32, deflateSync } from 'node:zlib'

/** Red, green, blue and opacity of a pixel, 0 to 255. */
export type Colour = readonly [number, number, number, number]

/** A PNG of that size in pixels, painted pixel by pixel, with further chunks before its pixels. */
export function pngOf(
  width: number,
  height: number,
  paint: (x: number, y: number) => Colour,
  chunks: readonly (readonly [name: string, content: Buffer])[] = [],
): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 4))
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rows.set(paint(x, y), y * (1 + width * 4) + 1 + x * 4)
  return pngFile(width, height, deflateSync(rows), chunks)
}

/** A PNG that declares that size, whatever its pixels are. */
export function pngFile(
  width: number,
  height: number,
  pixels: Buffer,
  chunks: readonly (readonly [name: string, content: Buffer])[] = [],
): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits for each of red, green, blue and opacity.
  header.set([8, 6], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...chunks.map(([name, content]) => chunk(name, content)),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content])
  const made = Buffer.alloc(body.length + 8)
  made.writeUInt32BE(content.length, 0)
  made.set(body, 4)
  made.writeUInt32BE(crc32(body), body.length + 4)
  return made
}
