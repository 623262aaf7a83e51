import { searchWordsOf } from '../core/search-words.ts'
import { partitionsOf } from '../../runtime/sharded.ts'
import type { Key, Write } from '../../runtime/store.ts'
import { placed, wordKey } from '../../runtime/word-lists.ts'

interface Found {
  readonly pk: string
  readonly email: string
  readonly name?: string | undefined
  /** The words under which the user stands in the lists; undefined for profiles of the last release. */
  readonly foundBy?: readonly string[] | undefined
}

/** The partitions of the list of e-mails, and of the one of names: each spread over eight. */
export const emailPartitions = partitionsOf('found-by-email')
export const allPartitions = [...emailPartitions, ...partitionsOf('found-by-name')]

/** The profile with the words that it is found by, and the writes that bring the lists up to it. */
export function listed<Profile extends Found>(before: Found | undefined, profile: Profile) {
  const now = { ...profile, foundBy: searchWordsOf(profile) }
  return { profile: now, writes: placed(before ? placesOf(before) : [], placesOf(now)) }
}

/** The writes that take a profile out of the lists of users. */
export const removalOf = (profile: Found): readonly Write[] => placed(placesOf(profile), [])

const placesOf = ({ pk, email, foundBy = [] }: Found): Key[] =>
  foundBy.map((word) => wordKey(word === email ? 'found-by-email' : 'found-by-name', word, pk))
