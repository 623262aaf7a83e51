import { expect, test } from 'vitest'
import { equivalents } from '../simulation/mutants/generated/equivalent.ts'
import { mutantsOf } from '../simulation/mutants/generated/generate.ts'
import { mutated, placeOf } from '../simulation/mutants/generated/mutant.ts'
import { allMutants, isThat, sampleOf } from '../simulation/mutants/generated/sample.ts'

/** Each mutant of the source: its kind, and the source with it. */
const mutations = (source: string): readonly string[] =>
  mutantsOf('file.ts', source).map((mutant) => `${mutant.kind}: ${mutated(source, mutant)}`)

test.each([
  ['a === b', 'operator: a !== b'],
  ['a - b', 'operator: a + b'],
  ['a && b', 'operator: a || b'],
  ['a ?? b', 'operator: a'],
  ['!a', 'operator: a'],
  ['a += b', 'operator: a -= b'],
  ['Math.min(a, b)', 'operator: Math.max(a, b)'],
  ['a.some(b)', 'operator: a.every(b)'],
  ['a < b', 'boundary: a <= b'],
  ['a >= b', 'boundary: a > b'],
  ['a?.b', 'guard: a.b'],
  ['a.filter(b)', 'guard: a'],
  ['while (a) b()', 'guard: while (false) b()'],
  ['a = 9', 'constant: a = 10'],
  ['a = 60_000', 'constant: a = 120000'],
  ['a = true', 'constant: a = false'],
  ["a = 'held'", "constant: a = ''"],
])('%s has the mutant "%s"', (source, mutation) => {
  expect(mutations(source)).toEqual([mutation])
})

test.each(['if (a) b()', 'a ? b : c'])('the condition of %s is always or never true', (source) => {
  expect(mutations(source)).toEqual([`guard: ${source.replace('a', 'true')}`, `guard: ${source.replace('a', 'false')}`])
})

test.each([
  "import { a } from './a.ts'",
  "export * from './a.ts'",
  "type A = 'held' | 1",
  "const a: 'held' | undefined = b as 'held'",
  "({ 'held': a })",
  "throw new RangeError('a' + 1)",
  "class A extends Error { override readonly name = 'A' }",
  "logger.info('a', { b: 1 })",
  '`${a} b` + c',
  'a = /b/',
])('%s has no mutant', (source) => {
  expect(mutations(source)).toEqual([])
})

test('a mutant has the line that it is on, before and after', () => {
  const source = 'const a = 1\n\n  if (\n    a < 2\n  ) b()\n'
  const boundary = mutantsOf('file.ts', source).find(({ kind }) => kind === 'boundary')
  expect(boundary && placeOf(source, boundary)).toEqual({ line: 4, before: 'a < 2', after: 'a <= 2' })
})

test('a seed chooses the same mutants each time, and another one others', () => {
  const all = allMutants('runtime')
  expect(sampleOf(all, 10, 1)).toEqual(sampleOf(all, 10, 1))
  expect(sampleOf(all, 10, 2)).not.toEqual(sampleOf(all, 10, 1))
  expect(new Set(sampleOf(all, all.length, 1))).toEqual(new Set(all))
})

test('every equivalent mutant is one that is generated', () => {
  // An entry that no longer fits any line hides nothing, and would stay for ever.
  const generated = allMutants('', [])
  for (const each of equivalents)
    expect(
      generated.some((mutant) => isThat(mutant, each)),
      each.code,
    ).toBe(true)
})
