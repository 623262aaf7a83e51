import type { Chance } from './chance.ts'

/** Names that programs stumble over, all of them text on one line. */
const oddTexts = [
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-0',
  '1e999',
  "'; DROP TABLE orders; --",
  '<script>alert(1)</script>',
  '${7*7}',
  '%00%0a',
  '../../etc/passwd',
  'caf\u00E9',
  'cafe\u0301',
  'Größe',
  'ΟΔΟΣ',
  'مرحبا بالعالم',
  '日本語の商品',
  '한국어',
  '👩‍👩‍👧‍👦 family',
  '\u{1F600}\u{1F3FD}',
  '\u200Bzero\u200Bwidth',
  '\u202Eright to left',
  '\uFFFD was here',
  '\uFEFFmark',
  'ﬁne ＬＥＤ',
  '"quoted", and \\ more',
] as const

const letters = 'abcdefghijklmnopqrstuvwxyz ÄöéßčЖя漢字😀-_.,:'

/** What is no text: nobody can see it, or it controls. */
const noTexts = ['\u200B\u2060', '\u3164', '\uFE0F', '\u202E', 'a\u0000b', 'a\u009Fb'] as const

/** One line of 1 to `most` UTF-16 units, with something in it that can be seen. */
export function textOf(chance: Chance, most: number): string {
  const start = chance.maybe(0.4) ? chance.pick(oddTexts) : ''
  const length = chance.maybe(0.1) ? most : Math.min(most, 1 + chance.below(20))
  let text = start.length <= most && start.trim() !== '' ? start : 'x'
  const characters = Array.from(letters)
  while (text.length < length) {
    const next = chance.pick(characters)
    if (text.length + next.length > length) break
    text += next
  }
  // Composing may make a text longer than it was sent.
  return text.normalize().length <= most && text.trim() !== '' ? text : 'x'
}

/** Likewise, now and then of several lines. */
export const linesOf = (chance: Chance, most: number): string =>
  chance.maybe(0.1) ? `${textOf(chance, most - 9)}\ttab\r\nend` : textOf(chance, most)

/** A name of an attribute: any text but one. */
export const attributeName = (chance: Chance): string => textOf(chance, 50)

export const preferenceName = (chance: Chance): string =>
  chance.pick(['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'theme', 'language', 'a.b-c_d', 'Z9'])

/** A value of JSON that hardly any field takes. */
export function oddValue(chance: Chance): unknown {
  return chance.pick<unknown>([
    null,
    true,
    0,
    -0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    -1e-300,
    '',
    ' ',
    '0',
    [],
    {},
    [[[]]],
    { constructor: 1 },
    'x'.repeat(5_001),
    '\uD83D',
    'cut \uDE00',
    { '\uD800': 1 },
    'cafe\u0301',
    '\u0000',
    '2026-13-45T99:99:99Z',
    chance.pick(oddTexts),
    chance.pick(noTexts),
    'ZZ',
  ])
}
