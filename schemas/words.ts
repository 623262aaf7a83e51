/** Characters of a word that count. */
const maxLength = 60

/**
 * The words of a text as searches compare them: what stands between blanks, without case, full-width forms and ligatures, each once. Letters with
 * and without accents differ. Of a word its first 60 characters count.
 */
export const wordsIn = (text: string): readonly string[] => [
  ...new Set(
    folded(text)
      .split(/\p{White_Space}+/u)
      .filter((word) => word !== '')
      .map((word) => word.slice(0, maxLength).toWellFormed()),
  ),
]

/** Capitals in between fold what has no small form of its own, such as ß and ss. */
const folded = (text: string): string =>
  text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replaceAll('ς', 'σ')

/** Whether each of the words begins one of these. */
export const isFoundBy = (found: readonly string[], words: readonly string[]): boolean =>
  words.every((word) => found.some((each) => each.startsWith(word)))
