import * as z from 'zod'

/** Characters by their numbers, as `A B-C`. */
type Characters = string

/** Show nothing by themselves, and are legal between what does: blanks, joiners, marks of direction, variation selectors, fillers. */
const unseen: Characters =
  '20 A0 AD 34F 61C 115F-1160 1680 17B4-17B5 180B-180F 2000-200F 202A-202F 205F-206F 2800 3000 3164 FE00-FE0F FEFF FFA0 FFF0-FFFB'
/** Likewise, beyond the characters of 16 bits: hieroglyphs and notes that format, and tags. */
const unseenBeyond: Characters = '13430-1343F 16FE4 1BCA0-1BCA3 1D159 1D173-1D17A E0000-E0FFF'
/** Tabs and the ends of lines and paragraphs. */
const breaks: Characters = '9-A D 2028-2029'
/** Control characters, and what Unicode never makes a character. RFC 9839 leaves them out as well. */
const controls: Characters = '0-8 B-C E-1F 7F-9F FDD0-FDEF FFFE-FFFF'
/** Likewise: half characters, and the last two of each plane. */
const controlsBeyond: Characters = [
  'D800-DFFF',
  ...Array.from({ length: 16 }, (_, index) => (index + 1).toString(16)).map((plane) => `${plane}FFFE-${plane}FFFF`),
].join(' ')

const hex = (number: number): string => number.toString(16).toUpperCase()

/** In their order, with what is side by side together. */
function ranges(characters: readonly Characters[]): readonly (readonly [from: number, to: number])[] {
  const given = characters
    .flatMap((each) => each.split(' '))
    .map((each) => each.split('-').map((digits) => Number.parseInt(digits, 16)))
    .map(([from = 0, to = from]): [number, number] => [from, to])
    .toSorted(([a], [b]) => a - b)
  return given.reduce<[number, number][]>((joined, [from, to]) => {
    const last = joined.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
    return joined
  }, [])
}

const written = (characters: readonly Characters[], write: (number: number) => string): string =>
  ranges(characters)
    .map(([from, to]) => (from === to ? write(from) : `${write(from)}-${write(to)}`))
    .join('')

/** The inside of a class of a regular expression with the flag `u`. */
const inClass = (...characters: readonly Characters[]): string =>
  written(characters, (number) => String.raw`\u{${hex(number)}}`)

/** The same of 16 bits alone, as engines know it that have no such flag: the description of the API is read by all of them. */
const inPattern = (...characters: readonly Characters[]): string =>
  written(characters, (number) => String.raw`\u${hex(number).padStart(4, '0')}`)

/** What a text may be. */
interface Form {
  /** As the description of the API calls it, with the most characters behind. */
  readonly name: string
  readonly takesBreaks?: true
  readonly mayBeEmpty?: true
  /** Without the blanks at its ends. */
  readonly isTrimmed?: true
}

/** What is made of a form for a length: in the description it stands once, wherever it is used. */
const made = new Map<string, z.ZodString>()

function textOf(form: Form, most: number): z.ZodString {
  const name = `${form.name}${most}`
  const text = made.get(name) ?? make(form, most).meta({ id: name })
  made.set(name, text)
  // Each has marks of its own.
  return text.clone()
}

function make({ takesBreaks, mayBeEmpty, isTrimmed }: Form, most: number): z.ZodString {
  const [between, never] = takesBreaks ? [[unseen, breaks], [controls]] : [[unseen], [controls, breaks]]
  const forbidden = new RegExp(`[${inClass(...never, controlsBeyond)}]`, 'u')
  const seen = new RegExp(`[^${inClass(...between, unseenBeyond)}]`, 'u')
  const allowed = takesBreaks
    ? 'no control characters but tabs and line breaks'
    : 'one line, without control characters'
  const needed = `${mayBeEmpty ? 'empty, or ' : ''}with at least one character that can be seen`
  // What stands before the first character that is seen, that one, and the rest: no character is looked at twice.
  const pattern = `[${inPattern(...between)}]*[^${inPattern(...between, ...never)}][^${inPattern(...never)}]*`
  const text = isTrimmed ? z.string().trim() : z.string()
  // Who sends nothing gets one error, and not one of each rule.
  return (mayBeEmpty ? text : text.min(1, { abort: true }))
    .max(most)
    .refine((value) => !forbidden.test(value), allowed)
    .refine((value) => forbidden.test(value) || seen.test(value) || (mayBeEmpty && value === ''), needed)
    .meta({
      pattern: mayBeEmpty ? `^(?:${pattern})?$` : `^${pattern}$`,
      description: `${takesBreaks ? `A text: ${allowed}` : 'One line, without control characters'}; ${needed}.${isTrimmed ? ' Blanks at its ends are left out.' : ''}`,
    })
}

/*
 * The texts that people and other systems enter. All have something in them that can be seen, and none has control characters. A length counts
 * code points, as JSON Schema does. These are for requests alone: what is stored and published may be of a release that took other texts.
 */

/** A reference, a line of an address: kept as it is sent. */
export const oneLine = (most: number): z.ZodString => textOf({ name: 'Line' }, most)
/** A name, a number: without the blanks at its ends. */
export const trimmedLine = (most: number): z.ZodString => textOf({ name: 'TrimmedLine', isTrimmed: true }, most)
/** What may have tabs and line breaks, kept as it is sent. */
export const someLines = (most: number): z.ZodString => textOf({ name: 'Text', takesBreaks: true }, most)
/** A reason: likewise, without the blanks at its ends. */
export const trimmedLines = (most: number): z.ZodString =>
  textOf({ name: 'TrimmedText', takesBreaks: true, isTrimmed: true }, most)
/** Notes, a description: what may have tabs and line breaks, or be empty. */
export const linesOrNothing = (most: number): z.ZodString =>
  textOf({ name: 'TextOrNothing', takesBreaks: true, mayBeEmpty: true }, most)

/** What is not one line: nothing of it can be seen, or there is a control character in it. */
const noLine = `^[${inPattern(unseen)}]*$|[${inPattern(controls, breaks)}]`

/**
 * A change of a record of lines, name by name, that null removes from: what is removed may have any name, as a release may have kept it that
 * took other names than this one.
 */
export const changesOf = <Value extends z.ZodType>(name: z.ZodString, earlierName: z.ZodString, value: Value) =>
  z
    .record(earlierName, value.nullable())
    .superRefine((changes, context) => {
      for (const [each, change] of Object.entries(changes)) {
        const [issue] = change === null ? [] : (name.safeParse(each).error?.issues ?? [])
        if (issue) context.addIssue({ code: 'custom', path: [each], message: issue.message })
      }
    })
    .meta({ patternProperties: { [noLine]: { type: 'null' } } })
