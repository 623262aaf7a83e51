import { CsvError, parse } from 'csv-parse/sync'
import { AttributeName, maxImportRows } from '../../../schemas/catalog.ts'
import { type FieldError, HttpProblem } from '../../runtime/errors.ts'

/** A row as it was sent: a value that is not checked yet, or why there is none. */
export type SentRow = { readonly row: number } & ({ readonly value: unknown } | { readonly errors: FieldError[] })

/** The most columns of a CSV file: every field of a product, all of its attributes, and room. */
const maxColumns = 100

/** The rows of newline-delimited JSON; empty lines are skipped. Throws `HttpProblem` 422 `too_many_rows`. */
export function ndjsonRows(text: string): SentRow[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  checkCount(lines.length)
  return lines.map((line, index) => ({ row: index + 1, ...valueOf(line) }))
}

function checkCount(rows: number): void {
  if (rows > maxImportRows)
    throw new HttpProblem(422, 'too_many_rows', `An import has at most ${maxImportRows} rows; this one has ${rows}.`)
}

function valueOf(line: string): { value: unknown } | { errors: FieldError[] } {
  try {
    return { value: JSON.parse(line) as unknown }
  } catch {
    return { errors: [{ path: '', message: 'not JSON' }] }
  }
}

/** What the text of a cell stands for. Anything that is not a number or boolean stays text, for the contract to refuse. */
const number = (cell: string): unknown => (/^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell)
const boolean = (cell: string): unknown => (/^(?:true|false)$/i.test(cell) ? /^t/i.test(cell) : cell)
const text = (cell: string): unknown => cell

const columns: ReadonlyMap<string, (cell: string) => unknown> = new Map([
  ['sku', text],
  ['name', text],
  ['description', text],
  ['categoryId', text],
  ['price', number],
  ['currency', text],
  ['weightGrams', number],
  ['unique', boolean],
  ['active', boolean],
  ['lowStockAt', number],
])
const attribute = 'attributes.'
const isAttribute = ([name]: readonly [string, unknown]): boolean => name.startsWith(attribute)

/**
 * The rows below the header of a CSV file (RFC 4180, UTF-8). `price` is in minor units; an empty cell leaves its field alone;
 * attributes are text. Throws `HttpProblem`: 400 `unknown_columns` that names them, 400 `too_many_columns`, 400 `invalid_csv` for a quote that
 * never ends, 422 `too_many_rows`.
 */
export function csvRows(file: string): SentRow[] {
  const [first, ...records] = recordsOf(file)
  if (first === undefined) return []
  const header = first.map((name) => name.normalize())
  checkHeader(header)
  checkCount(records.length)
  return records.map((record, index) => ({ row: index + 1, ...valueOfRecord(header, record) }))
}

function recordsOf(file: string): string[][] {
  try {
    // A quote within a cell, as in 3" nail, is that character.
    return parse(file, { bom: true, trim: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new HttpProblem(400, 'invalid_csv', `The file is not CSV: ${error.message}.`)
  }
}

function checkHeader(header: readonly string[]): void {
  if (header.length > maxColumns)
    throw new HttpProblem(
      400,
      'too_many_columns',
      `A file has at most ${maxColumns} columns; this one has ${header.length}.`,
    )
  const seen = new Set<string>()
  const errors = header.flatMap((name): FieldError[] => {
    if (seen.has(name)) return [{ path: name, message: 'the column is there twice' }]
    seen.add(name)
    return isColumn(name) ? [] : [{ path: name, message: 'unknown column' }]
  })
  if (errors.length === 0) return
  const known = [...columns.keys(), `${attribute}<name>`].join(', ')
  throw new HttpProblem(400, 'unknown_columns', `The columns of an import are ${known}.`, { errors })
}

const isColumn = (name: string): boolean =>
  columns.has(name) || (name.startsWith(attribute) && AttributeName.safeParse(name.slice(attribute.length)).success)

function valueOfRecord(
  header: readonly string[],
  record: readonly string[],
): { value: unknown } | { errors: FieldError[] } {
  if (record.length !== header.length) {
    return { errors: [{ path: '', message: `${record.length} cells under a header of ${header.length}` }] }
  }
  const cells = header.flatMap((name, index): [string, unknown][] => {
    const cell = record[index] ?? ''
    return cell === '' ? [] : [[name, (columns.get(name) ?? text)(cell)]]
  })
  const attributes = cells.filter(isAttribute).map(([name, value]) => [name.slice(attribute.length), value] as const)
  const { price, currency, ...fields } = Object.fromEntries(cells.filter((cell) => !isAttribute(cell)))
  return {
    value: {
      ...fields,
      ...((price !== undefined || currency !== undefined) && { price: { amount: price, currency } }),
      ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
    },
  }
}
