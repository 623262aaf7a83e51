import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** The files of the repository that match, from its root, in the order of their names. */
export const filesOf = (patterns: readonly string[]): readonly string[] =>
  globSync(patterns, { cwd: root, exclude: ['node_modules'] }).toSorted()

const sources = new Map<string, string>()

/** The source of a file as it was when it was first read. */
export function sourceOf(file: string): string {
  const source = sources.get(file) ?? readFileSync(join(root, file), 'utf8')
  sources.set(file, source)
  return source
}
