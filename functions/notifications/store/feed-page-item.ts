import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { FeedEvent } from '../../../schemas/feed.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Item, type Key, type Store, first } from '../../runtime/store.ts'
import { partitionOf } from '../core/feed-place.ts'

/** A page of the log: some events that were taken together. Nothing changes it. */
export interface FeedPage {
  readonly number: number
  /** When it was put, in milliseconds since 1970: never before the page before it. */
  readonly at: number
  readonly events: readonly FeedEvent[]
}

/** The most that a packed page takes, in bytes: its item has a few more, and DynamoDB takes 400 KB. */
const maxPacked = 390_000

/** The partition of pages like this one. */
export const partitionNameOf = (number: number): string => `feed#${partitionOf(number)}`

/** Numbers as sort keys compare them. */
export const sortOf = (number: number): string => String(number).padStart(15, '0')

export const pageKey = (number: number): Key => ({ pk: partitionNameOf(number), sk: sortOf(number) })

/** As many of these events as fit one page, from the first one on, and their text. */
export function packed(events: readonly FeedEvent[]): { readonly events: readonly FeedEvent[]; readonly text: string } {
  const text = textOf(events)
  return text.length > maxPacked && events.length > 1
    ? packed(events.slice(0, Math.ceil(events.length / 2)))
    : { events, text }
}

/** Brotli knows much of JSON before it begins, which counts where a page has one event. Above quality 5 it gains a tenth, and takes ten times as long. */
function textOf(events: readonly FeedEvent[]): string {
  const json = Buffer.from(JSON.stringify(events))
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = constants
  const params = {
    [BROTLI_PARAM_QUALITY]: 5,
    [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
    [BROTLI_PARAM_SIZE_HINT]: json.length,
  }
  return brotliCompressSync(json, { params }).toString('base64')
}

/** The item of a page that was packed. */
export const pageItem = (number: number, at: number, text: string, ttl: number): Item =>
  first({ ...pageKey(number), at: timeOf(at), events: text, ttl })

/** The number of a page and its time, without what is in it. */
export const pageHead = ({ sk, at }: Item) => ({ number: Number(sk), at: Date.parse(at ?? '') })

export function readPage(item: Item): FeedPage {
  const json = brotliDecompressSync(Buffer.from(String(item['events']), 'base64')).toString()
  return { ...pageHead(item), events: JSON.parse(json) as readonly FeedEvent[] }
}

/** Those of these pages that are there, by their numbers. */
export async function readPages(store: Store, numbers: readonly number[]): Promise<ReadonlyMap<number, FeedPage>> {
  const items = await store.getMany(numbers.map(pageKey), { consistent: true }) // mutant: feed-read
  return new Map(items.map(readPage).map((page) => [page.number, page]))
}
