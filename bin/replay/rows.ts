import { parse } from 'csv-parse/sync'

/** A row that can be used. */
export interface Row {
  readonly kind: 'sale' | 'return' | 'adjustment'
  readonly invoice: string
  readonly code: string
  /** At most 200 characters; may be empty. */
  readonly description: string
  /** Negative in returns and adjustments, as in the file. */
  readonly quantity: number
  /** Milliseconds, the local time of the file taken as UTC. */
  readonly at: number
  /** In pence, rounded. */
  readonly price: number
  /** Undefined for a guest. */
  readonly customer: string | undefined
}

/** A row that cannot be used. */
export interface Unusable {
  readonly file: string
  /** Counts from 1, without the header. */
  readonly row: number
  readonly reason: string
}

const columns = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID'] as const
type Fields = Partial<Record<(typeof columns)[number], string>>

const maxQuantity = 1_000_000
/** Of one unit, in pence. */
const maxPrice = 1_000_000_000

/** Sorts the rows of a file into those that can be used and those that cannot, with the reason. Throws when a column is missing. */
export function readRows(file: string, text: string): { count: number; rows: Row[]; unusable: Unusable[] } {
  const records: Fields[] = parse(text, {
    bom: true,
    columns: (header: string[]) => headerOf(file, header),
    relax_column_count: true,
    skip_empty_lines: true,
  })
  const rows: Row[] = []
  const unusable: Unusable[] = []
  for (const [index, fields] of records.entries()) {
    const row = rowOf(fields)
    if (typeof row === 'string') unusable.push({ file, row: index + 1, reason: row })
    else rows.push(row)
  }
  return { count: records.length, rows, unusable }
}

function headerOf(file: string, header: readonly string[]): string[] {
  const names = header.map((name) => name.trim())
  const missing = columns.filter((column) => !names.includes(column))
  if (missing.length > 0) throw new Error(`${file} has no column ${missing.join(', ')}.`)
  return names
}

/** The row, or why it cannot be used. */
function rowOf(fields: Fields): Row | string {
  const textOf = (column: keyof Fields): string => (fields[column] ?? '').trim()
  const invoice = textOf('InvoiceNo')
  if (invoice === '' || invoice.length > 100) return `invoice number "${invoice.slice(0, 20)}"`
  const code = textOf('StockCode')
  if (!/[A-Za-z0-9]/.test(code)) return `stock code "${code}"`
  const quantity = numberOf(textOf('Quantity'))
  if (!Number.isInteger(quantity) || quantity === 0 || Math.abs(quantity) > maxQuantity) {
    return `quantity "${textOf('Quantity')}"`
  }
  const at = timeOf(textOf('InvoiceDate'))
  if (at === undefined) return `date "${textOf('InvoiceDate')}"`
  const price = Math.round(numberOf(textOf('UnitPrice')) * 100)
  if (!(price >= 0 && price <= maxPrice)) return `price "${textOf('UnitPrice')}"`
  const cancels = /^C/i.test(invoice)
  if (cancels && quantity > 0) return 'a cancellation that sells'
  const kind = cancels ? 'return' : quantity > 0 ? 'sale' : 'adjustment'
  const description = textOf('Description').slice(0, 200)
  return { kind, invoice, code, description, quantity, at, price, customer: customerOf(textOf('CustomerID')) }
}

const numberOf = (text: string): number => (text === '' ? Number.NaN : Number(text))

/** `17850.0`, as spreadsheets write it, is customer 17850. */
function customerOf(text: string): string | undefined {
  const id = text.replace(/\.0+$/, '').replaceAll(/[^A-Za-z0-9_-]/g, '-')
  return id === '' ? undefined : `c${id}`.slice(0, 64)
}

function timeOf(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/.exec(text)
  if (match === null) return undefined
  const iso = `${match[1]}T${match[2]}${match[3] ?? ':00'}.000Z`
  const at = Date.parse(iso)
  // Date.parse takes the 31st of February for the 3rd of March.
  return !Number.isNaN(at) && new Date(at).toISOString() === iso ? at : undefined
}
