import type { FieldError } from './errors.ts'
import type { SentValue } from './sent-row.ts'

/** What the text of a cell stands for. */
export type Cell = (cell: string) => unknown

// Anything that is not a number or boolean stays text, for the contract to refuse.
const number: Cell = (cell) => (/^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell)
const boolean: Cell = (cell) => (/^(?:true|false)$/i.test(cell) ? /^t/i.test(cell) : cell)
const text: Cell = (cell) => cell
/** Names something: digits are lost in what a spreadsheet makes of a long number. */
const code: Cell = (cell) => cell
const mangled = /^\d(?:[.,]\d+)?E\+\d+$/i

export const cells = { number, boolean, text, code }

/** The most columns of a CSV file: every field of a product, all of its attributes, and room. */
export const maxColumns = 100

/** The columns that the files of an import may have. */
export interface Columns {
  /** Their names, in words. */
  readonly known: string
  /** Their names; one that ends with a dot is the beginning of names. */
  readonly names: readonly string[]
  /** What the cells of a column are; undefined where there is no such column. */
  readonly cellOf: (name: string) => Cell | undefined
  /** The value of a row, of its cells that are not empty. */
  readonly valueOf: (cells: readonly (readonly [string, unknown])[]) => unknown
}

/** What the first line of a file shows of its cells. */
export interface Separated {
  readonly delimiter: string
  /** The line that has the header, from 1. */
  readonly headerLine: 1 | 2
}

const delimiters = [',', ';', '\t'] as const

/** What parts the cells: as a first line `sep=;` has it, which spreadsheets understand, or whatever parts the header into most. */
export function separatedBy(text: string): Separated {
  const [line = ''] = text.split(/\r?\n/, 1)
  const named = /^\uFEFF?"?sep=([,;\t])"?$/i.exec(line)?.[1]
  if (named !== undefined) return { delimiter: named, headerLine: 2 }
  const count = (delimiter: string): number => line.split(delimiter).length
  const delimiter = delimiters.reduce<string>((best, each) => (count(each) > count(best) ? each : best), delimiters[0])
  return { delimiter, headerLine: 1 }
}

/** How every CSV file is parsed. A quote within a cell, as in 3" nail, is that character. */
export const csvOptions = ({ delimiter, headerLine }: Separated) =>
  ({
    bom: true,
    delimiter,
    from_line: headerLine,
    trim: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as const

/** The names of the columns, in the letters that they have here: people and spreadsheets write them in others. */
export function headerOf({ names }: Columns, record: readonly string[]): readonly string[] {
  return record.map((cell) => {
    const name = cell.normalize()
    const lower = name.toLowerCase()
    const known = names.find((each) =>
      each.endsWith('.') ? lower.startsWith(each.toLowerCase()) : lower === each.toLowerCase(),
    )
    return known === undefined ? name : `${known}${name.slice(known.length)}`
  })
}

/** What is wrong with the names of the columns. */
export function columnErrors({ cellOf }: Columns, header: readonly string[]): readonly FieldError[] {
  const seen = new Set<string>()
  return header.flatMap((name): FieldError[] => {
    if (seen.has(name)) return [{ path: name, message: 'the column is there twice' }]
    seen.add(name)
    return cellOf(name) ? [] : [{ path: name, message: 'unknown column' }]
  })
}

/** The value of a record under this header: an empty cell leaves its field alone. */
export function valueOfRecord(
  { cellOf, valueOf }: Columns,
  header: readonly string[],
  record: readonly string[],
): SentValue {
  if (record.length !== header.length)
    return { errors: [{ path: '', message: `${record.length} cells under a header of ${header.length}` }] }
  const errors = header.flatMap((name, index): FieldError[] => {
    const cell = record[index] ?? ''
    if (cellOf(name) !== code || !mangled.test(cell)) return []
    return [{ path: name, message: `${cell} is a number in scientific notation: write the ${name} as text` }]
  })
  if (errors.length > 0) return { errors }
  const filled = header.flatMap((name, index): [string, unknown][] => {
    const cell = record[index] ?? ''
    return cell === '' ? [] : [[name, (cellOf(name) ?? text)(cell)]]
  })
  return { value: valueOf(filled) }
}
