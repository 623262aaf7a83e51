import { describe, expect, it } from 'vitest'
import { HttpProblem } from '../../functions/runtime/errors.ts'
import { mediaTypeOf, textOf } from '../../functions/runtime/request-text.ts'

interface Sent {
  readonly type?: string
  readonly as?: 'json' | 'file'
}

/** As the gateway hands over what it does not take for text. */
const inBase64 = (bytes: Uint8Array, { type = 'application/x-ndjson', as = 'file' }: Sent = {}) =>
  textOf({ body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true, headers: {} }, mediaTypeOf(type), as)

/** As the gateway hands over text: what was not UTF-8 is lost. */
const asText = (bytes: Uint8Array, { type = 'text/csv', as = 'file' }: Sent = {}) =>
  textOf(
    {
      body: Buffer.from(bytes).toString('utf8'),
      isBase64Encoded: false,
      headers: { 'content-length': String(bytes.length) },
    },
    mediaTypeOf(type),
    as,
  )

function refused(read: () => string): { code: string; status: number; detail: string } {
  try {
    read()
  } catch (error) {
    if (error instanceof HttpProblem) return { code: error.code, status: error.status, detail: error.message }
    throw error
  }
  throw new Error('not refused')
}

const bytesOf = (...deps: (string | number[])[]) =>
  Buffer.concat(deps.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

describe('a body that is not UTF-8', () => {
  it.each([
    ['Latin 1', ['caf', [0xe9], ',1'], 3],
    ['half of a character at the end', ['x', [0xe2, 0x82]], 1],
    ['three quarters of an emoji', ['ab', [0xf0, 0x9f, 0x98], 'c'], 2],
    ['an overlong form', [[0xc0, 0x80]], 0],
    ['a surrogate', ['ä', [0xed, 0xa0, 0x80]], 2],
    ['a byte that is never there', ['€', [0xff]], 3],
    ['a bad byte after a real U+FFFD', ['\uFFFD\uFFFD', [0xfe]], 6],
    ['a bad byte that begins like U+FFFD', ['a', [0xef, 0xbf], 'b'], 1],
  ] as [string, (string | number[])[], number][])('is refused with its offset: %s', (_, deps, offset) => {
    const { code, status, detail } = refused(() => inBase64(bytesOf(...deps)))
    expect({ code, status }).toEqual({ code: 'invalid_encoding', status: 400 })
    expect(detail).toContain(`Byte ${offset} `)
  })

  it.each([
    ['Latin 1', ['caf', [0xe9], ',1'], 3],
    ['half of a character', ['x', [0xe2, 0x82], 'y'], 1],
  ] as [string, (string | number[])[], number][])(
    'is refused also where the gateway has replaced it: %s',
    (_, deps, offset) => {
      for (const sent of [
        { type: 'text/csv', as: 'file' },
        { type: 'text/csv; charset=windows-1252', as: 'file' },
        { type: 'application/json', as: 'json' },
      ] as const) {
        const { code, detail } = refused(() => asText(bytesOf(...deps), sent))
        expect(code).toBe('invalid_encoding')
        expect(detail).toContain(`Byte ${offset} `)
      }
    },
  )
})

describe('a body that is text', () => {
  it('may hold the character U+FFFD', () => {
    const text = 'a \uFFFD b'
    expect(inBase64(Buffer.from(text))).toBe(text)
    expect(asText(Buffer.from(text))).toBe(text)
  })

  it('loses the mark at the beginning of a file, and only there', () => {
    expect(inBase64(Buffer.from('\uFEFFa\uFEFF'))).toBe('a\uFEFF')
    expect(asText(Buffer.from('\uFEFFa\uFEFF'))).toBe('a\uFEFF')
  })

  it('is kept with its mark where it is signed', () => {
    expect(asText(Buffer.from('\uFEFF{}'), { type: 'application/json', as: 'json' })).toBe('\uFEFF{}')
  })

  it.each([
    ['windows-1252', [0x80, 0x92, 0xe9], '€’é'],
    ['iso-8859-1', [0x41, 0xe9], 'Aé'],
    ['utf-16le', [0xff, 0xfe, 0x41, 0x00, 0x3d, 0xd8, 0x00, 0xde], 'A😀'],
    ['UTF-8', [0xc3, 0xa9], 'é'],
    ['koi8-r', [0xc1], 'а'],
  ])('is read in its charset: %s', (charset, bytes, text) => {
    expect(inBase64(Buffer.from(bytes), { type: `application/x-ndjson; charset="${charset}"` })).toBe(text)
  })

  it('is refused where it is not in its charset', () => {
    const bytes = Buffer.from([0x41, 0x00, 0x3d, 0xd8, 0x41, 0x00])
    const { code, detail } = refused(() => inBase64(bytes, { type: 'application/csv; charset=utf-16le' }))
    expect(code).toBe('invalid_encoding')
    expect(detail).toMatch(/^Byte [2-5] /)
  })

  it('is refused in a charset that nobody knows, and JSON in any but UTF-8', () => {
    expect(refused(() => inBase64(Buffer.from('a'), { type: 'application/x-ndjson; charset=klingon' }))).toMatchObject({
      code: 'unsupported_charset',
      status: 415,
    })
    const latin = { type: 'application/json; charset=iso-8859-1', as: 'json' } as const
    expect(refused(() => asText(Buffer.from('{}'), latin)).code).toBe('unsupported_charset')
    for (const charset of ['utf-8', 'UTF8', 'us-ascii'])
      expect(asText(Buffer.from('{}'), { type: `application/json;charset=${charset}`, as: 'json' })).toBe('{}')
  })
})
