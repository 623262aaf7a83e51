import { describe, expect, it } from 'vitest'
import { admit } from '../../functions/runtime/admit.ts'
import { FieldErrors, HttpProblem } from '../../functions/runtime/errors.ts'

function admitted(value: unknown, verbatim: readonly string[] = []) {
  const errors = new FieldErrors()
  return { value: admit(value, errors, verbatim), paths: errors.listed.map(({ path }) => path) }
}

const half = 'cut \uD83D'
const composed = 'caf\u00E9'
const decomposed = 'cafe\u0301'

describe('what a client sends', () => {
  it('is taken as it is when nothing is wrong with it', () => {
    const sent = { a: ['x', 1.5, true, null], b: { c: 'ä 😀 \uFFFD' } }
    expect(admitted(sent)).toEqual({ value: sent, paths: [] })
  })

  it('is refused by the path of each text that is cut in half, however deep', () => {
    const sent = { name: half, lines: [{ sku: 'ok' }, { note: { text: '\uDE00 tail' } }], fine: 'x' }
    expect(admitted(sent).paths).toEqual(['name', 'lines[1].note.text'])
  })

  it('is refused by names that are cut in half, and the answer is well-formed', () => {
    const { paths } = admitted({ attributes: { [half]: 1 } })
    expect(paths).toEqual(['attributes.cut \uFFFD'])
  })

  it('becomes text in one form of Unicode, values and names', () => {
    expect(admitted({ [decomposed]: [decomposed] }).value).toEqual({ [composed]: [composed] })
  })

  it('is refused when one name comes in two forms', () => {
    expect(admitted({ attributes: { [composed]: 1, [decomposed]: 2 } }).paths).toEqual([`attributes.${composed}`])
  })

  it('keeps fields that are to be verbatim, at the top only', () => {
    const sent = { password: decomposed, other: { password: decomposed } }
    expect(admitted(sent, ['password']).value).toEqual({ password: decomposed, other: { password: composed } })
  })

  it('is refused verbatim too when it is cut in half', () => {
    expect(admitted({ password: half }, ['password']).paths).toEqual(['password'])
  })

  it('has no negative zero', () => {
    const { value } = admitted({ offset: -0, list: [-0] }) as { value: { offset: number; list: number[] } }
    expect([value.offset, value.list[0]].map((number) => Object.is(number, 0))).toEqual([true, true])
  })

  it('may name fields like properties of objects, but not __proto__', () => {
    const sent = JSON.parse('{"constructor":1,"toString":2,"valueOf":3,"hasOwnProperty":4}') as object
    expect(admitted(sent)).toEqual({ value: sent, paths: [] })
    expect(admitted(JSON.parse('{"a":{"__proto__":{"x":1}}}')).paths).toEqual(['a.__proto__'])
  })

  it('is refused when it is nested deeper than anything is', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown
    const { paths } = admitted({ deep })
    expect(paths).toHaveLength(1)
    expect(paths[0]).toMatch(/^deep\[0\]/)
  })
})

describe('the errors of an answer', () => {
  it('are 100 at most, and how many more there are', () => {
    const errors = Array.from({ length: 250 }, (_, index) => ({ path: `f${index}`, message: 'no' }))
    const body = new HttpProblem('validation_failed', 'x', { errors, moreErrors: 5 }).body('r')
    expect(body.errors).toHaveLength(100)
    expect(body).toMatchObject({ moreErrors: 155 })
  })

  it('are well-formed and short, whatever they quote', () => {
    const errors = [{ path: `${half}${'x'.repeat(100_000)}`, message: half }]
    const text = JSON.stringify(new HttpProblem('validation_failed', half, { errors }).body('r'))
    expect(text.length).toBeLessThan(1_000)
    expect(text).not.toMatch(/\\ud83d/i)
  })

  it('leave a count out where all are listed', () => {
    const body = new HttpProblem('validation_failed', 'x', { errors: [{ path: 'a', message: 'no' }] }).body('r')
    expect(body).not.toHaveProperty('moreErrors')
  })
})
