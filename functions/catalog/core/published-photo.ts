import type { Photo } from '../../../schemas/photos.ts'
import { photoMaxAge } from '../../../schemas/photos.ts'
import type { PhotoFacts, PhotoFiles } from './photo.ts'
import { publishedIn } from './photo.ts'

/** Of a file whose name is made from its content. */
export const photoCacheControl = `public, max-age=${photoMaxAge}, immutable`

export const urlsOf = (base: string, id: string, files: PhotoFiles): Photo['urls'] => {
  const urlOf = (name: string): string => `${base}/photos/${id}/${name}`
  return { '320': urlOf(files['320']), '1280': urlOf(files['1280']) }
}

/** The photos that everybody sees, with the URLs of files behind `base`. */
export const shownPhotos = (base: string, photos: readonly PhotoFacts[]): Photo[] =>
  publishedIn(photos).flatMap(({ id, alt, files }) =>
    files === undefined ? [] : [{ id, ...(alt !== undefined && { alt }), urls: urlsOf(base, id, files) }],
  )
