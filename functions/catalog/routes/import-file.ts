import { CsvError, parse } from 'csv-parse/sync'
import { maxImportRows } from '../../../schemas/catalog.ts'
import type { Refuse } from '../../runtime/errors.ts'
import {
  columnErrors,
  csvOptions,
  headerOf,
  maxColumns,
  separatedBy,
  valueOfRecord,
} from '../../runtime/file-columns.ts'
import { type SentRow, valueOfLine } from '../../runtime/sent-row.ts'
import { productColumns } from './import-columns.ts'

/** The rows of newline-delimited JSON; empty lines are skipped. */
export function ndjsonRows(text: string, refuse: Refuse<'too_many_rows'>): SentRow[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  checkCount(lines.length, refuse)
  return lines.map((line, index) => ({ row: index + 1, ...valueOfLine(line) }))
}

function checkCount(rows: number, refuse: Refuse<'too_many_rows'>): void {
  if (rows > maxImportRows)
    throw refuse('too_many_rows', `An import has at most ${maxImportRows} rows; this one has ${rows}. Split the file.`)
}

type CsvRefusal = 'invalid_csv' | 'too_many_columns' | 'unknown_columns' | 'too_many_rows'

/**
 * The rows below the header of a CSV file (RFC 4180, UTF-8), whose cells commas, semicolons or tabs part. `price` is in minor units; an empty
 * cell leaves its field alone; attributes are text. Refuses a quote that never ends as `invalid_csv`.
 */
export function csvRows(file: string, refuse: Refuse<CsvRefusal>): SentRow[] {
  const [first, ...records] = recordsOf(file, refuse)
  if (first === undefined) return []
  const header = headerOf(productColumns, first)
  checkHeader(header, refuse)
  checkCount(records.length, refuse)
  return records.map((record, index) => ({ row: index + 1, ...valueOfRecord(productColumns, header, record) }))
}

function recordsOf(file: string, refuse: Refuse<'invalid_csv'>): string[][] {
  try {
    return parse(file, csvOptions(separatedBy(file)))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw refuse('invalid_csv', `The file is not CSV: ${error.message}.`)
  }
}

function checkHeader(header: readonly string[], refuse: Refuse<'too_many_columns' | 'unknown_columns'>): void {
  if (header.length > maxColumns)
    throw refuse('too_many_columns', `A file has at most ${maxColumns} columns; this one has ${header.length}.`)
  const errors = columnErrors(productColumns, header)
  if (errors.length > 0)
    throw refuse('unknown_columns', `The columns of an import are ${productColumns.known}.`, { errors })
}
