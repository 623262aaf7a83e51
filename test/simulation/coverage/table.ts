import { coverage } from './coverage.ts'

/** Of each file, branches that are named as never reached left out, in percent. */
const least = 95

/** Prints what histories from seed 1 reach. Returns 1 when a file has too few branches reached, 0 otherwise. */
export async function showCoverage(seeds: number): Promise<number> {
  console.log('| file | branches | reached | named | % |\n| --- | ---: | ---: | ---: | ---: |')
  let worst = 100
  const all = { branches: 0, reached: 0 }
  for (const { file, branches, reached, named, missing, idle } of await coverage(seeds)) {
    all.branches += branches
    all.reached += reached
    const possible = branches - named.length
    worst = Math.min(worst, possible === 0 ? 100 : (reached / possible) * 100)
    const percent = branches === 0 ? 100 : (reached / branches) * 100
    console.log(`| ${file} | ${branches} | ${reached} | ${named.length} | ${percent.toFixed(1)} |`)
    for (const line of missing) console.log(`    not reached: ${line}`)
    for (const { code } of idle) console.log(`    named, but reached: ${code}`)
  }
  const share = ((all.reached / all.branches) * 100).toFixed(1)
  console.log(`\nOf all ${all.branches} branches ${all.reached} are reached, named or not: ${share} %.`)
  const enough = worst >= least
  console.log(
    enough ? '\nEnough is reached.' : `\nNot enough: of each file ${least} % of what is not named are wanted.`,
  )
  return enough ? 0 : 1
}
