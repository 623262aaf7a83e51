import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pngFile, pngOf } from '../../bin/photos/png.ts'
import { wasmShrink } from '../../functions/catalog/adapters/shrink.wasm.ts'
import { Undecodable } from '../../functions/catalog/adapters/shrink.ts'
import { type Image, inspect } from '../../functions/catalog/core/image.ts'
import { maxPhotoBytes, maxPublishedBytes, mostHeights } from '../../schemas/photos.ts'
import { jpegOf, seen, webpOf, withExif } from '../local/pictures.ts'

const red = [220, 20, 20, 255] as const
const png = pngOf(7, 5, () => red)
const jpeg = await jpegOf(64, 48, () => red)
const webp = await webpOf(33, 21, () => red)
const pixels = png.subarray(-40)

/** A chunk of a WebP. */
const chunk = (name: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.write(name)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}
const riff = (...chunks: Buffer[]): Buffer => {
  const content = Buffer.concat([Buffer.from('WEBP'), ...chunks])
  const head = Buffer.alloc(8)
  head.write('RIFF')
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}
const extended = (flags: number, width: number, height: number): Buffer => {
  const content = Buffer.alloc(10)
  content[0] = flags
  content.writeUIntLE(width - 1, 4, 3)
  content.writeUIntLE(height - 1, 7, 3)
  return chunk('VP8X', content)
}
/** What stands behind the head of a simple WebP. */
const frame = webp.subarray(12)

/** The JPEG with the header of its frame changed: 2 is its precision, 7 its channels, each behind the length. */
function withFrame(change: (frame: Buffer) => void): Buffer {
  const copy = Buffer.from(jpeg)
  const at = copy.findIndex((byte, index) => byte === 0xff && [0xc0, 0xc1, 0xc2].includes(copy[index + 1] ?? 0))
  change(copy.subarray(at + 2))
  return copy
}

