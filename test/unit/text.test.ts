import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { changesOf, linesOrNothing, oneLine, someLines, trimmedLine, trimmedLines } from '../../schemas/text.ts'

const everyCharacter = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code))
const isBreak = (character: string): boolean => /[\t\n\r\u2028\u2029]/u.test(character)
const isControl = (character: string): boolean =>
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(character) && !isBreak(character)
/** Formats what comes behind it, and is seen there: numbers and the ends of verses. */
const isSign = (character: string): boolean =>
  /[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u.test(character)
/** Of these Unicode has no property: a cell without dots, a note without a head, a filler. */
const isBlank = (character: string): boolean => /[\u2800\u{1D159}\u{16FE4}]/u.test(character)
const isUnseen = (character: string): boolean =>
  (/[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}]/u.test(character) && !isSign(character)) ||
  isBlank(character)

const ok = (schema: z.ZodType, text: string): boolean => schema.safeParse(text).success
const numbers = (characters: readonly string[]): readonly string[] =>
  characters.map((each) => `U+${each.codePointAt(0)?.toString(16).toUpperCase()}`)
const wrong = (schema: z.ZodType, text: (character: string) => string, expected: (character: string) => boolean) =>
  numbers(everyCharacter.filter((each) => ok(schema, text(each)) !== expected(each)))

const messageOf = (schema: z.ZodType, value: unknown): readonly string[] =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

/** As the description of the API has it. */
const patternOf = (schema: z.ZodType): string =>
  Object.values(z.toJSONSchema(schema).$defs ?? {}).map(({ pattern }) => pattern)[0] ?? ''

describe('of all characters of Unicode', () => {
  const [line, lines] = [oneLine(9), someLines(9)]
  const isSeen = (each: string): boolean => !isControl(each) && !isUnseen(each)

  it('those that cannot be seen are no text by themselves', () => {
    expect(wrong(line, (each) => each, isSeen)).toEqual([])
    expect(wrong(lines, (each) => each, isSeen)).toEqual([])
    expect(wrong(linesOrNothing(9), (each) => each, isSeen)).toEqual([])
  })

  it('control characters, half characters and what never is a character stand in no text', () => {
    expect(
      wrong(
        line,
        (each) => `a${each}b`,
        (each) => !isControl(each) && !isBreak(each),
      ),
    ).toEqual([])
    expect(
      wrong(
        lines,
        (each) => `a${each}b`,
        (each) => !isControl(each),
      ),
    ).toEqual([])
  })

  it.each([
    ['one line', line],
    ['lines', lines],
    ['lines or nothing', linesOrNothing(9)],
  ])('the description of %s takes those that the schema takes, of 16 bits', (_, schema) => {
    const pattern = patternOf(schema)
    const ofClients = [new RegExp(pattern, 'u'), new RegExp(pattern)]
    const texts = ['', ...everyCharacter.slice(0, 0x1_0000).filter((each) => !/\p{Cs}/u.test(each))]
    for (const text of [...texts, ...texts.map((each) => `a${each}b`), ...texts.map((each) => `\u200B${each}`)]) {
      const isTaken = ok(schema, text)
      for (const each of ofClients) if (each.test(text) !== isTaken) expect.fail(`${JSON.stringify(text)}: ${isTaken}`)
    }
    for (const each of ofClients) expect(each.test('😀')).toBe(true)
  })

  it('a description reads a long text once', () => {
    const pattern = patternOf(someLines(5_000))
    const before = performance.now()
    expect(new RegExp(pattern, 'u').test(`${'\u200B'.repeat(500_000)}${'a'.repeat(500_000)}\u0000`)).toBe(false)
    expect(performance.now() - before).toBeLessThan(1_000)
  })
})

describe('a text', () => {
  it('is kept as it is, or without the blanks at its ends', () => {
    expect([oneLine(9), someLines(9), linesOrNothing(9)].map((each) => each.parse(' a '))).toEqual([
      ' a ',
      ' a ',
      ' a ',
    ])
    expect([trimmedLine(9), trimmedLines(9)].map((each) => each.parse(' a\n'))).toEqual(['a', 'a'])
  })

  it('is as long as its code points, as the description counts them', () => {
    for (const of of [oneLine, trimmedLine, someLines, trimmedLines, linesOrNothing]) {
      expect(ok(of(4), '😀😀é漢')).toBe(true)
      expect(ok(of(4), '😀😀é漢a')).toBe(false)
    }
  })

  it('may be empty in one kind only', () => {
    expect([oneLine, trimmedLine, someLines, trimmedLines, linesOrNothing].map((of) => ok(of(4), ''))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })

  it.each<[z.ZodType, unknown, string]>([
    [oneLine(9), '\u200B', 'with at least one character that can be seen'],
    [oneLine(9), 'a\tb', 'one line, without control characters'],
    [someLines(9), '\n', 'with at least one character that can be seen'],
    [someLines(9), '\0', 'no control characters but tabs and line breaks'],
    [linesOrNothing(9), '\n', 'empty, or with at least one character that can be seen'],
    [z.union([linesOrNothing(9), z.int()]), '\u200B', 'empty, or with at least one character that can be seen'],
    [z.union([linesOrNothing(9), z.int()]), 'a\0', 'no control characters but tabs and line breaks'],
  ])('%# is refused once, with what is allowed', (schema, value, message) => {
    expect(messageOf(schema, value)).toEqual([message])
  })
})

describe('a change name by name', () => {
  const Change = changesOf(oneLine(4), z.string(), z.int())

  it('removes whatever name an earlier release has kept', () => {
    expect(Change.parse({ '\u200B': null, 'a\u0001': null, ab: 1 })).toEqual({ '\u200B': null, 'a\u0001': null, ab: 1 })
  })

  it('sets a name that can be seen', () => {
    expect(Change.safeParse({ '\u200B': 1, ok: 1 }).error?.issues).toMatchObject([
      { path: ['\u200B'], message: 'with at least one character that can be seen' },
    ])
  })
})
