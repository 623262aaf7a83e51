import { describe, expect, it } from 'vitest'
import { ImportRow } from '../../schemas/catalog.ts'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'
import { LiveInput } from '../../schemas/live.ts'
import { StockFileRow } from '../../schemas/stock-imports.ts'
import { allEvents } from '../../schemas/topology.ts'
import { Address } from '../../schemas/shared.ts'
import { Region } from '../../schemas/sourcing.ts'
import { type TextField, textFieldsOf } from './text-fields.ts'

/** Where any text is taken, and why: nobody is shown it as the name of something. */
const free: readonly (readonly [field: RegExp, reason: string])[] = [
  [/^getProblem params code$/, 'is looked for among the codes that there are'],
  [/^signIn body password$|^\w+ body currentPassword$/, 'is compared with what was set; a new password has its form'],
  [/^refreshSession body refreshToken$/, 'an opaque token'],
  [/^\w+ query cursor$/, 'an opaque token'],
  [/^(listProducts|listUsers) query q$/, 'is searched for, and finds nothing'],
  [/^listOrders query reference$/, 'finds what any release has kept'],
  [/^listAudit query (actor|subject)$/, 'finds what any release has kept'],
  [/^adjustMany body rows\[\]\.key$|^a row of adjustments key$/, 'an idempotency key, which only counts as the same'],
]

/** What may have tabs and line breaks: what somebody writes into a larger box, or another system keeps there or has in its files. */
const severalLines =
  /(^|[ .])(notes|reason|description|location|attributes\{\}|metadata\{\}|preferences\{\})$|(Product body|a row of products) name$/
/** Webhooks have a title by which they are known. */
const oneLineAllTheSame = /^\w+Webhook body description$/

/** Nobody can see these, however many of them there are. */
const unseen: readonly string[] = [
  ...Array.from(
    '\u0000\u0001\u0007\b\t\n\v\f\r\u001B\u001F\u0020\u007F\u0085\u009F\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u180B\u180E\u2000\u2007\u200B',
  ),
  ...Array.from(
    '\u200C\u200D\u200E\u200F\u2028\u2029\u202A\u202D\u202E\u202F\u205F\u2060\u2064\u2066\u2069\u206F\u2800\u3000\u3164\uFE00\uFE0F\uFEFF\uFFA0\uFFF9',
  ),
  ...Array.from('\u{1D173}\u{E0001}\u{E0020}\u{E0100}'),
  '\uD83D',
  '\uDE00',
  '\u200B\u200D\uFEFF',
  ' \t\r\n ',
]
const controls: readonly string[] = Array.from({ length: 0xa0 }, (_, code) => String.fromCodePoint(code)).filter(
  (character) => /\p{Cc}/u.test(character),
)
const breaks = ['\t', '\n', '\r', '\r\n', '\u2028', '\u2029']
/** What people are called, and write, in all scripts. */
const legal = [
  'Zoë',
  'O’Brien',
  "d'Arc",
  'نور‌الدین',
  'שלום',
  'น้ำ',
  'क्‍ष',
  '株式会社',
  '👩‍👩‍👧',
  '❤️',
  'a\u00A0b',
  '12',
  '\u200Eab\u200F',
]

interface Entered extends TextField {
  readonly name: string
}
const within = (name: string, fields: readonly TextField[]): readonly Entered[] =>
  fields.map((field) => ({ ...field, name: `${name} ${field.path}` }))

