import type { Key } from '../../runtime/store.ts'
import type { Item } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf } from '../../runtime/update.ts'
import type { ImportFacts } from '../core/import.ts'

/** How long an import and its files are kept, in days. */
export const keptDays = 30

/** The partition of all imports in the index `list`. */
export const allImports = 'imports'

export type ImportItem = Item & ImportFacts

export const importKey = (id: string): Key => ({ pk: id, sk: 'import' })

export const importItem: Codec<ImportFacts, ImportItem> = {
  noun: 'the import',
  key: importKey,
  read: (item) => ({ state: item as ImportItem, item: item as ImportItem }),
  writes: (before, { state, emits }, origin) => {
    const { outbox: _, ...facts } = state as ImportItem
    const revision = revisionOf(before?.item, emits, origin)
    return [inPlaceOf(before?.item, { ...facts, updatedAt: revision.at ?? facts.updatedAt, ...revision })]
  },
}

/** A new import, which the table forgets after its time. */
export const newImport = (id: string, facts: ImportFacts): ImportItem => ({
  ...facts,
  ...importKey(id),
  version: 1,
  listPk: allImports,
  listSk: `${facts.createdAt} ${id}`,
  ttl: Math.ceil(Date.parse(facts.createdAt) / 1_000) + keptDays * 86_400,
})
