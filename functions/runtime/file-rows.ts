import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { Written } from '../../schemas/imports.ts'
import {
  type Columns,
  columnErrors,
  csvOptions,
  headerOf,
  maxColumns,
  separatedBy,
  valueOfRecord,
} from './file-columns.ts'
import { windows1252Of } from './request-text.ts'
import { type SentRow, type SentValue, valueOfLine } from './sent-row.ts'
import { UnreadableFile } from './unreadable-file.ts'

/** What the files of a kind may be. */
export interface FileKind {
  readonly columns: Columns
  readonly maxRows: number
}

/** The longest record, in characters: a quote that never ends is not read to the end of its file. */
const maxRecordLength = 200_000

/** The rows of a file as they are read, counted from 1. Throws `UnreadableFile`. */
export async function* rowsOf(
  bytes: AsyncIterable<Uint8Array>,
  { format, encoding }: Written,
  { columns, maxRows }: FileKind,
): AsyncGenerator<SentRow> {
  const text = textIn(bytes, encoding)
  let row = 0
  for await (const value of format === 'csv' ? csvValues(text, columns) : ndjsonValues(text)) {
    row += 1
    if (row > maxRows) throw new UnreadableFile('too_many_rows', `A file has at most ${maxRows} rows.`)
    yield { row, ...value }
  }
}

async function* textIn(bytes: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for await (const chunk of bytes) yield windows1252Of(decoder.decode(chunk, { stream: true }), encoding)
    yield windows1252Of(decoder.decode(), encoding)
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error) || error.code !== 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw error
    throw new UnreadableFile(
      'invalid_encoding',
      `The file is not ${encoding}: send its encoding, utf-8 or windows-1252.`,
    )
  }
}

async function* ndjsonValues(text: AsyncIterable<string>): AsyncGenerator<SentValue> {
  let rest = ''
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxRecordLength) throw new UnreadableFile('invalid_csv', 'A line of the file is too long.')
    for (const line of lines) if (line.trim() !== '') yield valueOfLine(line)
  }
  if (rest.trim() !== '') yield valueOfLine(rest)
}

async function* csvValues(text: AsyncIterable<string>, columns: Columns): AsyncGenerator<SentValue> {
  const { whole, ...separated } = await sniffed(text)
  const parser = parse({ ...csvOptions(separated), max_record_size: maxRecordLength })
  const source = Readable.from(whole)
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let header: readonly string[] | undefined
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (header) yield valueOfRecord(columns, header, record)
      else header = checkedHeader(columns, record)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new UnreadableFile('invalid_csv', `The file is not CSV: ${error.message}.`)
  } finally {
    source.destroy()
  }
}

/** What parts the cells, by the first line, and the text from its beginning. */
async function sniffed(text: AsyncIterable<string>) {
  const chunks = text[Symbol.asyncIterator]()
  let start = ''
  while (!start.includes('\n') && start.length < maxRecordLength) {
    const { done, value } = await chunks.next()
    if (done) break
    start += value
  }
  async function* whole(): AsyncGenerator<string> {
    if (start !== '') yield start
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  }
  return { ...separatedBy(start), whole: whole() }
}

function checkedHeader(columns: Columns, record: readonly string[]): readonly string[] {
  const header = headerOf(columns, record)
  if (header.length > maxColumns)
    throw new UnreadableFile(
      'too_many_columns',
      `A file has at most ${maxColumns} columns; this one has ${header.length}.`,
    )
  const [error] = columnErrors(columns, header)
  if (error)
    throw new UnreadableFile(
      'unknown_columns',
      `${error.path}: ${error.message}. The columns of an import are ${columns.known}.`,
    )
  return header
}
