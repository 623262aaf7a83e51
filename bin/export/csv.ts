import { stringify } from 'csv-stringify/sync'

/** What a cell holds. Text alone may be taken for a formula. */
export type Cell = string | number | boolean | undefined

/** The columns of a file in their order, each with what a line has in it. */
export type Columns<Line> = Readonly<Record<string, (line: Line) => Cell>>

/**
 * Lines as RFC 4180 has them, each with its end. Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay as
 * they are, also those below zero.
 */
const written = (records: readonly (readonly Cell[])[]): string =>
  stringify(records as Cell[][], {
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: { boolean: String },
  })

export const headerOf = (columns: Columns<never>): string => written([Object.keys(columns)])

export const linesOf = <Line>(columns: Columns<Line>, lines: readonly Line[]): string =>
  written(lines.map((line) => Object.values(columns).map((cell) => cell(line))))
