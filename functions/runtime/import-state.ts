import type { ImportFailure, ImportState, Written } from '../../schemas/imports.ts'

/** The rows that are read, and how many of them have each result. */
export type Rows<Result extends string = string> = { readonly read: number } & Readonly<Record<Result, number>>

/** An import of a file. Rows are read in their order: `rows.read` is its place. */
export interface ImportFacts extends Written {
  /** What the rows are. */
  readonly kind: string
  readonly state: Exclude<ImportState, 'expired'>
  readonly rows: Rows
  /** What S3 names the file by that is being read: another one under its name is another file. */
  readonly etag?: string
  /** The time until which one reader has the file to itself, and a number that no other reader has. */
  readonly reader?: string
  readonly failure?: ImportFailure
  /** Of a cancelled one: whether what became of its rows can be fetched. */
  readonly joined?: true
  readonly createdAt: string
  /** Imports of earlier releases name nobody. */
  readonly createdBy?: string
  readonly updatedAt: string
  readonly expiresAt: string
}

/** An import that a reader has to itself; undefined where it is over, or another one has it. */
export function take(before: ImportFacts, etag: string, now: string, reader: string): ImportFacts | undefined {
  if (isOver(before)) return undefined
  if (before.reader !== undefined && now < before.reader) return undefined // mutant: import-reader
  return { ...before, state: 'reading', etag: before.etag ?? etag, reader }
}

/** Left to the next reader; undefined where this one has it no more. */
export function leave(before: ImportFacts, own: string): ImportFacts | undefined {
  const { reader, ...rest } = before
  return before.state === 'reading' && reader === own ? rest : undefined
}

/** With the rows behind its place done, also where it was cancelled meanwhile; undefined where it is over otherwise, or another reader is ahead. */
export function advance(
  before: ImportFacts,
  from: number,
  to: number,
  results: readonly { readonly result: string }[],
): ImportFacts | undefined {
  const { state } = before
  if ((state !== 'reading' && state !== 'cancelled') || before.rows.read !== from) return undefined
  const { read: _, ...counts } = before.rows
  const grown = Object.entries(counts).map(([name, count]) => {
    const more = results.filter(({ result }) => result === name).length
    return [name, count + more] as const
  })
  return { ...before, rows: { read: to, ...Object.fromEntries(grown) } }
}

/** At the end of its file, or where it cannot be read on. */
export const end = (before: ImportFacts, failure?: ImportFailure): ImportFacts | undefined =>
  before.state === 'reading'
    ? { ...before, state: failure ? 'failed' : 'done', ...(failure && { failure }) }
    : undefined

/** A cancelled import whose results are joined; undefined where they are, or it is not cancelled. */
export const joined = (before: ImportFacts): ImportFacts | undefined =>
  before.state === 'cancelled' && !before.joined ? { ...before, joined: true } : undefined

/** Whether there is a file of what became of the rows. */
export const hasResults = ({ state, rows, joined: isJoined }: ImportFacts): boolean =>
  isJoined === true || ((state === 'done' || state === 'failed') && rows.read > 0)

export const isOver = ({ state }: ImportFacts): boolean => state !== 'waiting' && state !== 'reading'

/** What everybody sees: who waits for a file that can no longer come is expired. */
export const stateAt = ({ state, expiresAt }: ImportFacts, now: string): ImportState =>
  state === 'waiting' && now > expiresAt ? 'expired' : state
