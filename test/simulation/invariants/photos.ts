import type { PhotoFacts } from '../../../functions/catalog/core/photo.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { maxPhotos } from '../../../schemas/photos.ts'
import type { PhotoStore } from '../engine/photo-store.ts'
import type { World } from '../engine/world.ts'
import { isSame } from './is-same.ts'
import { Violation } from './violation.ts'

const photosIn = (item: Item | undefined): readonly PhotoFacts[] =>
  item?.sk === 'product' ? ((item['photos'] ?? []) as readonly PhotoFacts[]) : []

const resultOf = ({ state, files, refusal }: PhotoFacts) => [state, files, refusal]

/** What must hold with each write of a product: the first result of a photo stands, and what is shown lies in the bucket, of a good file. */
export function photoStep(store: PhotoStore, before: Item | undefined, after: Item | undefined): Violation | undefined {
  const [old, now] = [photosIn(before), photosIn(after)]
  for (const photo of now) {
    const known = old.find(({ id }) => id === photo.id)
    if (known !== undefined && known.state !== 'waiting' && !isSame(resultOf(known), resultOf(photo)))
      return new Violation('the first result of a photo stands', JSON.stringify([known, photo]))
    if (known?.state === 'published') continue
    for (const name of Object.values(photo.files ?? {}))
      if (!store.isGood(photo.id, name))
        return new Violation('what is published was checked', `${photo.id}: ${name} ${JSON.stringify(photo)}`)
    if (photo.state === 'refused' && known?.state === 'waiting' && !store.hadBadFile(photo.id))
      return new Violation('no good photo is refused', JSON.stringify(photo))
  }
  const shown = new Set(now.flatMap(({ id, state }) => (state === 'published' ? [id] : [])))
  const coming = now.filter(({ state, replaces = '' }) => state === 'waiting' && !shown.has(replaces))
  const count = shown.size + coming.length
  return count > maxPhotos ? new Violation('a product has ten photos at most', String(count)) : undefined
}

/** What must hold at the end: each photo has come to one, and the bucket has what is shown and nothing else. */
export function checkPhotos({ deployed, photos: { bucket } }: World): void {
  const shown = new Set<string>()
  for (const item of deployed.catalog.table.primary.items()) {
    if (item.sk === 'files' && item['duePk'] !== undefined)
      throw new Violation('photos come to an end', `to be done: ${JSON.stringify(item)}`)
    for (const photo of photosIn(item)) {
      if (photo.state === 'waiting') throw new Violation('photos come to an end', JSON.stringify(photo))
      if (photo.state === 'published')
        for (const name of Object.values(photo.files ?? {})) shown.add(`${photo.id}/${name}`)
    }
  }
  const lost = [...shown].filter((key) => !bucket.published.has(key))
  const left = [...[...bucket.published.keys()].filter((key) => !shown.has(key)), ...bucket.sent.keys()]
  if (lost.length + left.length > 0)
    throw new Violation('the bucket has what is shown', `lost: ${lost.join()}; left behind: ${left.join()}`)
}
