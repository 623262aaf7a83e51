import { MetadataKey } from '../../../schemas/labels.ts'
import { StockFileRow, type StockRowResult, maxStockFileRows } from '../../../schemas/stock-imports.ts'
import { contended, shortened } from '../../runtime/errors.ts'
import { type Cell, cells } from '../../runtime/file-columns.ts'
import type { FileKind } from '../../runtime/file-rows.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type ImportItem, keptUntil } from '../../runtime/import-item.ts'
import type { ImportWork } from '../../runtime/import-reader.ts'
import { type SentRow, checkedRow, listedErrors } from '../../runtime/sent-row.ts'
import { StoreUnavailable } from '../../runtime/store.ts'
import type { UpdateDeps } from '../../runtime/update.ts'
import type { KeyedRow } from '../core/adjustment-rows.ts'
import { rowId } from '../routes/adjust-many.ts'
import { adjustRows } from '../routes/adjustment-writes.ts'

const { number, text, code } = cells
const columns: ReadonlyMap<string, Cell> = new Map([
  ['key', code],
  ['sku', code],
  ['warehouseId', code],
  ['delta', number],
  ['set', number],
  ['expected', number],
  ['reason', text],
  ['reference', code],
])

const metadata = 'metadata.'
const metadataKeyOf = (name: string): string | undefined =>
  name.startsWith(metadata) ? name.slice(metadata.length) : undefined

/** Files of adjustments: the fields of a row, and the keys of its metadata, are its columns. */
export const stockFile: FileKind = {
  columns: {
    known: [...columns.keys(), `${metadata}<key>`].join(', '),
    names: [...columns.keys(), metadata],
    cellOf: (name) => columns.get(name) ?? (MetadataKey.safeParse(metadataKeyOf(name)).success ? text : undefined),
    valueOf: (filled) => {
      const own = filled.flatMap(([name, value]): [string, unknown][] => {
        const key = metadataKeyOf(name)
        return key === undefined ? [] : [[key, value]]
      })
      const fields = filled.filter(([name]) => metadataKeyOf(name) === undefined)
      return { ...Object.fromEntries(fields), ...(own.length > 0 && { metadata: Object.fromEntries(own) }) }
    },
  },
  maxRows: maxStockFileRows,
}

/** How long the results of rows are kept beyond their import, in seconds: a reader that began before its end is done by then. */
const marginSeconds = 86_400

/** Files of adjustments: the key of a row makes it count once, whoever reads it again. */
export const stockImports = (deps: UpdateDeps): ImportWork => ({
  by: 'inventory',
  kind: stockFile,
  begin: (item) => (sent) => async (times) => {
    const { good, refused } = checked(sent, item)
    const rows = good.map(({ keyed }) => keyed)
    const origin = { cause: item.pk, by: senderOf(item) }
    const ttl = keptUntil(item) + marginSeconds
    const results = await adjustRows(deps, { rows, together: false, origin, ...times, ttl })
    const done = good.map(({ row }, index): StockRowResult | undefined => {
      const result = results[index]
      // mutant: file-row-away
      if (result?.code === 'unavailable')
        throw new StoreUnavailable(`Row ${row} of ${item.pk} is not known to be done.`)
      if (result?.code === 'contended') throw contended(`the stock of row ${row} of ${item.pk}`)
      return result && { row, ...result }
    })
    return [...refused, ...done.filter((result) => result !== undefined)]
  },
})

interface GoodRow {
  readonly row: number
  readonly keyed: KeyedRow
}

/** Checks rows by their contract, and gives those without a key one of the import and their number. */
function checked(sent: readonly SentRow[], item: ImportItem): { good: GoodRow[]; refused: StockRowResult[] } {
  const good: GoodRow[] = []
  const refused: StockRowResult[] = []
  for (const each of sent) {
    const { data, ...wrong } = checkedRow(each, StockFileRow)
    if (data) {
      const row = { ...data, key: data.key ?? `${item.pk}/${each.row}` } // mutant: file-row-key
      good.push({ row: each.row, keyed: { row, id: rowId(senderOf(item), row.key), hash: digest(canonical(row)) } })
    } else if ('sent' in wrong) refused.push(refusal(each.row, wrong))
  }
  return { good, refused }
}

/** The longest key and sku, in characters, that are shown of a row. */
const shownLength = 64
const shownOf = (sent: Readonly<Record<string, unknown>>, name: 'key' | 'sku') => {
  const { [name]: text } = sent
  return typeof text === 'string' ? { [name]: shortened(text, shownLength) } : {}
}

type Wrong = Extract<ReturnType<typeof checkedRow>, { readonly sent: unknown }>

const refusal = (row: number, { sent, errors, moreErrors }: Omit<Wrong, 'data'>): StockRowResult => ({
  row,
  ...shownOf(sent, 'key'),
  ...shownOf(sent, 'sku'),
  result: 'refused',
  ...listedErrors(errors, moreErrors),
})

/** Whose keys they are, and whose movements. */
const senderOf = ({ createdBy }: ImportItem): string => createdBy ?? 'inventory'
