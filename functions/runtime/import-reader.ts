import { timeOf } from './clock.ts'
import { contended } from './errors.ts'
import { type FileKind, rowsOf } from './file-rows.ts'
import type { ImportFiles, Uploaded } from './import-files.ts'
import { type ImportItem, importItem } from './import-item.ts'
import { type ImportFacts, advance, end, isOver, joined, leave, take } from './import-state.ts'
import type { SentRow } from './sent-row.ts'
import { UnreadableFile } from './unreadable-file.ts'
import { type UpdateDeps, load, update } from './update.ts'

export interface ReaderDeps extends UpdateDeps {
  readonly files: ImportFiles
  /** How many rows are written before the place is stored; by default 250. */
  readonly rowsAtOnce?: number
}

/** In milliseconds since 1970. */
export interface ImportTimes {
  /** From here on no row is begun. */
  readonly lastBegin: number
  /** What is under way then gets no answer any more. */
  readonly end: number
}

/** What became of a row. `result` is counted where the import has a count of that name. */
export interface RowOutcome {
  readonly row: number
  readonly result: string
}

/** Writes the rows of a part. Every one of them has its outcome when the time is over. */
export type WritePart = (times: ImportTimes) => Promise<readonly RowOutcome[]>

/** What a service does with its files. */
export interface ImportWork {
  /** The name of the service. */
  readonly by: string
  readonly kind: FileKind
  /**
   * Begins at the first row of a file. What it returns takes the parts of the file in their order, also those that are done; what that
   * returns writes a part, and is called for those that are not. A row may be written again whose outcome no reader has kept: it has one
   * effect, and the outcome that it had.
   */
  readonly begin: (item: ImportItem) => (rows: readonly SentRow[]) => WritePart
}

/** How long they may take, in milliseconds. */
const longestWriteMs = 60_000
/** How long a reader has a file to itself, in milliseconds: longer than a function lives, shorter than its message is kept from others. */
const readerMs = 330_000

/**
 * Reads the file of an import from its place on, and writes its rows. One reader at a time has the file: two could decide a row differently,
 * each behind other rows of its part. The place is stored behind each part. Where a reader died behind a part that it wrote, the next one writes
 * it again. Every reader begins at the first byte, as a quote, a header or a character may lie across any other.
 *
 * @returns whether there is more to do: the time is over
 *
 * Throws `HttpProblem` 503 `contended` while another reader has the file.
 */
export async function readUpload(deps: ReaderDeps, work: ImportWork, id: string, until: number): Promise<boolean> {
  const { store, clock, files } = deps
  const origin = () => ({ cause: id, at: clock.now(), by: work.by })
  const change: Change = (decide) =>
    update(deps, importItem, id, origin(), (found) => {
      const state = found && decide(found.state)
      return state && { state, emits: [] }
    })
  const known = await load(store, importItem, id)
  // What rows have done is forgotten soon after the import.
  const isForgotten = known?.item.ttl !== undefined && known.item.ttl <= clock.now() / 1_000
  const file = known && !isForgotten && (await files.open(id))
  if (!file) return false
  // Two writes with the same content would be taken for one.
  const reader = `${timeOf(clock.now() + readerMs)} ${deps.random()}`
  let isTaken = false
  const begun = await change((before) => {
    const taken = take(before, file.etag, timeOf(clock.now()), reader)
    isTaken = taken !== undefined
    return taken
  })
  if (begun === undefined || isOver(begun)) {
    if (begun?.state === 'cancelled' && !begun.joined) {
      const counted = await countKept(files, change, id, begun)
      if (counted.rows.read > 0) await joinCancelled(files, change, id)
    }
    return false
  }
  if (!isTaken) throw contended('the import')
  try {
    return await readOn(deps, work, { item: known.item, begun, file, change, until })
  } finally {
    // Where that fails, the next reader waits for the time.
    await change((before) => leave(before, reader)).catch(() => {})
  }
}

type Change = (decide: (before: ImportFacts) => ImportFacts | undefined) => Promise<ImportFacts | undefined>

/** With the rows of a part whose results are there, while the reader that wrote it died before it counted them. */
async function countKept(files: ImportFiles, change: Change, id: string, cancelled: ImportFacts): Promise<ImportFacts> {
  const from = cancelled.rows.read
  const kept = await files.kept(id, from + 1)
  if (kept === undefined) return cancelled
  const lines = kept.split('\n').filter((line) => line !== '')
  const results = lines.map((line) => JSON.parse(line) as RowOutcome)
  const to = results.at(-1)?.row ?? from
  return (await change((before) => advance(before, from, to, results))) ?? cancelled
}

/** What was written before an import was cancelled has its results as well. */
async function joinCancelled(files: ImportFiles, change: Change, id: string): Promise<void> {
  await files.join(id)
  await change(joined)
}

interface Reading {
  readonly item: ImportItem
  readonly begun: ImportFacts
  readonly file: Uploaded
  readonly change: Change
  readonly until: number
}

async function readOn(deps: ReaderDeps, work: ImportWork, reading: Reading): Promise<boolean> {
  const { clock, files, rowsAtOnce = 250 } = deps
  const { item, begun, file, change, until } = reading
  const { pk: id } = item
  try {
    if (begun.etag !== file.etag) throw new UnreadableFile('file_changed', 'Another file was sent in its place.')
    const writerOf = work.begin(item)
    let place = begun.rows.read
    for await (const rows of partsOf(rowsOf(file.bytes, begun, work.kind), place, rowsAtOnce)) {
      const write = writerOf(rows)
      if ((rows.at(-1)?.row ?? 0) <= place) continue
      if (clock.now() >= until) return true
      const times = { lastBegin: clock.now() + longestWriteMs, end: clock.now() + longestWriteMs }
      const results = (await write(times)).toSorted((a, b) => a.row - b.row)
      // What was still under way then may be done: another reader finds out.
      if (clock.now() >= times.end) return true
      await files.keep(id, place + 1, results.map((result) => `${JSON.stringify(result)}\n`).join(''))
      const [from, to] = [place, rows.at(-1)?.row ?? place]
      const after = await change((before) => advance(before, from, to, results))
      if (after?.state === 'cancelled') await joinCancelled(files, change, id)
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
async function* partsOf(rows: AsyncIterable<SentRow>, place: number, most: number): AsyncGenerator<readonly SentRow[]> {
  let part: SentRow[] = []
  for await (const each of rows) {
    part.push(each)
    if (part.length < most && each.row !== place) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}