describe('an image', () => {
  it.each([
    ['image/jpeg', jpeg, 64, 48],
    ['image/png', png, 7, 5],
    ['image/webp', webp, 33, 21],
    ['image/webp', riff(extended(0, 33, 21), frame), 33, 21],
  ] as const)('of type %s is taken with its size, without what stands behind it', (type, file, width, height) => {
    const found = inspect(Buffer.concat([file, Buffer.from('<script>')]), type)
    expect(found).toMatchObject({ type, width, height, orientation: 1, end: file.length })
    expect((found as Image).bytes).toHaveLength(file.length)
  })

  it.each([1, 3, 6, 8])('has the orientation %i of its metadata', (orientation) => {
    expect(inspect(withExif(jpeg, orientation, 'x'), 'image/jpeg')).toMatchObject({ orientation })
  })

  it.each([
    ['another type than declared', png, 'image/jpeg', 'type_mismatch'],
    ['no bytes', Buffer.alloc(0), 'image/jpeg', 'not_an_image'],
    ['more than 5 MB', Buffer.concat([jpeg, Buffer.alloc(maxPhotoBytes)]), 'image/jpeg', 'too_large'],
    ['40 million pixels and more', pngFile(8_001, 5_000, pixels), 'image/png', 'too_many_pixels'],
    ['a side that is too long', pngFile(16_001, 1, pixels), 'image/png', 'too_many_pixels'],
    ['no width', pngFile(0, 5, pixels), 'image/png', 'damaged'],
    ['frames', pngOf(1, 1, () => red, [['acTL', Buffer.alloc(8)]]), 'image/png', 'animated'],
    ['a flag of frames', riff(extended(2, 33, 21), frame), 'image/webp', 'animated'],
    ['a frame of another size', riff(extended(0, 5_000, 5_000), frame), 'image/webp', 'damaged'],
    ['two frames', riff(frame, frame), 'image/webp', 'damaged'],
    ['four channels', withFrame((header) => (header[7] = 4)), 'image/jpeg', 'unsupported'],
    ['twelve bits', withFrame((header) => (header[2] = 12)), 'image/jpeg', 'unsupported'],
    ['no end', jpeg.subarray(0, -2), 'image/jpeg', 'damaged'],
    ['two beginnings', Buffer.concat([jpeg.subarray(0, 2), jpeg]), 'image/jpeg', 'damaged'],
    ['a second header', Buffer.concat([png.subarray(0, 33), png.subarray(8)]), 'image/png', 'damaged'],
  ] as const)('with %s is refused', (_, file, type, code) => {
    expect(inspect(file, type)).toBe(code)
  })

  it('that is cut anywhere is refused, and nothing is read behind its end', () => {
    for (const [file, type] of [
      [jpeg, 'image/jpeg'],
      [png, 'image/png'],
      [webp, 'image/webp'],
      [withExif(jpeg, 6, 'x'), 'image/jpeg'],
    ] as const)
      for (let length = 0; length < file.length; length += 1)
        expect(inspect(file.subarray(0, length), type)).toBeTypeOf('string')
  })

  it('with any bytes changed is taken or refused, and no reader fails', () => {
    const files = [[jpeg, 'image/jpeg'], [png, 'image/png'], [webp, 'image/webp']] as const // prettier-ignore
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    const sample = fc.tuple(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 8 }))
    fc.assert(
      fc.property(sample, ([[file, type], changes]) => {
        const copy = Buffer.from(file)
        for (const [at, byte] of changes) copy[at % copy.length] = byte
        const found = inspect(copy, type)
        expect(typeof found === 'string' || found.end <= copy.length).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the codec', () => {
  const shrunk = async (file: Buffer, type: Image['type']) => wasmShrink(inspect(file, type) as Image)

  it('makes both sizes of each type, of its pixels alone', async () => {
    for (const [file, type] of [
      [withExif(await jpegOf(1_600, 40, () => red), 1, 'a secret'), 'image/jpeg'],
      [pngOf(1_600, 40, () => red), 'image/png'],
      [await webpOf(1_600, 40, () => red), 'image/webp'],
    ] as const) {
      const sizes = await shrunk(file, type)
      expect(sizes.map(({ width, contentType }) => [width, contentType])).toEqual([
        ['320', 'image/jpeg'],
        ['1280', 'image/jpeg'],
      ])
      for (const { width, bytes } of sizes) {
        expect(Buffer.from(bytes).includes('a secret')).toBe(false)
        expect(await seen(Buffer.from(bytes))).toMatchObject({ width: Number(width), height: Number(width) / 40 })
      }
    }
  })

  it.each([
    ['a tall one', 400, 1_000, 1, '320 800', '400 1000'],
    ['one that is too high', 40, 8_400, 1, '4 800', '15 3200'],
    ['one that is too high when it is upright', 8_400, 40, 6, '4 800', '15 3200'],
    ['a wide one that lies', 40, 8_400, 6, '320 2', '1280 6'],
  ])('keeps %s whole', async (_, width, height, orientation, small, large) => {
    const file = await jpegOf(width, height, () => red)
    const sizes = await shrunk(withExif(file, orientation, 'x'), 'image/jpeg')
    const shown = await Promise.all(sizes.map(({ bytes }) => seen(Buffer.from(bytes))))
    expect(shown.map((each) => `${each.width} ${each.height}`)).toEqual([small, large])
  })

  it('makes of the noisiest picture of the highest form what an answer can carry', async () => {
    // Each channel is on or off by chance, from a generator of its own.
    let state = 1
    const bit = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state >>> 31 ? 255 : 0
    }
    const [width, height] = [320, 320 * mostHeights]
    const sizes = await shrunk(
      pngOf(width, height, () => [bit(), bit(), bit(), 255]),
      'image/png',
    )
    for (const { bytes } of sizes) {
      expect(await seen(Buffer.from(bytes))).toMatchObject({ width, height })
      // Noise takes the same for each pixel at any size: the larger form has sixteen times as many.
      expect(bytes.length * (1_280 / width) ** 2).toBeGreaterThan(3_000_000)
      expect(bytes.length * (1_280 / width) ** 2).toBeLessThan(maxPublishedBytes)
    }
  })

  it('gives up on what cannot be decoded, and decodes the next one', async () => {
    const cut = { ...(inspect(jpeg, 'image/jpeg') as Image), bytes: jpeg.subarray(0, 40) }
    await expect(shrunk(pngFile(9, 9, Buffer.from('none')), 'image/png')).rejects.toBeInstanceOf(Undecodable)
    await expect(wasmShrink(cut)).rejects.toBeInstanceOf(Undecodable)
    expect(await shrunk(jpeg, 'image/jpeg')).toHaveLength(2)
    expect(await shrunk(png, 'image/png')).toHaveLength(2)
  })
})
