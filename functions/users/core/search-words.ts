import { wordsIn } from '../../../schemas/words.ts'

/** Words of a name that users are found by, at most. */
const maxWords = 8

interface Named {
  readonly email: string
  readonly name?: string | undefined
}

/** What a user is found by: the e-mail, then words of the name. */
export const searchWordsOf = ({ email, name = '' }: Named): readonly string[] => [
  ...new Set([email, ...wordsIn(name).slice(0, maxWords)]),
]
