import type { routes } from '../../schemas/photos.ts'
import type { Upload } from '../../schemas/imports.ts'
import { pngOf } from '../photos/png.ts'
import { sendPhoto } from '../photos/send-photo.ts'
import { key } from './goods.ts'
import { type Plan, about, some } from './plan.ts'
import { textOf } from './text.ts'

const dot = pngOf(2, 2, () => [200, 40, 40, 255])

/** Photos of products: most get a file, which is an image now and then. */
export const photos: { readonly [Name in keyof typeof routes]: Plan } = {
  addPhoto: {
    ask: (asked) =>
      about(asked.shop.some('products', asked.chance), ({ id: sku }) => ({
        as: asked.shop.operator,
        ...key(asked),
        params: { sku },
        body: {
          contentType: asked.chance.pick(['image/png', 'image/png', 'image/jpeg', 'image/webp']),
          ...some(asked.chance, { alt: `A ${textOf(asked.chance, 290)}` }),
        },
      })),
    learn: async ({ shop, chance }, { params }, body) => {
      const { id, upload } = body as unknown as { readonly id: string; readonly upload?: Upload }
      shop.put('photos', { id, of: params?.['sku'] })
      if (upload && chance.maybe(0.7)) await sendPhoto(upload, chance.maybe(0.8) ? dot : Buffer.from('no image'))
    },
  },
  listPhotos: {
    ask: (asked) =>
      about(asked.shop.some('photos', asked.chance), ({ of: sku = '' }) => ({
        as: asked.shop.operator,
        params: { sku },
      })),
    learn: ({ shop }, _, { items }) => {
      for (const { urls } of items as readonly { readonly urls?: Readonly<Record<string, string>> }[]) {
        const path = urls && /\/photos\/([^/]+)\/([^/]+)$/.exec(urls['320'] ?? '')
        if (path?.[1] !== undefined) shop.put('photoFiles', { id: path[1], of: path[2] })
      }
    },
  },
  updatePhoto: {
    ask: (asked) =>
      about(asked.shop.some('photos', asked.chance), ({ id, of: sku = '' }) => ({
        as: asked.shop.operator,
        params: { sku, id },
        body: {
          position: asked.chance.between(1, 100),
          ...some(asked.chance, { alt: asked.chance.pick(['As new', null]) }),
        },
      })),
  },
  deletePhoto: {
    ask: (asked) =>
      about(asked.take('photos'), ({ id, of: sku = '' }) => ({ as: asked.shop.operator, params: { sku, id } })),
  },
  getPhotoFile: {
    ask: (asked) =>
      about(asked.shop.some('photoFiles', asked.chance), ({ id, of: file = '' }) => ({
        as: undefined,
        params: { id, file },
      })),
  },
}
