import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import decodeJpeg, { init as initDecoder } from '@jsquash/jpeg/decode.js'
import encodeJpeg, { init as initEncoder } from '@jsquash/jpeg/encode.js'
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js'
import encodeWebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js'
import { provideImageData } from '../../functions/catalog/adapters/image-data.ts'
import { codecs } from '../../functions/catalog/adapters/codecs.ts'
import type { Colour } from '../../bin/photos/png.ts'

const { resolve } = createRequire(import.meta.url)
const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (code: Uint8Array) => WebAssembly.Module } })
  .WebAssembly
const moduleOf = (codec: string): WebAssembly.Module => new Module(readFileSync(resolve(codec)))

interface Picture {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

const ready = Promise.all([
  initDecoder(moduleOf(codecs.jpegDecoder)),
  initEncoder(moduleOf(codecs.jpegEncoder)),
  initWebpDecoder(moduleOf(codecs.webpDecoder)),
  initWebpEncoder(moduleOf(codecs.webpEncoder)),
]).then(provideImageData)

function painted(width: number, height: number, paint: (x: number, y: number) => Colour): Picture {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data.set(paint(x, y), (y * width + x) * 4)
  return { data, width, height }
}

export async function jpegOf(...picture: Parameters<typeof painted>): Promise<Buffer> {
  await ready
  return Buffer.from(await encodeJpeg(painted(...picture) as never, { quality: 90 }))
}

export async function webpOf(...picture: Parameters<typeof painted>): Promise<Buffer> {
  await ready
  return Buffer.from(await encodeWebp(painted(...picture) as never, { quality: 90 }))
}

/** What a JPEG or a WebP shows. */
export async function seen(
  file: Buffer,
): Promise<{ width: number; height: number; at: (x: number, y: number) => Colour }> {
  await ready
  const decode = file[0] === 0xff ? decodeJpeg : decodeWebp
  const { width, height, data } = (await decode(new Uint8Array(file).buffer)) as unknown as Picture
  return {
    width,
    height,
    at: (x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] as unknown as Colour,
  }
}

/** The JPEG with metadata before its pixels: an orientation from 1 to 8, and a text. */
export function withExif(jpeg: Buffer, orientation: number, text: string): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('MM')
  tiff.writeUInt16BE(42, 2)
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(0x0112, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff])),
    segment(0xfe, Buffer.from(text)),
    jpeg.subarray(2),
  ])
}

function segment(code: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, code, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}
