import { type ShopPhoto, photoRefusals, photoSeconds, type routes } from '../../../schemas/photos.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Handlers } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { CatalogDeps } from '../deps.ts'
import { type PhotoFacts, added, changed, photoOf, without } from '../core/photo.ts'
import { photoCacheControl, urlsOf } from '../core/published-photo.ts'
import { awaited, toBeTidied } from '../store/photo-files-item.ts'
import { photosOf, withPhotos, writesOfProduct } from '../store/product-item.ts'
import { productNow } from './product-now.ts'

export const photos = (deps: CatalogDeps): Handlers<typeof routes> => ({
  addPhoto: addPhoto(deps),
  listPhotos: listPhotos(deps),
  updatePhoto: updatePhoto(deps),
  deletePhoto: deletePhoto(deps),
  getPhotoFile: getPhotoFile(deps),
})

function addPhoto(deps: CatalogDeps): Handler<typeof routes.addPhoto> {
  const { store, clock, bucket } = deps
  return (request) => {
    const { params, body, refuse } = request
    const id = deps.newPhotoId()
    return commit(deps, request, async () => {
      const product = await productNow(store, params.sku, refuse)
      const now = clock.now()
      const expiresAt = timeOf(now + photoSeconds * 1_000)
      const photo: PhotoFacts = {
        id,
        state: 'waiting',
        contentType: body.contentType,
        ...(body.alt !== undefined && { alt: body.alt }),
        ...(body.replaces !== undefined && { replaces: body.replaces }),
        createdAt: timeOf(now),
        expiresAt,
      }
      const after = added(photosOf(product), photo)
      if (typeof after === 'string') throw notAdded(after, refuse)
      const changedProduct = withPhotos(product, after, causeOf(request, now))
      const upload = await bucket.upload({ id, sku: params.sku }, photo.contentType)
      return {
        writes: [...writesOfProduct(product, changedProduct), awaited(params.sku, photo)],
        answer: { body: { id, upload, expiresAt } },
      }
    })
  }
}

function notAdded(
  code: Extract<ReturnType<typeof added>, string>,
  refuse: Refuse<'photo_not_found' | 'photo_being_replaced' | 'too_many_photos'>,
) {
  const detail = {
    photo_not_found: 'The product has no published photo of that id.',
    photo_being_replaced: 'Another photo is on its way to the place of that one.',
    too_many_photos: 'The product has 10 photos, with those that wait for their files.',
  }[code]
  if (code === 'too_many_photos') return refuse(code, detail)
  return refuse(code, detail, { errors: [{ path: 'replaces', message: detail }] })
}

function listPhotos({ store, photosUrl }: CatalogDeps): Handler<typeof routes.listPhotos> {
  return async ({ params, refuse }) => {
    const product = await productNow(store, params.sku, refuse)
    return { body: { items: photosOf(product).map((photo) => shopPhoto(photosUrl, photo)) } }
  }
}

function updatePhoto(deps: CatalogDeps): Handler<typeof routes.updatePhoto> {
  const { store, clock, photosUrl } = deps
  return (request) => {
    const { params, body, refuse } = request
    return commit(deps, request, async () => {
      const product = await productNow(store, params.sku, refuse)
      const after = changed(photosOf(product), params.id, body)
      const photo = after && photoOf(after, params.id)
      if (after === undefined || photo === undefined) throw photoNotFound(refuse, params.id)
      const answer = { body: shopPhoto(photosUrl, photo) }
      if (JSON.stringify(after) === JSON.stringify(photosOf(product))) return { writes: [], answer }
      const changedProduct = withPhotos(product, after, causeOf(request, clock.now()))
      return { writes: writesOfProduct(product, changedProduct), answer }
    })
  }
}

function deletePhoto(deps: CatalogDeps): Handler<typeof routes.deletePhoto> {
  const { store, clock } = deps
  return (request) => {
    const { params, refuse } = request
    return commit(deps, request, async () => {
      const product = await productNow(store, params.sku, refuse)
      const before = photosOf(product)
      const photo = photoOf(before, params.id)
      if (photo === undefined) throw photoNotFound(refuse, params.id)
      const now = clock.now()
      const changedProduct = withPhotos(product, without(before, params.id), causeOf(request, now))
      const tidied = await toBeTidied(store, params.sku, [photo], now) // mutant: deleted-files
      return { writes: [...writesOfProduct(product, changedProduct), ...tidied], answer: {} }
    })
  }
}

/** A published file, where no distribution stands before it. */
function getPhotoFile({ bucket }: CatalogDeps): Handler<typeof routes.getPhotoFile> {
  return async ({ params: { id, file }, refuse }) => {
    const found = await bucket.read(id, file)
    if (found === undefined) throw photoNotFound(refuse, id)
    return {
      content: Buffer.from(found.bytes),
      headers: {
        'content-type': found.contentType,
        'cache-control': photoCacheControl,
        etag: `"${file}"`,
        'cross-origin-resource-policy': 'cross-origin',
        'content-security-policy': "default-src 'none'; sandbox",
      },
    }
  }
}

const causeOf = ({ requestId }: { readonly requestId: string }, now: number) => ({ cause: requestId, at: timeOf(now) })

const photoNotFound = (refuse: Refuse<'photo_not_found'>, id: string) =>
  refuse('photo_not_found', `There is no photo ${id}.`)

function shopPhoto(photosUrl: string, photo: PhotoFacts): ShopPhoto {
  const { id, state, contentType, alt, replaces, refusal, files, createdAt, expiresAt } = photo
  return {
    id,
    state,
    contentType,
    ...(alt !== undefined && { alt }),
    ...(replaces !== undefined && { replaces }),
    ...(files && { urls: urlsOf(photosUrl, id, files) }),
    ...(refusal && { refusal: { code: refusal, detail: photoRefusals[refusal] } }),
    createdAt,
    expiresAt,
  }
}
