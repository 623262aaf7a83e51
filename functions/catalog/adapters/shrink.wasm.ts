import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js'
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js'
import decodePng, { init as initPng } from '@jsquash/png/decode.js'
import resize, { initResize } from '@jsquash/resize'
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js'
import encodeWebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js'
import { photoWidths } from '../../../schemas/photos.ts'
import type { Image } from '../core/image.ts'
import { type Pixels, fitted, isOpaque, upright } from '../core/pixels.ts'
import { codecs } from './codecs.ts'
import { provideImageData } from './image-data.ts'
import { type Shrink, type Shrunk, Undecodable } from './shrink.ts'

/** Of 100; differences to the original are hard to see from here on. */
const quality = 80

/** A codec beside the bundle, or where npm has put it. */
function fileOf(codec: string): string {
  const bundled = join(import.meta.dirname, 'codecs', basename(codec))
  return existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve(codec)
}

// The types of Node know WebAssembly as a name of types alone.
const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (code: Uint8Array) => WebAssembly.Module } })
  .WebAssembly

/** Each codec is compiled when it is first needed, which takes it a few milliseconds. */
const ready = new Map<string, Promise<unknown>>()
function load(codec: string, init: (module: WebAssembly.Module) => Promise<unknown>): Promise<unknown> {
  const known = ready.get(codec) ?? init(new Module(readFileSync(fileOf(codec))))
  ready.set(codec, known)
  return known
}

const decoders = {
  'image/jpeg': async (bytes: ArrayBuffer) => {
    await load(codecs.jpegDecoder, initJpegDecoder)
    return decodeJpeg(bytes)
  },
  'image/png': async (bytes: ArrayBuffer) => {
    await load(codecs.png, initPng)
    return decodePng(bytes)
  },
  'image/webp': async (bytes: ArrayBuffer) => {
    await load(codecs.webpDecoder, initWebpDecoder)
    return decodeWebp(bytes)
  },
}

async function decoded({ type, bytes, width, height }: Image): Promise<Pixels> {
  let found: Pixels
  try {
    found = (await decoders[type](new Uint8Array(bytes).buffer)) as Pixels
  } catch (error) {
    // What a decoder that gave up has left in its memory is nobody's business.
    ready.clear()
    throw new Undecodable(String(error))
  }
  if (found.width !== width || found.height !== height) throw new Undecodable('another size than it declares')
  return found
}

/**
 * Makes the sizes of an image with the codecs of Squoosh, compiled to WebAssembly: JPEG, and WebP where the image is not opaque. What is encoded
 * are pixels alone: no metadata and nothing else of the file comes along.
 */
export const wasmShrink: Shrink = async (image) => {
  provideImageData()
  const pixels = await decoded(image)
  await load(codecs.resize, initResize)
  const made: Shrunk[] = []
  for (const most of photoWidths) {
    const size = fitted(pixels, image.orientation, most)
    const isSame = size.width === pixels.width && size.height === pixels.height
    const smaller = isSame ? pixels : ((await resize(pixels, size)) as Pixels)
    made.push({ width: `${most}`, ...(await encoded(upright(smaller, image.orientation))) })
  }
  return made
}

async function encoded(pixels: Pixels): Promise<Pick<Shrunk, 'contentType' | 'bytes'>> {
  if (isOpaque(pixels)) {
    await load(codecs.jpegEncoder, initJpegEncoder)
    return { contentType: 'image/jpeg', bytes: new Uint8Array(await encodeJpeg(pixels, { quality })) }
  }
  await load(codecs.webpEncoder, initWebpEncoder)
  return { contentType: 'image/webp', bytes: new Uint8Array(await encodeWebp(pixels, { quality })) }
}
