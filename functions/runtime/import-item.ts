import type { ImportFacts } from './import-state.ts'
import type { Item, Key } from './store.ts'
import { type Codec, inPlaceOf, revisionOf } from './update.ts'

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

/** When it is forgotten, in seconds since 1970. */
export const keptUntil = ({ createdAt }: Pick<ImportFacts, 'createdAt'>): number =>
  Math.ceil(Date.parse(createdAt) / 1_000) + keptDays * 86_400

/** A new import, which the table forgets after its time. */
export const newImport = (id: string, facts: ImportFacts): ImportItem => ({
  ...facts,
  ...importKey(id),
  version: 1,
  listPk: allImports,
  listSk: `${facts.createdAt} ${id}`,
  ttl: keptUntil(facts),
})
