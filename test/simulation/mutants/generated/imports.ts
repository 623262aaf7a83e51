import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { root, sourceOf } from './sources.ts'

const imported = new Map<string, readonly string[]>()

/** The files that a file imports at run time. */
function importsOf(file: string): readonly string[] {
  const known = imported.get(file)
  if (known) return known
  const { module } = parseSync(file, sourceOf(file))
  const statics = module.staticImports.filter(
    ({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType),
  )
  const exports = module.staticExports.flatMap(({ entries }) => entries.filter(({ isType }) => !isType))
  const paths = [
    ...statics.map((each) => each.moduleRequest.value),
    ...exports.map((each) => each.moduleRequest?.value),
  ]
    .filter((path) => path?.startsWith('.') === true)
    .map((path) => relative(root, join(root, dirname(file), path as string)))
    .filter((path) => path.endsWith('.ts') && existsSync(join(root, path)))
  imported.set(file, paths)
  return paths
}

/** Every file that this one needs, directly or not, and how many imports away it is. */
export function distancesFrom(file: string): ReadonlyMap<string, number> {
  const distances = new Map([[file, 0]])
  // A map that grows while it is walked is walked to its end.
  for (const [at, distance] of distances)
    for (const next of importsOf(at)) if (!distances.has(next)) distances.set(next, distance + 1)
  return distances
}
