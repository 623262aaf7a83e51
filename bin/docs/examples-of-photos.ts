import type { routes } from '../../schemas/photos.ts'
import { type Example, at, photo } from './example-items.ts'

const shopPhoto = {
  ...photo,
  state: 'published',
  contentType: 'image/jpeg',
  createdAt: at('09:00:00.000'),
  expiresAt: at('09:05:00.000'),
}
const { alt, id } = photo

/** Of photos of products. */
export const examplesOfPhotos: Readonly<Record<Exclude<keyof typeof routes, 'deletePhoto' | 'getPhotoFile'>, Example>> =
  {
    addPhoto: {
      request: { contentType: 'image/jpeg', alt },
      answer: {
        id,
        upload: {
          url: 'https://holdfast-prod-catalog-photosfiles.s3.eu-west-1.amazonaws.com/',
          fields: { key: `uploads/${id}/85123A`, 'content-type': 'image/jpeg', Policy: 'eyJleHBpcmF0aW9u…' },
        },
        expiresAt: shopPhoto.expiresAt,
      },
    },
    listPhotos: {
      answer: {
        items: [
          shopPhoto,
          {
            id: 'pho_01K9ZQ9S0P1A2B3C4D5E6F7G8H',
            state: 'refused',
            contentType: 'image/png',
            refusal: { code: 'type_mismatch', detail: 'The file is an image of another type than its contentType.' },
            createdAt: at('09:10:00.000'),
            expiresAt: at('09:15:00.000'),
          },
        ],
      },
    },
    updatePhoto: { request: { alt, position: 1 }, answer: shopPhoto },
  }
