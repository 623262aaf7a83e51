import { wholeNumber } from './whole-number.ts'

/** The longest that `Prefer: wait` keeps a caller, in seconds; the function itself has 10. */
const maxWaitSeconds = 5

/** What stands between commas, where a comma in quotes is text. */
const preferences = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g
/** `wait=5`, `Wait = "5"`, each with or without parameters. */
const wait = /^\s*wait\s*(?:=\s*(?:"(\d+)"|(\d+))\s*)?(?:;|$)/i

/** What `Prefer: wait=N` asks for (RFC 7240), in milliseconds; 0 without it. Of several the first counts. */
export function waitOf(prefer = ''): number {
  for (const preference of prefer.match(preferences) ?? []) {
    const asked = wait.exec(preference)
    if (asked) return Math.min(wholeNumber(asked[1] ?? asked[2]) ?? 0, maxWaitSeconds) * 1_000
  }
  return 0
}
