import { chanceOf } from '../../../../bin/fuzz/chance.ts'
import { type Equivalent, equivalents } from './equivalent.ts'
import { mutantsOf } from './generate.ts'
import type { Mutant } from './mutant.ts'
import { filesOf, sourceOf } from './sources.ts'

/** What is mutated: the pure cores, and what every promise rests on beside them. A chart is a description that no service runs. */
const targets = [
  'functions/*/core/**/*.ts',
  'functions/payments/adapters/settle.ts',
  'functions/runtime/{bus,events,redelivery,relay,store.rules,update}.ts',
  'localstack/iam/{iam,policy}.ts',
  'localstack/deploy/policies.ts',
]

/** The mutants of every target with that part in its name, in the order of files and lines, without the equivalent ones. */
export const allMutants = (part = '', without: readonly Equivalent[] = equivalents): readonly Mutant[] =>
  filesOf(targets)
    .filter((file) => file.includes(part) && !file.endsWith('-chart.ts'))
    .flatMap((file) => mutantsOf(file, sourceOf(file)))
    .filter((mutant) => !without.some((equivalent) => isThat(mutant, equivalent)))

/** So many of the mutants, as the seed chooses them. */
export function sampleOf(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const { random } = chanceOf(seed)
  return mutants
    .map((mutant) => ({ mutant, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .slice(0, size)
    .map(({ mutant }) => mutant)
}

/** Whether the equivalent covers the mutant. */
export function isThat(mutant: Mutant, { folder, code, after }: Equivalent): boolean {
  if (!mutant.file.startsWith(`${folder}/`)) return false
  const source = sourceOf(mutant.file)
  const { start, end, replacement } = mutant
  for (let at = source.indexOf(code); at >= 0; at = source.indexOf(code, at + 1)) {
    const to = at + code.length
    if (start < at || end > to) continue
    if (after === undefined || source.slice(at, start) + replacement + source.slice(end, to) === after) return true
  }
  return false
}
