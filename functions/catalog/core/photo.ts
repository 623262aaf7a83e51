import { type PhotoPatch, type PhotoRefusal, type PhotoType, maxPhotos } from '../../../schemas/photos.ts'

/** The names of the files of a published photo, by width. */
export interface PhotoFiles {
  readonly '320': string
  readonly '1280': string
}

/** A photo of a product. It begins as `waiting`, and ends in one of the other states, once. */
export interface PhotoFacts {
  readonly id: string
  readonly state: 'waiting' | 'published' | 'refused' | 'expired'
  readonly contentType: PhotoType
  readonly alt?: string
  /** The photo whose place it takes when it is published. */
  readonly replaces?: string
  readonly refusal?: PhotoRefusal
  readonly files?: PhotoFiles
  readonly createdAt: string
  /** Until then its file may be sent. */
  readonly expiresAt: string
}

type Photos = readonly PhotoFacts[]

/** What the check of a file has found. */
export type Finding = { readonly files: PhotoFiles } | { readonly refusal: PhotoRefusal }

/** How many photos are shown that were refused, or never came. */
const maxEnded = 10

export const photoOf = (photos: Photos, id: string): PhotoFacts | undefined => photos.find((photo) => photo.id === id)

export const publishedIn = (photos: Photos): Photos => photos.filter(({ state }) => state === 'published')

const isStanding = ({ state }: PhotoFacts): boolean => state === 'waiting' || state === 'published'

/** Those that are published or on their way, in their order; the others stand behind them, the newest last. */
const sorted = (photos: Photos): Photos => [
  ...photos.filter(isStanding),
  ...photos.filter((photo) => !isStanding(photo)).slice(-maxEnded),
]

/** How many places are taken: a photo that comes in the place of another one that is there takes none. */
const placesTaken = (photos: Photos): number =>
  photos.filter((photo) => isStanding(photo) && !isReplacing(photos, photo)).length

const isReplacing = (photos: Photos, { state, replaces }: PhotoFacts): boolean =>
  state === 'waiting' && replaces !== undefined && photoOf(photos, replaces)?.state === 'published'

/** The photos with a new one behind them, or the code of why it cannot be added. */
export function added(
  photos: Photos,
  photo: PhotoFacts,
): Photos | 'photo_not_found' | 'photo_being_replaced' | 'too_many_photos' {
  const { replaces } = photo
  if (replaces !== undefined) {
    if (photoOf(photos, replaces)?.state !== 'published') return 'photo_not_found'
    if (photos.some((other) => other.state === 'waiting' && other.replaces === replaces)) return 'photo_being_replaced'
  } else if (placesTaken(photos) >= maxPhotos) return 'too_many_photos' // mutant: photo-limit
  return sorted([...photos, photo])
}

/** The photos with what a check has found; undefined where the photo is gone or has ended: the first result stands. */
export function checked(photos: Photos, id: string, finding: Finding): Photos | undefined {
  const photo = photoOf(photos, id)
  if (photo?.state !== 'waiting') return undefined // mutant: first-result
  if ('refusal' in finding) return sorted([...without(photos, id), { ...photo, state: 'refused', ...finding }])
  const published = { ...photo, state: 'published', ...finding } as const
  const old = photo.replaces === undefined ? undefined : photoOf(photos, photo.replaces)
  if (old?.state !== 'published') return photos.map((each) => (each.id === id ? published : each))
  const alt = photo.alt ?? old.alt
  const inItsPlace = { ...published, ...(alt !== undefined && { alt }) }
  return without(photos, id).map((each) => (each.id === old.id ? inItsPlace : each))
}

/** The photos with one expired that has waited in vain; undefined where it does not wait. */
export function expired(photos: Photos, id: string): Photos | undefined {
  const photo = photoOf(photos, id)
  if (photo?.state !== 'waiting') return undefined
  return sorted([...without(photos, id), { ...photo, state: 'expired' }])
}

/** The photos with the changes of a patch; undefined where there is no such photo. */
export function changed(photos: Photos, id: string, { alt, position }: PhotoPatch): Photos | undefined {
  const photo = photoOf(photos, id)
  if (photo === undefined) return undefined
  const { alt: _, ...bare } = photo
  const after = alt === undefined ? photo : { ...bare, ...(alt !== null && { alt }) }
  if (position === undefined) return photos.map((each) => (each.id === id ? after : each))
  const others = without(photos, id)
  return sorted([...others.slice(0, position - 1), after, ...others.slice(position - 1)])
}

/** The photos without one. */
export const without = (photos: Photos, id: string): Photos => photos.filter((photo) => photo.id !== id)

/** Whether everybody sees another thing. */
export const looksOther = (before: Photos, after: Photos): boolean => picture(before) !== picture(after)

const picture = (photos: Photos): string =>
  JSON.stringify(publishedIn(photos).map(({ id, alt, files }) => [id, alt, files?.['320'], files?.['1280']]))
