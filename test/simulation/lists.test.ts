import { expect, test } from 'vitest'
import { globSync, readFileSync } from 'node:fs'
import { all as defects, defectOf, pairs } from './mutants/planted/defects.ts'
import { hiddenDefects } from './mutants/planted/hidden-defects.ts'
import { marksOf, sown } from './mutants/planted/marks.ts'
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
