import { isFoundBy } from '../../schemas/words.ts'
import { cursorOf, positionOf } from './cursor.ts'
import { answeredBytes, isFull } from './page-size.ts'
import { firstOf, partitionOf } from './sharded.ts'
import { InvalidCursor, type Key, type Store, type Write } from './store.ts'
import { compareBytes } from './store.rules.ts'

/** How often one request reads on where it leaves out what it has read. */
const maxReadings = 5
/** Of how many words a request finds out which is the rarest. */
const maxCompared = 4
/** Behind everything that begins like a word. */
const last = '\u{10FFFF}'
/** A word and the id of what is found by it. */
const place = /^[^]{1,300}#[A-Za-z0-9._-]{1,64}$/

/** The key of one word of something, in a list that is ordered by words. No id has a `#` in it, or sorts before `!`. */
export const wordKey = (list: string, word: string, id: string): Key => ({
  pk: partitionOf(list, id),
  sk: `${word}#${id}`,
})

const wordIn = ({ sk }: Key): string => sk.slice(0, sk.lastIndexOf('#'))
const idIn = ({ sk }: Key): string => sk.slice(sk.lastIndexOf('#') + 1)

/** The writes that bring something from its places in such lists to those that it has now. */
export function placed(before: readonly Key[], now: readonly Key[]): Write[] {
  return [
    ...now.filter((key) => !isIn(before, key)).map(({ pk, sk }): Write => ({ put: { pk, sk, version: 1 }, if: 'any' })),
    ...before.filter((key) => !isIn(now, key)).map((key): Write => ({ delete: key, if: 'any' })), // mutant: words-left
  ]
}

const isIn = (keys: readonly Key[], { pk, sk }: Key): boolean => keys.some((each) => each.pk === pk && each.sk === sk)

export interface WordSearch<Each> {
  /** Of the lists that are read. */
  readonly partitions: readonly string[]
  /** What is found has a word that begins with each of these; without any, it is all. */
  readonly words: readonly string[]
  readonly limit: number
  readonly cursor?: string | undefined
  /** What these ids stand for now, by id, as far as it is there. */
  readonly find: (ids: readonly string[]) => Promise<ReadonlyMap<string, Each>>
  /** The words that the lists have of it. */
  readonly wordsOf: (found: Each) => readonly string[]
  /** Whether it is wanted; everything is, unless asked otherwise. */
  readonly isWanted?: (found: Each) => boolean
}

/**
 * A page of what is found, in the order of the words that the rarest of `words` begins, then by id; each stands there once, at the first of its
 * words. Work per request is bounded, so a page may hold fewer than `limit`, or none, and still have a cursor. Throws `InvalidCursor` for a cursor
 * of another search.
 */
export async function listByWords<Each>(store: Store, search: WordSearch<Each>) {
  const { partitions, limit, cursor, find } = search
  const words = search.words.filter((word) => !search.words.some((other) => other !== word && other.startsWith(word)))
  let position = cursor === undefined ? undefined : positionOf(cursor, place)
  const by = position === undefined ? await rarest(store, search, words) : wordOf(position, words)
  const isFound = (each: Each, word: string): boolean =>
    isFoundBy(search.wordsOf(each), words) &&
    word === firstOfWords(search.wordsOf(each), by) &&
    search.isWanted?.(each) !== false
  const items: Each[] = []
  let bytes = 0
  for (let readings = 0; readings < maxReadings; readings += 1) {
    const { items: read, goesOn } = await firstOf(store, partitions, rangeOf(by, position, limit))
    const entries = read.slice(0, limit)
    const found = await find(entries.map(idIn))
    for (const [index, entry] of entries.entries()) {
      position = entry.sk
      const each = found.get(idIn(entry))
      if (each === undefined || !isFound(each, wordIn(entry))) continue
      items.push(each)
      bytes += answeredBytes(each)
      if (items.length < limit && !isFull(bytes)) continue
      return { items, ...((goesOn || index + 1 < read.length) && { cursor: cursorOf(position) }) }
    }
    if (!goesOn && entries.length === read.length) return { items }
  }
  return { items, ...(position !== undefined && { cursor: cursorOf(position) }) }
}

const rangeOf = (by: string, position: string | undefined, limit: number) => ({
  from: position === undefined ? by : `${position}!`,
  to: `${by}${last}`,
  limit,
})

/** The word of a search that the list is read by: the one with the fewest entries, where one reading holds those of any; otherwise the longest. */
async function rarest(
  store: Store,
  { partitions, limit }: Pick<WordSearch<unknown>, 'partitions' | 'limit'>,
  words: readonly string[],
): Promise<string> {
  const longest = words.toSorted((a, b) => b.length - a.length).slice(0, maxCompared)
  if (longest.length < 2) return longest[0] ?? ''
  const counts = await Promise.all(
    longest.map(async (word) => {
      const { items, goesOn } = await firstOf(store, partitions, rangeOf(word, undefined, limit))
      return { word, entries: goesOn ? Infinity : items.length }
    }),
  )
  return counts.reduce((best, each) => (each.entries < best.entries ? each : best)).word
}

/** The word of a search that a cursor goes on by. */
function wordOf(position: string, words: readonly string[]): string {
  const by = words.length === 0 ? '' : words.find((word) => position.startsWith(word))
  if (by === undefined) throw new InvalidCursor('The cursor is not of this search.')
  return by
}

/** The one of several words that the list has first. */
const firstOfWords = (words: readonly string[], by: string): string | undefined =>
  words.filter((word) => word.startsWith(by)).toSorted(compareBytes)[0]
