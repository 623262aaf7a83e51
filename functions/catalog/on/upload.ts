import type { ImportFiles } from '../adapters/import-files.ts'
import type { UpdateDeps } from '../../runtime/update.ts'
import { load, update } from '../../runtime/update.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Counts, type ImportFacts, advance, begin, end } from '../core/import.ts'
import type { SentRow } from '../core/import-columns.ts'
import { UnreadableFile } from '../core/unreadable-file.ts'
import { type RowResult, checked, refusal } from '../routes/import-rows.ts'
import { writeRows } from '../routes/import-writes.ts'
import { importItem } from '../store/import-item.ts'
import { rowsOf } from './file-rows.ts'

export interface UploadDeps extends UpdateDeps {
  readonly files: ImportFiles
}

/** How many rows are written before the place is stored. */
const rowsAtOnce = 250
/** How long they may take, in milliseconds. */
const longestWriteMs = 60_000

/**
 * Reads the file of an import from its place on, and writes its rows. The place is stored behind each part, under its version: of two readers
 * one goes on. Where a reader died behind a part that it wrote, the products name the row that wrote them: the next reader gives that row the
 * result that it had. Every reader begins at the first byte, as a sku may come only once in the file.
 *
 * @returns whether there is more to do: the time is over
 */
export async function readUpload(deps: UploadDeps, id: string, until: number): Promise<boolean> {
  const { store, clock, files } = deps
  const origin = () => ({ cause: id, at: clock.now(), by: 'catalog' })
  const change = (decide: (before: ImportFacts) => ImportFacts | undefined) =>
    update(deps, importItem, id, origin(), (found) => {
      const state = found && decide(found.state)
      return state && { state, emits: [] }
    })
  const known = await load(store, importItem, id)
  const file = known && (await files.open(id))
  if (file === undefined) return false
  const begun = await change((before) => begin(before, file.etag))
  if (begun?.state !== 'reading') return false
  try {
    if (begun.etag !== file.etag) throw new UnreadableFile('file_changed', 'Another file was sent in its place.')
    const seen = new Map<string, number>()
    let place = begun.rows.read
    for await (const rows of partsOf(rowsOf(file.bytes, begun), place)) {
      const { good, refused } = firstOfSkus(rows, seen)
      if ((rows.at(-1)?.row ?? 0) <= place) continue
      if (clock.now() >= until) return true
      const times = { lastBegin: clock.now() + longestWriteMs, end: clock.now() + longestWriteMs }
      const written = await writeRows(deps, good, { cause: id, at: timeOf(clock.now()), isByRow: true }, times)
      const results = [...refused, ...written].toSorted((a, b) => a.row - b.row)
      // What was still under way then may be done: another reader finds out.
      if (clock.now() >= times.end) return true
      await files.keep(id, place + 1, results.map((result) => `${JSON.stringify(result)}\n`).join(''))
      const [from, to] = [place, rows.at(-1)?.row ?? place]
      const after = await change((before) => advance(before, from, to, countsOf(results)))
      if (after?.state !== 'reading' || after.rows.read !== to) return false
      place = to
    }
    await files.join(id)
    await change((before) => end(before))
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    await files.join(id)
    await change((before) => end(before, error.failure))
  }
  return false
}

/** The rows in parts: those up to the place, and those behind it. */
async function* partsOf(rows: AsyncIterable<SentRow>, place: number): AsyncGenerator<readonly SentRow[]> {
  let part: SentRow[] = []
  for await (const each of rows) {
    part.push(each)
    if (part.length < rowsAtOnce && each.row !== place) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

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

function countsOf(results: readonly RowResult[]): Counts {
  const count = (result: RowResult['result']): number => results.filter((each) => each.result === result).length
  return {
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    refused: count('refused'),
  }
}
