import { deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { pngFile, pngOf } from '../../bin/photos/png.ts'
import type { PhotoType, ShopPhoto } from '../../schemas/photos.ts'
import { advance, died, killAt, settle } from './control.ts'
import { postTo } from './form.ts'
import { jpegOf, seen, webpOf, withExif } from './pictures.ts'
import { type SignedIn, anonymous, isLocal, newcomer, raw, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
beforeAll(async () => {
  operator = await signIn('operator')
})

const red = [220, 20, 20, 255] as const
const blue = [20, 20, 220, 255] as const
const clear = [0, 0, 0, 0] as const
/** Red on the left, blue on the right. */
const halves = (width: number) => (x: number) => (x < width / 2 ? red : blue)

type Added = Awaited<ReturnType<SignedIn['api']['addPhoto']>>
const add = (sku: string, more: { contentType?: PhotoType; alt?: string; replaces?: string } = {}): Promise<Added> =>
  operator.api.addPhoto({ params: { sku }, body: { contentType: 'image/jpeg', ...more } })
const send = ({ upload }: Added, file: Buffer, changed?: Record<string, string>) =>
  postTo(upload, new Uint8Array(file), changed)
const photosOf = async (sku: string) => (await operator.api.listPhotos({ params: { sku } })).items
const photo = async (sku: string, { id }: Pick<Added, 'id'>) => (await photosOf(sku)).find((each) => each.id === id)
const ended = (sku: string, added: Pick<Added, 'id'>): Promise<ShopPhoto> =>
  until(
    () => photo(sku, added) as Promise<ShopPhoto>,
    (found) => found !== undefined && found.state !== 'waiting',
  )
const shown = async (sku: string) => (await anonymous.getProduct({ params: { sku } })).photos

/** Adds a photo, sends its file and waits for the check. */
async function published(sku: string, file: Buffer, more: Parameters<typeof add>[1] = {}): Promise<ShopPhoto> {
  const added = await add(sku, more)
  expect(await send(added, file)).toBe(204)
  return ended(sku, added)
}

async function fileAt(url: string | undefined): Promise<{ response: Response; file: Buffer }> {
  const response = await fetch(url!)
  return { response, file: Buffer.from(await response.arrayBuffer()) }
}

describe('a photo', () => {
  it('goes up to S3, is checked, and comes back in two sizes for everybody', async () => {
    const sku = await stocked(operator, 0)
    const added = await add(sku, { alt: 'A heart' })
    expect(Date.parse(added.expiresAt)).toBeGreaterThan(0)
    expect(await shown(sku)).toEqual([])
    expect(await photosOf(sku)).toMatchObject([{ id: added.id, state: 'waiting', contentType: 'image/jpeg' }])

    expect(await send(added, await jpegOf(1_600, 800, halves(1_600)))).toBe(204)
    expect(await ended(sku, added)).toMatchObject({ state: 'published', alt: 'A heart' })
    const [found] = await shown(sku)
    expect(found).toEqual({
      id: added.id,
      alt: 'A heart',
      urls: { '320': expect.any(String), '1280': expect.any(String) },
    })
    for (const width of [320, 1_280] as const) {
      const { response, file } = await fileAt(found?.urls[`${width}`])
      expect(response.headers.get('content-type')).toBe('image/jpeg')
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(found?.urls[`${width}`]).toContain(`/photos/${added.id}/`)
      expect(await seen(file)).toMatchObject({ width, height: width / 2 })
    }
    const { items } = await anonymous.listProducts({ query: { q: sku } })
    expect(items[0]?.photos).toEqual([found])
  })

  it('stands as its orientation means it, without a trace of its metadata', async () => {
    const sku = await stocked(operator, 0)
    // The camera was turned: 6 is to be turned by 90 degrees, so that the left is at the top.
    const file = withExif(await jpegOf(800, 400, halves(800)), 6, 'taken at 52.6369 N 1.1398 W')
    const { urls } = await published(sku, file)
    const { file: large } = await fileAt(urls?.['1280'])
    expect(large.includes('52.6369')).toBe(false)
    expect(large.includes('Exif')).toBe(false)
    const picture = await seen(large)
    expect([picture.width, picture.height]).toEqual([400, 800])
    expect(picture.at(200, 100)[0]).toBeGreaterThan(150)
    expect(picture.at(200, 700)[2]).toBeGreaterThan(150)
  })

  it('may be a PNG or a WebP, keeps what one sees through, and never grows', async () => {
    const sku = await stocked(operator, 0)
    const see = (x: number) => (x < 50 ? clear : blue)
    const png = await published(sku, pngOf(100, 60, see), { contentType: 'image/png' })
    const { response, file } = await fileAt(png.urls?.['1280'])
    expect(response.headers.get('content-type')).toBe('image/webp')
    const picture = await seen(file)
    expect([picture.width, picture.height, picture.at(10, 30)[3]]).toEqual([100, 60, 0])
    const webp = await published(sku, await webpOf(100, 60, () => red), { contentType: 'image/webp' })
    expect(await seen((await fileAt(webp.urls?.['320'])).file)).toMatchObject({ width: 100, height: 60 })
    expect((await shown(sku)).map(({ id }) => id)).toEqual([png.id, webp.id])
  })

  it('is changed, moved, replaced where it stands, and deleted with its files', async () => {
    const sku = await stocked(operator, 0)
    const file = await jpegOf(40, 40, () => red)
    const first = await published(sku, file, { alt: 'First' })
    const second = await published(sku, file, { alt: 'Second' })
    const params = { sku, id: second.id }
    expect(await operator.api.updatePhoto({ params, body: { alt: 'Last', position: 1 } })).toMatchObject({
      alt: 'Last',
    })
    expect((await shown(sku)).map(({ alt }) => alt)).toEqual(['Last', 'First'])

    const replacement = await add(sku, { replaces: second.id })
    await expect(add(sku, { replaces: second.id })).rejects.toMatchObject({ code: 'photo_being_replaced' })
    expect((await shown(sku)).map(({ id }) => id)).toEqual([second.id, first.id])
    await send(replacement, await jpegOf(40, 40, () => blue))
    await ended(sku, replacement)
    expect((await shown(sku)).map(({ id, alt }) => [id, alt])).toEqual([
      [replacement.id, 'Last'],
      [first.id, 'First'],
    ])

    await operator.api.deletePhoto({ params: { sku, id: first.id } })
    expect((await shown(sku)).map(({ id }) => id)).toEqual([replacement.id])
    await expect(operator.api.deletePhoto({ params: { sku, id: first.id } })).rejects.toMatchObject({
      code: 'photo_not_found',
    })
    if (!isLocal) return
    await advance('12m')
    for (const url of [first.urls?.['320'], second.urls?.['1280']])
      expect((await fileAt(url)).response.status).toBe(404)
    const [left] = await shown(sku)
    expect((await fileAt(left?.urls['320'])).response.status).toBe(200)
  })

  it('is one of ten at most, of which one may be replaced', async () => {
    const sku = await stocked(operator, 0)
    const added = []
    for (let index = 0; index < 10; index += 1) added.push(await add(sku))
    await expect(add(sku)).rejects.toMatchObject({ code: 'too_many_photos' })
    await operator.api.deletePhoto({ params: { sku, id: added[0]!.id } })
    expect((await add(sku)).id).toBeTruthy()
  })

  it('is added once for one Idempotency-Key, whose second answer has no form', async () => {
    const sku = await stocked(operator, 0)
    const idempotencyKey = unique('photo')
    const asked = { params: { sku }, body: { contentType: 'image/png' }, idempotencyKey } as const
    const first = await operator.api.addPhoto(asked)
    const { upload, ...rest } = first
    expect(upload?.fields).toMatchObject({ 'content-type': 'image/png' })
    expect(await operator.api.addPhoto(asked)).toEqual({ ...rest, withheld: ['upload'] })
    expect(await photosOf(sku)).toHaveLength(1)
  })

  it('goes with its product', async () => {
    const sku = await stocked(operator, 0)
    const { urls } = await published(sku, await jpegOf(40, 40, () => red))
    const waiting = await add(sku)
    await operator.api.retireProduct({ params: { sku } })
    await until(
      () => raw({ method: 'GET', path: `/products/${sku}` }),
      ({ status }) => status === 404,
    )
    await expect(photosOf(sku)).rejects.toMatchObject({ code: 'product_not_found' })
    expect(await send(waiting, await jpegOf(40, 40, () => red))).toBe(204)
    if (!isLocal) return
    await settle()
    await advance('12m')
    expect((await fileAt(urls?.['320'])).response.status).toBe(404)
    await operator.api.createProduct({ body: { sku, name: 'Again', price: { amount: 1, currency: 'GBP' } } })
    expect(await photosOf(sku)).toEqual([])
  })
})

describe('the form of a photo', () => {
  it('takes exactly its key and type, and 5 MB at most', async () => {
    const sku = await stocked(operator, 0)
    const added = await add(sku)
    const file = await jpegOf(40, 40, () => red)
    expect(await send(added, file, { 'content-type': 'text/html' })).toBe(403)
    expect(await send(added, file, { key: `photos/${added.id}/other.jpg` })).toBe(403)
    expect(await send(added, Buffer.alloc(0))).toBe(400)
    expect(await send(added, Buffer.alloc(5 * 1_048_576 + 1))).toBe(400)
    expect(await photo(sku, added)).toMatchObject({ state: 'waiting' })
    expect(await send(added, Buffer.concat([file, Buffer.alloc(5 * 1_048_576 - file.length)]))).toBe(204)
    expect(await ended(sku, added)).toMatchObject({ state: 'published' })
  })

  it('changes nothing after the check, whatever is sent by it', async () => {
    const sku = await stocked(operator, 0)
    const added = await add(sku)
    await send(added, await jpegOf(40, 40, () => red))
    const first = await ended(sku, added)
    expect(await send(added, await jpegOf(40, 40, () => blue))).toBe(204)
    if (isLocal) await settle()
    expect(await ended(sku, added)).toEqual(first)
    expect((await seen((await fileAt(first.urls?.['320'])).file)).at(20, 20)[0]).toBeGreaterThan(150)
  })

  it('brings nothing back after its photo is deleted', async () => {
    const sku = await stocked(operator, 0)
    const added = await add(sku)
    await operator.api.deletePhoto({ params: { sku, id: added.id } })
    expect(await send(added, await jpegOf(40, 40, () => red))).toBe(204)
    if (isLocal) await settle()
    expect(await photosOf(sku)).toEqual([])
    expect(await shown(sku)).toEqual([])
  })

  it.runIf(isLocal)('ends after five minutes, and the photo expires without a file', async () => {
    const sku = await stocked(operator, 0)
    const added = await add(sku)
    await advance('301s')
    expect(await send(added, await jpegOf(40, 40, () => red))).toBe(403)
    await advance('3m')
    expect(await ended(sku, added)).toMatchObject({ state: 'expired' })
    expect(await shown(sku)).toEqual([])
  })

  it('is not for customers', async () => {
    const sku = await stocked(operator, 0)
    const { api } = await newcomer()
    await expect(api.addPhoto({ params: { sku }, body: { contentType: 'image/png' } })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(api.listPhotos({ params: { sku } })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

const acTL = Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
const html = Buffer.from('<html><script>alert(1)</script></html>')
const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1')

describe('a file is refused, with the reason on the photo,', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, PhotoType, string]>([
    ['that is a PNG declared as a JPEG', () => pngOf(9, 9, () => red), 'image/jpeg', 'type_mismatch'],
    ['that is a JPEG declared as a PNG', () => jpegOf(9, 9, () => red), 'image/png', 'type_mismatch'],
    ['that is an SVG', () => svg, 'image/png', 'not_an_image'],
    ['that is a GIF', () => gif, 'image/webp', 'not_an_image'],
    [
      'that is HTML before it is a JPEG',
      async () => Buffer.concat([html, await jpegOf(9, 9, () => red)]),
      'image/jpeg',
      'not_an_image',
    ],
    [
      'that unpacks to more pixels than memory holds',
      () => pngFile(50_000, 50_000, deflateSync(Buffer.alloc(100_000))),
      'image/png',
      'too_many_pixels',
    ],
    ['that is animated', () => pngOf(9, 9, () => red, [['acTL', acTL]]), 'image/png', 'animated'],
    ['that ends early', async () => (await jpegOf(90, 90, halves(90))).subarray(0, -40), 'image/jpeg', 'damaged'],
    ['whose pixels are none', () => pngFile(9, 9, Buffer.from('no pixels')), 'image/png', 'damaged'],
  ])('%s', async (_, file, contentType, code) => {
    const sku = await stocked(operator, 0)
    const added = await add(sku, { contentType })
    expect(await send(added, await file())).toBe(204)
    expect(await ended(sku, added)).toMatchObject({
      state: 'refused',
      refusal: { code, detail: expect.stringMatching(/\.$/) },
    })
    expect(await shown(sku)).toEqual([])
  })

  it('and what stands behind an image is never published', async () => {
    const sku = await stocked(operator, 0)
    const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('payload of a zip')])
    const jpeg = Buffer.concat([await jpegOf(40, 40, () => red), html, zip])
    const { state, urls } = await published(sku, jpeg)
    expect(state).toBe('published')
    for (const url of Object.values(urls ?? {})) {
      const { file } = await fileAt(url)
      expect(file.includes('<script')).toBe(false)
      expect(file.includes('payload')).toBe(false)
      expect([...file.subarray(-2)]).toEqual([0xff, 0xd9])
    }
  })
})

describe.runIf(isLocal)('a check that is killed', () => {
  it.each([
    ['before', 's3:PutObject', 2],
    ['after', 's3:PutObject', 2],
    ['before', 's3:DeleteObject', 1],
  ] as const)('%s %s goes on with the next delivery, and leaves nothing behind', async (when, operation, nth) => {
    const sku = await stocked(operator, 0)
    const added = await add(sku)
    await killAt({ function: 'catalog-Photos', operation, nth, when })
    await send(added, await jpegOf(40, 40, () => red))
    await died()
    await advance('7m')
    const { state, urls } = await ended(sku, added)
    expect(state).toBe('published')
    expect((await fileAt(urls?.['1280'])).response.status).toBe(200)
  })
})
