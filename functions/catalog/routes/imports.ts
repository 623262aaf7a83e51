import type { Import, routes } from '../../../schemas/imports.ts'
import { uploadSeconds } from '../../../schemas/imports.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOf } from '../../runtime/entity-tag.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handlers } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { type Change, type Loaded, load, update } from '../../runtime/update.ts'
import { type ImportFacts, isOver, noRows, stateAt } from '../core/import.ts'
import type { CatalogDeps } from '../deps.ts'
import { type ImportItem, allImports, importItem, newImport } from '../store/import-item.ts'

const contentTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

export const imports = (deps: CatalogDeps): Handlers<typeof routes> => ({
  createImport: (request) => {
    const id = deps.newImportId()
    return commit(deps, request, async () => {
      const { kind, format = 'csv', encoding = 'utf-8' } = request.body
      const now = deps.clock.now()
      const createdAt = timeOf(now)
      const times = { createdAt, updatedAt: createdAt, expiresAt: timeOf(now + uploadSeconds * 1_000) }
      const item = newImport(id, { kind, format, encoding, state: 'waiting', rows: noRows, ...times })
      const upload = await deps.files.upload(id, contentTypes[format])
      return { writes: [{ put: item, if: 'absent' }], answer: { body: { ...shown(item, createdAt), upload } } }
    })
  },

  listImports: async ({ query: { limit, cursor } }) => {
    const page = await deps.store.query({ index: 'list', partition: allImports, limit, descending: true, cursor })
    return { body: { ...page, items: page.items.map((item) => shown(item as ImportItem, timeOf(deps.clock.now()))) } }
  },

  getImport: async (request) => {
    const { item } = existing(await load(deps.store, importItem, request.params.id), request)
    const results = isOver(item) && item.rows.read > 0 ? { resultsUrl: await deps.files.resultsUrl(item.pk) } : {}
    return { body: { ...shown(item, timeOf(deps.clock.now())), ...results }, headers: { etag: tagOf(item) } }
  },

  cancelImport: async (request) => {
    const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
    await update(deps, importItem, request.params.id, origin, (found): Change<ImportFacts> | undefined => {
      const { item, state } = existing(found, request)
      if (state.state === 'cancelled') return undefined
      expectMatch(request, tagOf(item))
      if (isOver(state)) throw request.refuse('import_over', `The import is ${state.state}.`)
      return { state: { ...state, state: 'cancelled' }, emits: [] }
    })
    return {}
  },
})

interface OfImport {
  readonly params: { readonly id: string }
  readonly refuse: Refuse<'import_not_found'>
}

function existing(
  found: Loaded<ImportFacts, ImportItem> | undefined,
  { params: { id }, refuse }: OfImport,
): Loaded<ImportFacts, ImportItem> {
  if (found === undefined) throw refuse('import_not_found', `There is no import ${id}.`)
  return found
}

function shown(item: ImportItem, now: string): Import {
  const { pk, kind, format, encoding, rows, failure, createdAt, updatedAt, expiresAt } = item
  return {
    id: pk,
    kind,
    format,
    encoding,
    state: stateAt(item, now),
    rows,
    ...(failure && { failure }),
    createdAt,
    updatedAt,
    expiresAt,
  }
}
