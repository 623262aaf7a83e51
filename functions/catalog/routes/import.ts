import type { ImportResult, routes } from '../../../schemas/catalog.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { csvRows, ndjsonRows } from './import-file.ts'
import { type RowResult, checked } from './import-rows.ts'
import { writeRows } from './import-writes.ts'
import type { CatalogDeps } from '../deps.ts'

/** Sent twice, an import changes nothing the second time. */
export function importProducts(deps: CatalogDeps): Handler<typeof routes.importProducts> {
  return async ({ text, mediaType, requestId, refuse }) => {
    const sent = mediaType === 'application/x-ndjson' ? ndjsonRows(text, refuse) : csvRows(text, refuse)
    const { good, refused } = checked(sent)
    const written = await writeRows(deps, good, { cause: requestId, at: timeOf(deps.clock.now()) })
    const rows = [...refused, ...written].toSorted((a, b) => a.row - b.row)
    return { body: { rows, counts: countsOf(rows) } }
  }
}

function countsOf(rows: readonly RowResult[]): ImportResult['counts'] {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 }
  for (const { result } of rows) counts[result] += 1
  return counts
}
