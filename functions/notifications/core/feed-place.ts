/**
 * Where an event stands in the feed: a page of the log, and its place in that page, counted from 0. Pages are numbered from 1, without gaps.
 * As a place to go on, it is the first one that was not read yet.
 */
export interface FeedPlace {
  readonly page: number
  readonly index: number
}

/** The newest page of the log, which is 0 where there is none, and when it was put, in milliseconds since 1970. */
export interface Head {
  readonly number: number
  readonly at: number
}

/** Of a log without pages. */
export const noPages: Head = { number: 0, at: 0 }

/** Pages that lie in one partition. */
export const pagesPerPartition = 1_000

/** The partition of a page, by its number. */
export const partitionOf = (number: number): number => Math.floor((number - 1) / pagesPerPartition)

/** Whether no further page lies in its partition. */
export const fillsPartition = (number: number): boolean => number % pagesPerPartition === 0

export const comesBefore = (a: FeedPlace, b: FeedPlace): boolean =>
  a.page < b.page || (a.page === b.page && a.index < b.index)

/** A place as cursors have it. */
export const placeText = ({ page, index }: FeedPlace): string => `feed:${page}.${index}`

/** What `placeText` writes. */
export const placeForm = /^feed:([1-9]\d{0,14})\.(0|[1-9]\d{0,5})$/

/** The place behind such a text. */
export function placeOf(text: string): FeedPlace {
  const [, page, index] = placeForm.exec(text) ?? []
  return { page: Number(page), index: Number(index) }
}
