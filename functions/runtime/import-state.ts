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
  readonly failure?: ImportFailure
  readonly createdAt: string
  /** Imports of earlier releases name nobody. */
  readonly createdBy?: string
  readonly updatedAt: string
  readonly expiresAt: string
}

/** An import whose file has come; undefined where that changes nothing. */
export const begin = (before: ImportFacts, etag: string): ImportFacts | undefined =>
  before.state === 'waiting' ? { ...before, state: 'reading', etag } : undefined

/** With the rows behind its place done; undefined where it is stopped, or another reader is ahead. */
export function advance(
  before: ImportFacts,
  from: number,
  to: number,
  results: readonly { readonly result: string }[],
): ImportFacts | undefined {
  // mutant: import-place
  if (before.state !== 'reading' || before.rows.read !== from) return undefined
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

export const isOver = ({ state }: ImportFacts): boolean => state !== 'waiting' && state !== 'reading'

/** What everybody sees: who waits for a file that can no longer come is expired. */
export const stateAt = ({ state, expiresAt }: ImportFacts, now: string): ImportState =>
  state === 'waiting' && now > expiresAt ? 'expired' : state
