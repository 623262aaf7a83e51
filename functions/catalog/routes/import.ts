import type { ImportResult, routes } from '../../../schemas/catalog.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { csvRows, ndjsonRows } from './import-file.ts'
import { type RowResult, checked } from './import-rows.ts'
import { concurrency, writeRows } from './import-writes.ts'
import { untilStocked } from './until-stocked.ts'
import type { CatalogDeps } from '../deps.ts'

/** How long rows are begun, in milliseconds: half of the time that an API function has. */
export const beginsForMs = 5_000
/** When the result of each row stands, in milliseconds after the beginning, whatever is under way. */
export const endsAfterMs = 8_000
/** When the answer leaves, in milliseconds after the beginning, whether the stock of new products is there or not. */
export const returnsAfterMs = 9_000

/** Sent twice, an import changes nothing the second time. Every row has a result, also when the time is over before all are tried. */
export function importProducts(deps: CatalogDeps): Handler<typeof routes.importProducts> {
  return async ({ text, mediaType, requestId, headers, refuse }) => {
    const begun = deps.clock.now()
    const sent = mediaType === 'application/x-ndjson' ? ndjsonRows(text, refuse) : csvRows(text, refuse)
    const { good, refused } = checked(sent)
    const times = { lastBegin: begun + beginsForMs, end: begun + endsAfterMs }
    const written = await writeRows(deps, good, { cause: requestId, at: timeOf(begun) }, times)
    await untilStocked(deps, lastCreated(written), headers, begun + returnsAfterMs - deps.clock.now())
    return { body: resultOf([...refused, ...written].toSorted((a, b) => a.row - b.row)) }
  }
}

/** What the last writes that ran side by side have created: their events are behind all others in the stream of the table. */
const lastCreated = (written: readonly RowResult[]): string[] =>
  written.flatMap(({ sku, result }) => (result === 'created' && sku !== undefined ? [sku] : [])).slice(-concurrency)

function resultOf(rows: RowResult[]): ImportResult {
  const count = (result: RowResult['result']): number => rows.filter((row) => row.result === result).length
  const notTried = count('not_tried')
  return {
    rows,
    counts: {
      created: count('created'),
      updated: count('updated'),
      unchanged: count('unchanged'),
      refused: count('refused'),
      ...(notTried > 0 && { notTried }),
    },
    ...(notTried > 0 && {
      detail: `The time was over before ${notTried} of ${rows.length} rows. Send the file again, or in parts: rows that are done come back unchanged.`,
    }),
  }
}
