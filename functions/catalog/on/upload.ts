import { maxProductFileRows } from '../../../schemas/product-imports.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { FileKind } from '../../runtime/file-rows.ts'
import type { ImportWork } from '../../runtime/import-reader.ts'
import type { SentRow } from '../../runtime/sent-row.ts'
import type { UpdateDeps } from '../../runtime/update.ts'
import { productColumns } from '../routes/import-columns.ts'
import { checked, refusal, resultOf } from '../routes/import-rows.ts'
import { writeRows } from '../routes/import-writes.ts'

export const productFile: FileKind = { columns: productColumns, maxRows: maxProductFileRows }

/** Files of products: each names the row that wrote it, so that a row that comes again has the result that it had. A sku may come once in a file. */
export const productImports = (deps: UpdateDeps): ImportWork => ({
  by: 'catalog',
  kind: productFile,
  begin: ({ pk: id }) => {
    const seen = new Map<string, number>()
    return (rows) => {
      const { good, refused } = firstOfSkus(rows, seen)
      return async (times) => {
        const cause = { cause: id, at: timeOf(deps.clock.now()), isByRow: true }
        return [...refused, ...(await writeRows(deps, good, cause, times)).map(resultOf)]
      }
    }
  },
})

/** Checks rows, and refuses those whose sku came in the file before. */
function firstOfSkus(rows: readonly SentRow[], seen: Map<string, number>): ReturnType<typeof checked> {
  const { good, refused } = checked(rows)
  const fresh = good.filter(({ row, fields: { sku } }) => {
    const first = seen.get(sku)
    if (first === undefined) seen.set(sku, row)
    else refused.push(refusal(row, sku, [{ path: 'sku', message: `comes in row ${first} already` }]))
    return first === undefined
  })
  return { good: fresh, refused }
}
