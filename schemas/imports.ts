import * as z from 'zod'
import { route } from './contract.ts'
import { Id, Paging, Time, pageOf } from './shared.ts'

/** The largest file of an import, in bytes. */
export const maxImportBytes = 100 * 1_048_576
/** The most rows of a file. */
export const maxFileRows = 200_000
/** How long an upload may begin, in seconds. */
export const uploadSeconds = 3_600

const kind = z.enum(['products']).describe('What the rows are: those of `POST /products/import`.')
const format = z
  .enum(['csv', 'ndjson'])
  .describe('Default: csv. Cells are parted by commas, semicolons or tabs, as the first line has them.')
const encoding = z
  .enum(['utf-8', 'windows-1252'])
  .describe('Default: utf-8, with or without a byte order mark. Nothing is guessed.')

/** What is imported, and how the file is written. */
export const ImportInput = z
  .strictObject({ kind, format: format.optional(), encoding: encoding.optional() })
  .meta({ id: 'ImportInput' })
const Written = z.object({ kind, format, encoding })
export type Written = z.infer<typeof Written>

const ImportState = z
  .enum(['waiting', 'reading', 'done', 'failed', 'cancelled', 'expired'])
  .describe(
    '`waiting` for its upload, `expired` when none came in time. `failed`: the file cannot be read on; what is read is done.',
  )
export type ImportState = z.infer<typeof ImportState>

export const Import = z
  .object({
    id: Id,
    ...Written.shape,
    state: ImportState,
    rows: z
      .object({ read: z.int(), created: z.int(), updated: z.int(), unchanged: z.int(), refused: z.int() })
      .describe('So far.'),
    failure: z
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
      .optional()
      .describe('Of a failed import.'),
    resultsUrl: z
      .url()
      .optional()
      .describe('Of an import that is over: a result per row, NDJSON, to be fetched within the hour.'),
    createdAt: Time,
    updatedAt: Time,
    expiresAt: Time.describe('Until then the file may be sent.'),
  })
  .meta({ id: 'Import' })
export type Import = z.infer<typeof Import>

/** A form of S3: the fields, then the file as `file`, posted to the URL. */
const Upload = z.object({ url: z.url(), fields: z.record(z.string(), z.string()) }).meta({ id: 'Upload' })
export type Upload = z.infer<typeof Upload>

const byId = z.strictObject({ id: Id })

/** Routes of catalog, which reads the files. */
export const routes = {
  createImport: route({
    method: 'POST',
    path: '/imports',
    who: 'catalog:write',
    summary: 'Begin an import of a file of up to 200,000 rows: the answer has the form that takes the file',
    body: ImportInput,
    idempotencyKey: 'optional',
    answer: {
      status: 201,
      body: Import.extend({
        upload: Upload.optional().describe('Shown once.'),
        withheld: z.array(z.string()).optional(),
      }),
      location: '/imports/{id}',
      once: ['upload'],
    },
  }),
  listImports: route({
    method: 'GET',
    path: '/imports',
    who: 'catalog:write',
    summary: 'List the imports, the newest first',
    query: Paging,
    answer: { status: 200, body: pageOf(Import) },
  }),
  getImport: route({
    method: 'GET',
    path: '/imports/{id}',
    who: 'catalog:write',
    summary: 'How far an import is, and its results when it is over',
    params: byId,
    answer: { status: 200, body: Import },
    problems: ['import_not_found'],
  }),
  cancelImport: route({
    method: 'DELETE',
    path: '/imports/{id}',
    who: 'catalog:write',
    summary: 'Stop an import that is not over: rows that are done stay',
    params: byId,
    answer: { status: 204 },
    problems: ['import_not_found', 'import_over'],
  }),
}
