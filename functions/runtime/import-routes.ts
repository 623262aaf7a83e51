import { type ImportState, type Upload, type Written, uploadSeconds } from '../../schemas/imports.ts'
import type { Answer } from './answer.ts'
import { timeOf } from './clock.ts'
import { expectMatch, tagOf } from './entity-tag.ts'
import type { Refuse } from './errors.ts'
import type { Request } from './http.ts'
import { commit } from './idempotent-commit.ts'
import type { ImportFiles } from './import-files.ts'
import { type ImportItem, allImports, importItem, newImport } from './import-item.ts'
import { type ImportFacts, type Rows, hasResults, isOver, stateAt } from './import-state.ts'
import { type Change, type Loaded, type UpdateDeps, load, update } from './update.ts'

/** What the routes of imports need beside the table. */
export interface ImportDeps {
  readonly newImportId: () => string
  readonly files: Pick<ImportFiles, 'upload' | 'resultsUrl'>
}

/** An import of rows of that kind, which have such results, as its routes show it. */
interface Shown<Kind extends string, Result extends string> extends Omit<
  ImportFacts,
  'kind' | 'state' | 'rows' | 'etag'
> {
  readonly id: string
  readonly kind: Kind
  readonly state: ImportState
  readonly rows: Rows<Result>
  readonly resultsUrl?: string
}

type Begin<Kind> = Pick<Request, 'route' | 'params' | 'idempotencyKey' | 'requestId'> & {
  readonly caller: NonNullable<Request['caller']>
  readonly body: { readonly [Name in keyof Written]?: Written[Name] | undefined } & { readonly kind: Kind }
}
type AboutOne = Pick<Request, 'requestId' | 'headers'> & {
  readonly caller: NonNullable<Request['caller']>
  readonly params: { readonly id: string }
}

const contentTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

/** What the rows of a service's files are, and the results that are counted. */
export interface ImportRows<Kind extends string, Result extends string> {
  readonly kind: Kind
  readonly results: readonly Result[]
}

type Deps = UpdateDeps & ImportDeps

export const beginImport =
  <Kind extends string, Result extends string>(deps: Deps, of: ImportRows<Kind, Result>) =>
  (request: Begin<Kind>): Promise<Answer<Shown<Kind, Result> & { readonly upload: Upload }>> => {
    const id = deps.newImportId()
    return commit(deps, request, async () => {
      const { kind, format = 'csv', encoding = 'utf-8' } = request.body
      const now = deps.clock.now()
      const createdAt = timeOf(now)
      const times = { createdAt, updatedAt: createdAt, expiresAt: timeOf(now + uploadSeconds * 1_000) }
      const made = { kind, format, encoding, createdBy: request.caller.id }
      const item = newImport(id, { ...made, state: 'waiting', rows: countsOf(of), ...times })
      const upload = await deps.files.upload(id, contentTypes[format])
      return { writes: [{ put: item, if: 'absent' }], answer: { body: { ...shown(deps, of, item), upload } } }
    })
  }

export const listImports =
  <Kind extends string, Result extends string>(deps: Deps, of: ImportRows<Kind, Result>) =>
  async ({ query: { limit, cursor } }: { readonly query: { limit: number; cursor?: string | undefined } }) => {
    const asked = { index: 'list', partition: allImports, limit, descending: true, cursor }
    const page = await deps.store.query(asked)
    return { body: { ...page, items: page.items.map((item) => shown(deps, of, item as ImportItem)) } }
  }

export const getImport =
  <Kind extends string, Result extends string>(deps: Deps, of: ImportRows<Kind, Result>) =>
  async (request: AboutOne & { readonly refuse: Refuse<'import_not_found'> }) => {
    const { item } = existing(await load(deps.store, importItem, request.params.id), request)
    const results = hasResults(item) ? { resultsUrl: await deps.files.resultsUrl(item.pk) } : {}
    return { body: { ...shown(deps, of, item), ...results }, headers: { etag: tagOf(item) } }
  }

export const cancelImport =
  (deps: Deps) =>
  async (request: AboutOne & { readonly refuse: Refuse<'import_not_found' | 'import_over' | 'version_mismatch'> }) => {
    const origin = { cause: request.requestId, at: deps.clock.now(), by: request.caller.id }
    await update(deps, importItem, request.params.id, origin, (found): Change<ImportFacts> | undefined => {
      const { item, state } = existing(found, request)
      if (state.state === 'cancelled') return undefined
      expectMatch(request, tagOf(item))
      if (isOver(state)) throw request.refuse('import_over', `The import is ${state.state}.`)
      return { state: { ...state, state: 'cancelled' }, emits: [] }
    })
    return {}
  }

/** The counts of an import, in the order of its results, whatever the table makes of it. */
const countsOf = <Result extends string>({ results }: ImportRows<string, Result>, rows: Rows = { read: 0 }) =>
  ({ read: rows.read, ...Object.fromEntries(results.map((result) => [result, rows[result] ?? 0])) }) as Rows<Result>

function shown<Kind extends string, Result extends string>(
  { clock }: Pick<Deps, 'clock'>,
  of: ImportRows<Kind, Result>,
  item: ImportItem,
): Shown<Kind, Result> {
  const { pk, format, encoding, rows, failure, createdAt, createdBy, updatedAt, expiresAt } = item
  return {
    id: pk,
    kind: of.kind,
    format,
    encoding,
    state: stateAt(item, timeOf(clock.now())),
    rows: countsOf(of, rows),
    ...(failure && { failure }),
    createdAt,
    ...(createdBy !== undefined && { createdBy }),
    updatedAt,
    expiresAt,
  }
}

function existing(
  found: Loaded<ImportFacts, ImportItem> | undefined,
  { params: { id }, refuse }: { readonly params: { readonly id: string }; readonly refuse: Refuse<'import_not_found'> },
): Loaded<ImportFacts, ImportItem> {
  if (found === undefined) throw refuse('import_not_found', `There is no import ${id}.`)
  return found
}