const entered: readonly Entered[] = [
  ...Object.entries<RouteContract>(routes).flatMap(([name, route]) =>
    (['params', 'query', 'body'] as const).flatMap((part) =>
      within(`${name} ${part}`, route[part] === undefined ? [] : textFieldsOf(route[part])),
    ),
  ),
  ...within('a row of products', textFieldsOf(ImportRow)),
  ...within('a row of adjustments', textFieldsOf(StockFileRow)),
  ...within('a message of a live connection', textFieldsOf(LiveInput)),
]
const isFree = ({ name }: Entered): boolean => free.some(([field]) => field.test(name))
const takesLines = ({ name }: Entered): boolean => severalLines.test(name) && !oneLineAllTheSame.test(name)
/** Of an address, and what warehouses and holds go by. */
const isCountry = ({ name }: Entered): boolean => /(^|[ .])(country|regions\[\]|shipTo)$/.test(name)
const named = (fields: readonly Entered[]) => fields.map((field) => [field.name, field] as const)
const shown = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^\x20-\x7E]/gu, (each) => `U+${each.codePointAt(0)?.toString(16)}`)
/** Those that it takes. */
const takenOf = ({ takes }: TextField, texts: readonly string[]): readonly string[] => texts.filter(takes).map(shown)

describe('a text of a request', () => {
  const checked = entered.filter((field) => !isFree(field))

  it.each(named(checked))('is seen: %s', (_, field) => {
    expect(takenOf(field, unseen)).toEqual([])
  })

  it.each(named(checked))('has no control characters: %s', (_, field) => {
    const never = takesLines(field) ? controls.filter((each) => !breaks.includes(each)) : [...controls, ...breaks]
    expect(
      takenOf(
        field,
        never.map((each) => `a${each}b`),
      ),
    ).toEqual([])
  })

  it.each(named(checked.filter((field) => !field.hasForm && !isCountry(field))))(
    'may be of any script: %s',
    (_, field) => {
      expect(legal.filter((text) => !field.takes(text))).toEqual([])
      if (takesLines(field)) expect(breaks.filter((each) => !field.takes(`a${each}b`))).toEqual([])
    },
  )

  it.each(free)('needs to be free where it is: %s', (field) => {
    const fields = entered.filter(({ name }) => field.test(name))
    expect(fields.length).toBeGreaterThan(0)
    for (const each of fields) expect(takenOf(each, ['\u200B', 'a\u0001b']), each.name).not.toEqual([])
  })
})

describe('a country of a request', () => {
  const fields = entered.filter(isCountry)

  it.each(named(fields))('is one that there is: %s', (_, field) => {
    const none = [
      'ZZ',
      'XX',
      'AA',
      'QM',
      'XA',
      'EU',
      'UK',
      'EL',
      'SU',
      'AN',
      'gb',
      'GBR',
      'G',
      '',
      'ZZ-1',
      'constructor',
    ]
    expect(takenOf(field, none)).toEqual([])
    expect(['GB', 'GR', 'AX', 'US', 'XK'].every(field.takes)).toBe(true)
    expect(field.takes('US-CA')).toBe(!field.name.endsWith('country'))
  })

  it('is in every address, and in no more than is known', () => {
    expect([...new Set(fields.map(({ name }) => name.replace(/^.*[ .]/, '')))].toSorted()).toEqual([
      'country',
      'regions[]',
      'shipTo',
    ])
    const addresses = entered.filter(({ path }) => /(^|\.)line1$/.test(path))
    expect(fields.filter(({ path }) => path.endsWith('country'))).toHaveLength(addresses.length)
  })
})

describe('a text that is kept or published', () => {
  const kept = [
    ...Object.entries<RouteContract>(routes).flatMap(([name, { answer }]) =>
      within(name, answer.body === undefined ? [] : textFieldsOf(answer.body)),
    ),
    ...allEvents.flatMap(({ name, data }) => within(name, textFieldsOf(data))),
  ].filter(({ hasForm }) => !hasForm)

  it.each(named(kept))('may be of a release that took any: %s', (_, { takes }) => {
    for (const text of ['\u200B', 'a\u0001b', 'a\nb']) expect(takes(text), shown(text)).toBe(true)
  })

  it('has the countries of such a release', () => {
    const address = { name: ' ', line1: '\u200B', city: '\u0000', country: 'ZZ' }
    expect(Address.safeParse(address).success).toBe(true)
    expect(Region.safeParse('ZZ-1').success).toBe(true)
  })
})
