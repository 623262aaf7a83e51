import { expect, test } from 'vitest'
import { globSync, readFileSync } from 'node:fs'
import { all as defects, defectOf, pairs } from './mutants/planted/defects.ts'
import { hiddenDefects } from './mutants/planted/hidden-defects.ts'
import { marksOf, sown } from './mutants/planted/marks.ts'
import { knownSeeds, withFound } from './mutants/planted/rows.ts'
import { faultNames } from './faults/faults.ts'
import { unreached } from './coverage/unreached.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('every pair is of two planted defects, and no defect has the name of another', () => {
  for (const pair of pairs) expect(new Set(pair.map(defectOf)).size).toBe(2)
  expect(new Set(defects.map(({ name }) => name)).size).toBe(defects.length)
})

test('every planted defect has its mark in the code, and leaves code that can be parsed', () => {
  for (const defect of [...defects, ...hiddenDefects]) {
    const { file } = defect
    expect(() => marksOf(file, sown(read(file), defect)), defect.name).not.toThrow()
  }
})

const keywords = new Set([
  'as',
  'await',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'if',
  'new',
  'of',
  'return',
  'true',
])

/** Names that stand for something: no properties, no texts. */
const namesIn = (source: string): ReadonlySet<string> =>
  new Set(source.replaceAll(/'[^'\n]*'/g, '').match(/(?<![.\w])[a-z_$][\w$]*(?!\w|:)/gi))

test('a planted defect names nothing that its file does not know: it would be found as that', () => {
  for (const defect of [...defects, ...hiddenDefects]) {
    const source = read(defect.file)
    const planted = sown(source, defect)
    const known = new Set([...namesIn(source), ...keywords, ...Object.getOwnPropertyNames(globalThis)])
    const unknown = [...namesIn(planted)].filter((name) => !known.has(name))
    for (const name of unknown) expect(planted, `${defect.name}: ${name}`).toMatch(new RegExp(`const ${name}\\b`))
  }
})

test('every mark in the code has a planted defect', () => {
  const used = new Set([...defects, ...hiddenDefects].map(({ file, mark }) => `${file} ${mark}`))
  const there = globSync('functions/**/*.ts').flatMap((file) =>
    [...marksOf(file, read(file)).keys()].map((mark) => `${file} ${mark}`),
  )
  expect(new Set(there)).toEqual(used)
})

test('every branch that is named as never reached is there', () => {
  for (const { file, code } of unreached) expect(read(file), `${file}: ${code}`).toContain(code)
})

test('the documents name every defect, every pair and every fault', () => {
  const text = read('docs/simulation.md').replaceAll(/\s+/g, ' ')
  for (const names of [...defects.map(({ name }) => [name]), ...pairs])
    expect(text).toContain(`| ${names.join(' + ')} |`)
  for (const name of faultNames) expect(text).toContain(`\`${name}\``)
})

test('what is found goes into its row of the documents, and is tried first from then on', () => {
  const text =
    '| defect | seed | broken promise |\n| - | -: | - |\n| a   |  1,204 | it rests   |\n| a + b | — | it rests |\n'
  expect([...knownSeeds(text)]).toEqual([['a', 1_204]])
  const after = withFound(text, { planted: ['a', 'b'], found: { seed: 30_000, promise: 'it ends' } })
  expect([...knownSeeds(after)]).toEqual([
    ['a', 1_204],
    ['a + b', 30_000],
  ])
  expect(after).toContain('| a + b | 30,000 | it ends |\n')
  expect(withFound(text, { planted: ['a'] })).toBe(text)
})
