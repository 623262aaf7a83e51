import { describe, expect, it } from 'vitest'
import { pngOf } from '../../bin/photos/png.ts'
import { takeWith } from '../../functions/catalog/adapters/photo-checks.sqs.ts'
import type { PhotoPlace } from '../../functions/catalog/adapters/photo-bucket.ts'
import { type Shrink, Undecodable } from '../../functions/catalog/adapters/shrink.ts'
import { sweepPhotos } from '../../functions/catalog/on/due.ts'
import { checkPhoto } from '../../functions/catalog/on/photo.ts'
import { type ShopPhoto, maxPublishedBytes } from '../../schemas/photos.ts'
import { shop } from './catalog-shop.ts'

const sku = 'LAMP'
const minutes = (count: number): number => count * 60_000

/** A product of which a photo waits, on a clock that stands. */
async function studio(shrink: Shrink = async ({ bytes }) => sizesOf(bytes)) {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const clock = { now: () => now, sleep: async () => {} }
  const { deps, bucket, call, table, create } = shop(undefined, clock)
  await create(sku)
  const asked: PhotoPlace[] = []
  const checks = { ask: async (place: PhotoPlace) => void asked.push(place) }
  const place = async (body: object = {}): Promise<PhotoPlace> => {
    const added = await call('POST /products/{sku}/photos', {
      as: 'operator',
      params: { sku },
      body: { contentType: 'image/png', ...body },
    })
    return { id: (added.body as unknown as { readonly id: string }).id, sku }
  }
  return {
    bucket,
    asked,
    place,
    table,
    call,
    check: (of: PhotoPlace) => checkPhoto({ ...deps, shrink }, of),
    sweepAfter: (ms: number) => {
      now += ms
      return sweepPhotos({ ...deps, bucket, checks })
    },
    photos: async (): Promise<readonly ShopPhoto[]> => {
      const { body } = await call('GET /products/{sku}/photos', { as: 'operator', params: { sku } })
      return (body as unknown as { readonly items: readonly ShopPhoto[] }).items
    },
    remove: ({ id }: PhotoPlace) => call('DELETE /products/{sku}/photos/{id}', { as: 'operator', params: { sku, id } }),
  }
}

const sizesOf = (bytes: Uint8Array) =>
  (['320', '1280'] as const).map((width) => ({
    width,
    contentType: 'image/jpeg' as const,
    bytes: Buffer.concat([Buffer.from(width), bytes]),
  }))
const red = pngOf(2, 2, () => [255, 0, 0, 255])
const blue = pngOf(2, 2, () => [0, 0, 255, 255])

