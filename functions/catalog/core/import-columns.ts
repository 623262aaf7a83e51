import { AttributeName, type ImportResult } from '../../../schemas/catalog.ts'

type FieldError = NonNullable<ImportResult['rows'][number]['errors']>[number]

/** A value that is not checked yet, or why there is none. */
export type SentValue = { readonly value: unknown } | { readonly errors: FieldError[] }

/** A row as it was sent, counted from 1. */
export type SentRow = { readonly row: number } & SentValue

/** What the text of a cell stands for. Anything that is not a number or boolean stays text, for the contract to refuse. */
const number = (cell: string): unknown => (/^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell)
const boolean = (cell: string): unknown => (/^(?:true|false)$/i.test(cell) ? /^t/i.test(cell) : cell)
const text = (cell: string): unknown => cell
/** What a spreadsheet makes of a long number: digits are lost in it. */
const mangled = /^\d(?:[.,]\d+)?E\+\d+$/i

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

export const knownColumns = [...columns.keys(), `${attribute}<name>`].join(', ')

/** What is wrong with the names of the columns. */
export function columnErrors(header: readonly string[]): readonly FieldError[] {
  const seen = new Set<string>()
  return header.flatMap((name): FieldError[] => {
    if (seen.has(name)) return [{ path: name, message: 'the column is there twice' }]
    seen.add(name)
    return isColumn(name) ? [] : [{ path: name, message: 'unknown column' }]
  })
}

const isColumn = (name: string): boolean =>
  columns.has(name) || (name.startsWith(attribute) && AttributeName.safeParse(name.slice(attribute.length)).success)

/** The product of a record under this header: attributes are text, an empty cell leaves its field alone. */
export function valueOfRecord(header: readonly string[], record: readonly string[]): SentValue {
  if (record.length !== header.length) {
    return { errors: [{ path: '', message: `${record.length} cells under a header of ${header.length}` }] }
  }
  const sku = record[header.indexOf('sku')] ?? ''
  if (mangled.test(sku))
    return { errors: [{ path: 'sku', message: `${sku} is a number in scientific notation: write the sku as text` }] }
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
