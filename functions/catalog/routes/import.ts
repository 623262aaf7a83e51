import type { ImportResult, routes } from '../../../schemas/catalog.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler } from '../../runtime/http.ts'
import { csvRows, ndjsonRows } from './import-file.ts'
import { type RowResult, type Written, checked, resultOf } from './import-rows.ts'
import { concurrency, writeRows } from './import-writes.ts'
import { type Changed, untilPriced } from './until-priced.ts'
import { untilStocked } from './until-stocked.ts'
import type { CatalogDeps } from '../deps.ts'

/** How long rows are begun, in milliseconds: half of the time that an API function has. */
export const beginsForMs = 5_000
/** When the result of each row stands, in milliseconds after the beginning, whatever is under way. */
export const endsAfterMs = 8_000
/** When the answer leaves, in milliseconds after the beginning, whether other services know the products by then or not. */
export const returnsAfterMs = 9_000

/** Sent twice, an import changes nothing the second time. Every row has a result, also when the time is over before all are tried. */
export function importProducts(deps: CatalogDeps): Handler<typeof routes.importProducts> {
  return async ({ text, mediaType, requestId, headers, refuse }) => {
    if (text.trim() === '') throw emptyBody(refuse)
    const begun = deps.clock.now()
    const sent = mediaType === 'application/x-ndjson' ? ndjsonRows(text, refuse) : csvRows(text, refuse)
    const { good, refused } = checked(sent)
    const times = { lastBegin: begun + beginsForMs, end: begun + endsAfterMs }
    const written = await writeRows(deps, good, { cause: requestId, at: timeOf(begun) }, times)
    const leftMs = (): number => begun + returnsAfterMs - deps.clock.now()
    const skus = last(written, 'created').map(({ sku }) => sku)
    await untilStocked(deps, skus, headers, leftMs())
    await untilPriced(deps, last(written, 'updated'), headers, leftMs())
    return { body: answerOf([...refused, ...written.map(resultOf)].toSorted((a, b) => a.row - b.row)) }
  }
}

const emptyBody = (refuse: Refuse<'validation_failed'>) =>
  refuse('validation_failed', 'The request has an empty body.', {
    errors: [{ path: '', message: 'the body is empty: send a product on each line, or CSV with its header' }],
  })

/** The products of the last writes that ran side by side: their events are behind all others in the stream of the table. */
const last = (written: readonly Written[], wanted: 'created' | 'updated'): Changed[] =>
  written
    .flatMap(({ sku, version, result }) =>
      result === wanted && sku !== undefined && version !== undefined ? [{ sku, version }] : [],
    )
    .slice(-concurrency)

function answerOf(rows: RowResult[]): ImportResult {
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
