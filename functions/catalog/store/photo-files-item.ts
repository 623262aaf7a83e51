import { dueAt } from '../../runtime/due.ts'
import type { Item, Key, Store, Write } from '../../runtime/store.ts'
import { inPlaceOf } from '../../runtime/update.ts'
import type { PhotoFacts } from '../core/photo.ts'

/**
 * What is still to be done about the files of a photo: to expire it when none came in time, and to tidy up behind it when it has ended. The
 * sweep finds it when that is due, and takes it out of its index when nothing is left to do: the table forgets it later, so that no item in its place is taken for it.
 */
export interface PhotoFilesItem extends Item {
  readonly sku: string
  /** How often the sweep has asked for a check of the file. */
  readonly asked: number
  readonly duePk?: string
  readonly dueSk?: string
}

/** How long a photo waits behind its time for a file that was on its way then, and for its check, in milliseconds. */
const graceMs = 120_000
/**
 * When files are tidied up after the end of a photo or of its form, in milliseconds: by then no form takes a file any more, and no check is
 * under way that has begun before.
 */
const tidyMs = 300_000

/** How often the sweep asks for a check. */
export const maxAsked = 3
const askAgainMs = 600_000

/** How long an item is kept that has nothing left to do, in seconds. */
const keptSeconds = 7 * 86_400

export const photoFilesKey = (id: string): Key => ({ pk: id, sk: 'files' })

export const photoIdOf = ({ pk }: Key): string => pk

/** The item in the place of what was there, to be swept at that time, in milliseconds since 1970. */
const dueFor = (id: string, sku: string, time: number, before?: Item): Write =>
  inPlaceOf(before, {
    ...photoFilesKey(id),
    version: (before?.version ?? 0) + 1,
    sku,
    asked: 0,
    ...dueAt(id, time),
  })

/** The write beside a new photo. */
export const awaited = (sku: string, { id, expiresAt }: PhotoFacts): Write =>
  dueFor(id, sku, Date.parse(expiresAt) + graceMs)

/** The writes beside the end of photos, as of a consistent read: where one of them is written meanwhile, none is applied. */
export async function toBeTidied(
  store: Store,
  sku: string,
  ended: readonly PhotoFacts[],
  now: number,
): Promise<Write[]> {
  if (ended.length === 0) return []
  const found = await store.getMany(
    ended.map(({ id }) => photoFilesKey(id)),
    { consistent: true },
  )
  return ended.map(({ id, expiresAt }) => {
    const time = Math.max(now, Date.parse(expiresAt)) + tidyMs // mutant: tidy-time
    const before = found.find(({ pk }) => pk === id)
    return dueFor(id, sku, time, before)
  })
}

/** The write that has the sweep look once more, after it has asked for a check. */
export const askedOnce = (item: PhotoFilesItem, now: number): Write =>
  inPlaceOf(item, {
    ...item,
    version: item.version + 1,
    asked: item.asked + 1,
    ...dueAt(photoIdOf(item), now + askAgainMs),
  })

/** The write behind the last thing that was to be done. */
export function done(item: PhotoFilesItem, now: number): Write {
  const { duePk: _, dueSk: __, ...rest } = item
  return inPlaceOf(item, { ...rest, version: item.version + 1, ttl: Math.ceil(now / 1_000) + keptSeconds })
}