describe('the check of a photo', () => {
  it('publishes both sizes under names of their content, and leaves nothing of what was sent', async () => {
    const { bucket, place, check, photos } = await studio()
    const of = await place()
    bucket.sent.set(of.id, red)
    expect(await check(of)).toBe('published')
    const [photo] = await photos()
    for (const url of Object.values(photo!.urls!))
      expect(url).toMatch(/^https:\/\/photos\.test\/photos\/pho_1\/[0-9a-f]{32}\.jpg$/)
    expect([...bucket.published.keys()].toSorted()).toEqual(
      Object.values(photo!.urls!)
        .map((url) => url.slice('https://photos.test/photos/'.length))
        .toSorted(),
    )
    expect(bucket.sent.size).toBe(0)
  })

  it('has one winner where two files come by one form, and the files of the other one are swept', async () => {
    let other: (() => Promise<unknown>) | undefined
    const world = await studio(async ({ bytes }) => {
      const meanwhile = other
      other = undefined
      await meanwhile?.()
      return sizesOf(bytes)
    })
    const { bucket, place, check, photos, sweepAfter } = world
    const of = await place()
    bucket.sent.set(of.id, red)
    other = async () => {
      bucket.sent.set(of.id, blue)
      expect(await check(of)).toBe('published')
    }
    expect(await check(of)).toBe('late')
    expect(bucket.published.size).toBe(4)
    const [before] = await photos()
    await sweepAfter(minutes(9))
    expect(bucket.published.size).toBe(4)
    expect(await sweepAfter(minutes(2))).toMatchObject({ tidied: 1 })
    expect(bucket.published.size).toBe(2)
    expect(await photos()).toEqual([before])
    expect(await sweepAfter(minutes(60))).toMatchObject({ tidied: 0, failed: 0 })
  })

  it('refuses what does not decode, and fails where the codec fails for another reason', async () => {
    const broken = await studio(async () => {
      throw new Undecodable('cut')
    })
    const of = await broken.place()
    broken.bucket.sent.set(of.id, red)
    expect(await broken.check(of)).toBe('refused')
    expect((await broken.photos())[0]?.refusal?.code).toBe('damaged')

    const failing = await studio(async () => {
      throw new Error('out of memory')
    })
    const other = await failing.place()
    failing.bucket.sent.set(other.id, red)
    await expect(failing.check(other)).rejects.toThrow('out of memory')
    expect((await failing.photos())[0]?.state).toBe('waiting')
  })

  it('refuses what no answer could carry, and publishes no size of it', async () => {
    const largest = async (bytes: number) => {
      const world = await studio(async (image) => {
        const [small, large] = sizesOf(image.bytes)
        return [small!, { ...large!, bytes: Buffer.alloc(bytes) }]
      })
      const of = await world.place()
      world.bucket.sent.set(of.id, red)
      return { ...world, checked: await world.check(of) }
    }
    const over = await largest(maxPublishedBytes + 1)
    expect(over.checked).toBe('refused')
    expect((await over.photos())[0]?.refusal).toEqual({
      code: 'too_detailed',
      detail: expect.stringContaining('larger than 4 MB'),
    })
    expect(over.bucket.published.size).toBe(0)
    expect(over.bucket.sent.size).toBe(0)
    const within = await largest(maxPublishedBytes)
    expect(within.checked).toBe('published')
    // What Lambda takes of a function in answer.
    expect(Math.ceil(maxPublishedBytes / 3) * 4 + 4_096).toBeLessThan(6_291_556)
  })

  it('is asked for by messages of the bucket and of the sweep, and of no other key', async () => {
    const seen: PhotoPlace[] = []
    const take = takeWith(async (place) => {
      seen.push(place)
      return 'missing'
    })
    const record = (key: string) => ({ s3: { object: { key } } })
    await take(JSON.stringify({ Records: [record('uploads/pho_1/A.b-C_d'), record('photos/pho_1/a.jpg')] }), 0)
    await take(JSON.stringify({ Event: 's3:TestEvent' }), 0)
    await take(JSON.stringify({ photo: { id: 'pho_2', sku: 'B' } }), 0)
    expect(seen).toEqual([
      { id: 'pho_1', sku: 'A.b-C_d' },
      { id: 'pho_2', sku: 'B' },
    ])
  })
})

describe('the sweep of photos', () => {
  it('expires a photo whose file never came, two minutes after its form', async () => {
    const { place, photos, sweepAfter } = await studio()
    await place()
    expect(await sweepAfter(minutes(6))).toMatchObject({ expired: 0 })
    expect(await sweepAfter(minutes(1))).toMatchObject({ expired: 1 })
    expect(await photos()).toMatchObject([{ state: 'expired' }])
  })

  it('asks three times for a check whose message was lost, then refuses the photo', async () => {
    const { bucket, asked, place, photos, sweepAfter } = await studio()
    const of = await place()
    bucket.sent.set(of.id, red)
    for (const wait of [7, 10, 10]) expect(await sweepAfter(minutes(wait))).toMatchObject({ asked: 1 })
    expect(asked).toEqual([of, of, of])
    expect(await sweepAfter(minutes(10))).toMatchObject({ refused: 1 })
    expect(await photos()).toMatchObject([{ state: 'refused', refusal: { code: 'not_checked' } }])
    await sweepAfter(minutes(6))
    expect(bucket.sent.size).toBe(0)
  })

  it('deletes the files of a photo that is deleted, also what came by its form after that', async () => {
    const { bucket, place, check, sweepAfter, remove } = await studio()
    const of = await place()
    bucket.sent.set(of.id, red)
    await check(of)
    await remove(of)
    bucket.sent.set(of.id, blue)
    expect(await check(of)).toBe('late')
    bucket.sent.set(of.id, blue)
    await sweepAfter(minutes(11))
    expect([bucket.sent.size, bucket.published.size]).toEqual([0, 0])
  })
})
