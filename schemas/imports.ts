import * as z from 'zod'
import type { Scope } from './access.ts'
import { route } from './contract.ts'
import { Id, Paging, Time, pageOf } from './shared.ts'

// What all services with imports of files have in common; each has routes of its own, with its kind of rows and its results.

/** The largest file of an import, in bytes. */
export const maxImportBytes = 100 * 1_048_576
/** How long an upload may begin, in seconds. */
export const uploadSeconds = 3_600

const format = z.enum(['csv', 'ndjson']).meta({
  id: 'FileFormat',
  description: 'Default: csv. Cells are parted by commas, semicolons or tabs, as the first line has them.',
})
const encoding = z.enum(['utf-8', 'windows-1252']).meta({
  id: 'FileEncoding',
  description: 'Default: utf-8, with or without a byte order mark. Nothing is guessed.',
})

/** How a file is written. */
const Written = z.object({ format, encoding })
export type Written = z.infer<typeof Written>

/** What is imported, and how the file is written. */
export const importInput = <Kind extends z.ZodType>(kind: Kind) =>
  z.strictObject({ kind, format: format.optional(), encoding: encoding.optional() })

export const ImportState = z.enum(['waiting', 'reading', 'done', 'failed', 'cancelled', 'expired']).meta({
  id: 'ImportState',
  description:
    '`waiting` for its upload, `expired` when none came in time. `failed`: the file cannot be read on; what is read is done.',
})
export type ImportState = z.infer<typeof ImportState>

const Failure = z
  .object({
    code: z.enum([
      'invalid_csv',
      'unknown_columns',
      'too_many_columns',
      'too_many_rows',
      'invalid_encoding',
      'file_changed',
    ]),
    detail: z.string(),
  })
  .meta({ id: 'ImportFailure' })
export type ImportFailure = z.infer<typeof Failure>

/** An import of such rows, and how many there are of each result so far. */
export const importOf = <Kind extends z.ZodType, Rows extends z.ZodType>(kind: Kind, rows: Rows, results: string) =>
  z.object({
    id: Id,
    kind,
    ...Written.shape,
    state: ImportState,
    rows,
    failure: Failure.optional().describe('Of a failed import.'),
    resultsUrl: z
      .url()
      .optional()
      .describe(
        `Of an import that is over, and of a cancelled one once what it did is joined: a result per row, NDJSON, to be fetched within the hour. ${results}`,
      ),
    createdAt: Time,
    createdBy: Id.optional().describe('The user or API key that began it; imports of earlier releases name nobody.'),
    updatedAt: Time,
    expiresAt: Time.describe('Until then the file may be sent.'),
  })

/** A form of S3: the fields, then the file as `file`, posted to the URL. */
export const Upload = z.object({ url: z.url(), fields: z.record(z.string(), z.string()) }).meta({ id: 'Upload' })
export type Upload = z.infer<typeof Upload>

/** What the answer to a new import has beside it. */
export const withUpload = {
  upload: Upload.optional().describe('Shown once.'),
  withheld: z.array(z.string()).optional(),
}

const byId = z.strictObject({ id: Id })

interface Imports<Path, PathOfOne, Who, Input, Shown, Begun> {
  readonly path: Path
  readonly pathOfOne: PathOfOne
  readonly who: Who
  /** What the rows are, in words: `products`. */
  readonly of: string
  readonly maxRows: number
  readonly input: Input
  readonly shown: Shown
  /** As `shown`, with the form. */
  readonly begun: Begun
}

/** The routes of the imports of a service. */
export const importRoutes = <
  const Path extends string,
  const PathOfOne extends `/${string}`,
  const Who extends Scope,
  Input extends z.ZodType,
  Shown extends z.ZodType,
  Begun extends z.ZodType,
>({
  path,
  pathOfOne,
  who,
  of,
  maxRows,
  input,
  shown,
  begun,
}: Imports<Path, PathOfOne, Who, Input, Shown, Begun>) => ({
  begin: route({
    method: 'POST',
    path,
    who,
    summary: `Begin an import of a file of up to ${maxRows.toLocaleString('en')} rows of ${of}: the answer has the form that takes the file`,
    body: input,
    idempotencyKey: 'optional',
    answer: { status: 201, body: begun, location: pathOfOne, once: ['upload'] },
  }),
  list: route({
    method: 'GET',
    path,
    who,
    summary: `List the imports of ${of}, the newest first`,
    query: Paging,
    answer: { status: 200, body: pageOf(shown) },
  }),
  get: route({
    method: 'GET',
    path: pathOfOne,
    who,
    summary: `How far an import of ${of} is, and its results when it is over`,
    params: byId,
    answer: { status: 200, body: shown },
    problems: ['import_not_found'],
  }),
  cancel: route({
    method: 'DELETE',
    path: pathOfOne,
    who,
    summary: `Stop an import of ${of} that is not over: rows that are done stay`,
    params: byId,
    answer: { status: 204 },
    problems: ['import_not_found', 'import_over'],
  }),
})
