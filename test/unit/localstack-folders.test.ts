import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const folderOf = (file: string): string => dirname(file)

/** The folders of the local stack, each with those that its files import, types included. */
function importsByFolder(): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>()
  for (const file of globSync('localstack/**/*.ts')) {
    const imported = folders.get(folderOf(file)) ?? new Set()
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const folder = folderOf(join(dirname(file), path))
      if (folder.startsWith('localstack') && folder !== folderOf(file)) imported.add(folder)
    }
    folders.set(folderOf(file), imported)
  }
  return folders
}

/** Takes away folders that import none of those left, until there are none or all that are left import each other in circles. */
function circular(folders: Map<string, Set<string>>): string[] {
  for (;;) {
    const free = [...folders].filter(([, imported]) => [...imported].every((folder) => !folders.has(folder)))
    if (free.length === 0) return [...folders].map(([folder, imported]) => `${folder} -> ${[...imported].join(', ')}`)
    for (const [folder] of free) folders.delete(folder)
  }
}

it('imports one way between the folders of the local stack', () => {
  const folders = importsByFolder()
  expect(folders.size).toBeGreaterThan(10)
  expect(circular(folders)).toEqual([])
})
