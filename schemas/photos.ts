import * as z from 'zod'
import { route } from './contract.ts'
import { Upload } from './imports.ts'
import { Id, Sku, Time } from './shared.ts'
import { trimmedLine } from './text.ts'

/** How many photos of a product may be published or on their way; one that comes in the place of another does not count. */
export const maxPhotos = 10
/** The largest file of a photo, in bytes. */
export const maxPhotoBytes = 5 * 1_048_576
/** How many pixels a photo may have: more than most telephones take, and 160 MB of memory. */
export const maxPixels = 40_000_000
/** How long a side of a photo may be, in pixels: what JPEG and WebP hold in any of its sizes. */
export const maxSide = 16_000
/** How long the file of a photo may be sent, in seconds. */
export const photoSeconds = 300
/** The widths that photos are published in, in pixels; a photo that is narrower keeps its own. */
export const photoWidths = [320, 1_280] as const
/** How many times as high as that width a published photo is at most; one that is higher is scaled down whole, and narrower. */
export const mostHeights = 2.5
/** The largest file that is published of a photo, in bytes: an answer of Lambda has 6 MB, and the file is base64 in it. */
export const maxPublishedBytes = 4 * 1_048_576
/** How long everybody may keep the file of a photo, in seconds: its name is made from its content. */
export const photoMaxAge = 31_536_000

export const PhotoType = z.enum(['image/jpeg', 'image/png', 'image/webp']).meta({ id: 'PhotoType' })
export type PhotoType = z.infer<typeof PhotoType>

/** Why a file is refused, as an operator reads it. */
export const photoRefusals = {
  too_large: 'The file is larger than 5 MB.',
  not_an_image: 'The file does not begin as a JPEG, a PNG or a WebP does.',
  type_mismatch: 'The file is an image of another type than its contentType.',
  too_many_pixels: 'The image has more than 40 million pixels, or a side of more than 16,000.',
  animated: 'The image is animated.',
  unsupported: 'Images of this kind are not taken: send one in RGB or grey, with 8 bits per channel in a JPEG.',
  too_detailed:
    'A published size of the image would be larger than 4 MB: send it with less noise, above all in its opacity.',
  damaged: 'The image ends early, or cannot be decoded.',
  not_checked: 'The check failed again and again: send the photo once more.',
} as const
export const PhotoRefusal = z.enum(Object.keys(photoRefusals) as [PhotoRefusal, ...PhotoRefusal[]])
export type PhotoRefusal = keyof typeof photoRefusals

const alt = trimmedLine(300)

/** What an operator enters about a photo. */
export const PhotoInput = z
  .strictObject({
    contentType: PhotoType.describe('What the file is: it is taken with exactly this type, and checked to be of it.'),
    alt: alt.optional().describe('What is to be seen, for those who cannot see it.'),
    replaces: Id.optional().describe('A published photo, whose place this one takes when it is published.'),
  })
  .meta({ id: 'PhotoInput' })

/** What may change. */
export const PhotoPatch = z
  .strictObject({
    alt: alt.nullable().optional(),
    position: z.int().min(1).max(100).optional().describe('Counts from 1; behind the last one is the end.'),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'PhotoPatch', minProperties: 1 })
export type PhotoPatch = z.infer<typeof PhotoPatch>

const urls = z
  .object({ '320': z.url(), '1280': z.url() })
  .describe(
    'By width in pixels; what is more than two and a half times as high as wide is narrower. What is under a URL never changes.',
  )

/** A published photo, as everybody sees it. */
export const Photo = z.object({ id: Id, alt: z.string().optional(), urls }).meta({ id: 'Photo' })
export type Photo = z.infer<typeof Photo>

export const PhotoState = z.enum(['waiting', 'published', 'refused', 'expired']).meta({
  id: 'PhotoState',
  description: '`waiting` for its file or for the check, `expired` when no file came in time.',
})

/** A photo as operators see it. */
export const ShopPhoto = z
  .object({
    id: Id,
    state: PhotoState,
    contentType: PhotoType.describe('Of the file that was sent.'),
    alt: z.string().optional(),
    replaces: Id.optional(),
    urls: urls.optional().describe('Of a published photo.'),
    refusal: z.object({ code: PhotoRefusal, detail: z.string() }).optional().describe('Of a refused one.'),
    createdAt: Time,
    expiresAt: Time.describe('Until then the file may be sent.'),
  })
  .meta({ id: 'ShopPhoto' })
export type ShopPhoto = z.infer<typeof ShopPhoto>

const bySku = z.strictObject({ sku: Sku })
const byId = z.strictObject({ sku: Sku, id: Id })
/** The file of a photo, named by what is in it. */
export const photoFile = z.string().regex(/^[0-9a-f]{32}\.(?:jpg|webp)$/, 'a name of the URLs of a photo')

/** Routes of catalog. */
export const routes = {
  addPhoto: route({
    method: 'POST',
    path: '/products/{sku}/photos',
    who: 'catalog:write',
    summary: 'Add a photo: the answer has the form that takes its file, which is published when it is found good',
    params: bySku,
    body: PhotoInput,
    idempotencyKey: 'optional',
    answer: {
      status: 201,
      location: '/products/{sku}/photos',
      body: z.object({
        id: Id,
        upload: Upload.optional().describe('Shown once. The first file that is checked counts, and ends the form.'),
        withheld: z.array(z.string()).optional(),
        expiresAt: Time.describe('Until then the file may be sent.'),
      }),
      once: ['upload'],
    },
    problems: ['product_not_found', 'photo_not_found', 'photo_being_replaced', 'too_many_photos'],
  }),
  listPhotos: route({
    method: 'GET',
    path: '/products/{sku}/photos',
    who: 'catalog:write',
    summary: 'The photos of a product in their order, also those that wait or were refused, and why',
    params: bySku,
    answer: { status: 200, body: z.object({ items: z.array(ShopPhoto) }) },
    problems: ['product_not_found'],
  }),
  updatePhoto: route({
    method: 'PATCH',
    path: '/products/{sku}/photos/{id}',
    who: 'catalog:write',
    summary: 'Change what is to be read about a photo, or its place among the photos of its product',
    params: byId,
    body: PhotoPatch,
    untagged: true,
    answer: { status: 200, body: ShopPhoto },
    problems: ['product_not_found', 'photo_not_found'],
  }),
  deletePhoto: route({
    method: 'DELETE',
    path: '/products/{sku}/photos/{id}',
    who: 'catalog:write',
    summary: 'Delete a photo: its form takes no file that would be published, and its files go',
    params: byId,
    untagged: true,
    answer: { status: 204 },
    problems: ['product_not_found', 'photo_not_found'],
  }),
  getPhotoFile: route({
    method: 'GET',
    path: '/photos/{id}/{file}',
    who: 'open',
    summary: 'A published photo in one of its sizes',
    params: z.strictObject({ id: Id, file: photoFile }),
    answer: { status: 200, files: ['image/jpeg', 'image/webp'], maxAge: photoMaxAge },
    problems: ['photo_not_found'],
  }),
}
