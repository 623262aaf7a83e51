import { wordsIn } from '../../../schemas/words.ts'

/** Words of a name, and places in a sku, that products are found by, at most: a change of all of them fits one transaction. */
const maxWords = 12
const maxPlaces = 8

interface Named {
  readonly sku: string
  readonly name: string
}

/** What a product is found by: the sku, from its beginning and from each of its parts on, then words of the name. */
export const searchWordsOf = ({ sku, name }: Named): readonly string[] => [
  ...new Set([
    ...wordsIn(sku).flatMap(fromEachPart).slice(0, maxPlaces),
    ...wordsIn(name).flatMap(bare).slice(0, maxWords),
  ]),
]

/** The words of a search. */
export const wordsOf = (q: string): readonly string[] => [...new Set(wordsIn(q).flatMap(bare))]

/** `wh-12.b`, `12.b` and `b` of `wh-12.b`. */
const fromEachPart = (word: string): string[] =>
  [...word.matchAll(/(?<![^\p{P}])[^\p{P}]/gu)].map(({ index }) => word.slice(index))

/** The word without punctuation around it; none where it is nothing else. */
const bare = (word: string): string[] => {
  const left = word.replaceAll(/^\p{P}+|\p{P}+$/gu, '')
  return left === '' ? [] : [left]
}
