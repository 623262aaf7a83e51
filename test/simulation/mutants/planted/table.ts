import { readFileSync, writeFileSync } from 'node:fs'
import type { Seeds } from '../../runs/many.ts'
import { experiments, nameOf, prove } from './prove.ts'
import { knownSeeds, withFound } from './rows.ts'

const page = new URL('../../../../docs/simulation.md', import.meta.url)

/**
 * Prints a line for each planted defect with `part` in its name: the seed that finds it, of these, and the promise that is broken. The
 * seed that the document names is tried first. With `write`, what is found goes into the rows of the document. Answers the exit code.
 */
export async function showTable(part: string, seeds: Seeds, write: boolean): Promise<number> {
  const known = knownSeeds(readFileSync(page, 'utf8'))
  let [all, survived] = [0, 0]
  console.log('| planted | seed | broken promise |\n| --- | ---: | --- |')
  for await (const finding of prove(experiments(part), seeds, known)) {
    const { seed = '-', promise = '' } = finding.found ?? {}
    all += 1
    if (finding.found === undefined) survived += 1
    else if (write) writeFileSync(page, withFound(readFileSync(page, 'utf8'), finding))
    console.log(`| ${nameOf(finding)} | ${seed} | ${promise} |`)
  }
  console.log(`\n${all - survived} of ${all} found.`)
  return survived === 0 ? 0 : 1
}
