import { CsvError, parse } from 'csv-parse/sync'
import { type FieldError, HttpProblem } from '../runtime/errors.ts'

/** A row as it was sent: a value that is not checked yet, or why there is none. */
export type SentRow = { readonly row: number } & ({ readonly value: unknown } | { readonly errors: FieldError[] })

/** The rows of newline-delimited JSON; empty lines are none. */
export function ndjsonRows(text: string): SentRow[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line, index) => ({ row: index + 1, ...valueOf(line) }))
}

function valueOf(line: string): { value: unknown } | { errors: FieldError[] } {
  try {
    return { value: JSON.parse(line) as unknown }
  } catch {
    return { errors: [{ path: '', message: 'not JSON' }] }
  }
}

/** What the text of a cell stands for. What is no number or boolean stays text, for the contract to refuse. */
const number = (cell: string): unknown => (/^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell)
const boolean = (cell: string): unknown => (/^(?:true|false)$/i.test(cell) ? /^t/i.test(cell) : cell)
const text = (cell: string): unknown => cell

const columns: Readonly<Record<string, (cell: string) => unknown>> = {
  sku: text,
  name: text,
  description: text,
  categoryId: text,
  price: number,
  currency: text,
  weightGrams: number,
  unique: boolean,
  active: boolean,
  lowStockAt: number,
}
const attribute = 'attributes.'
const isAttribute = ([name]: readonly [string, unknown]): boolean => name.startsWith(attribute)

/**
 * The rows below the header of a CSV file (RFC 4180, UTF-8). `price` is in minor units; an empty cell says nothing of its field;
 * attributes are text. Throws `HttpProblem` 400: `unknown_columns` that names them, `invalid_csv` for a quote that never ends.
 */
export function csvRows(file: string): SentRow[] {
  const [header, ...records] = recordsOf(file)
  if (header === undefined) return []
  checkHeader(header)
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
  const errors = header.flatMap((name, index): FieldError[] => {
    if (header.indexOf(name) < index) return [{ path: name, message: 'the column is there twice' }]
    const known = Object.hasOwn(columns, name) || (name.startsWith(attribute) && name.length > attribute.length)
    return known ? [] : [{ path: name, message: 'unknown column' }]
  })
  if (errors.length === 0) return
  const known = [...Object.keys(columns), `${attribute}<name>`].join(', ')
  throw new HttpProblem(400, 'unknown_columns', `The columns of an import are ${known}.`, { errors })
}

function valueOfRecord(
  header: readonly string[],
  record: readonly string[],
): { value: unknown } | { errors: FieldError[] } {
  if (record.length !== header.length) {
    return { errors: [{ path: '', message: `${record.length} cells under a header of ${header.length}` }] }
  }
  const cells = header.flatMap((name, index): [string, unknown][] => {
    const cell = record[index] ?? ''
    return cell === '' ? [] : [[name, (columns[name] ?? text)(cell)]]
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
