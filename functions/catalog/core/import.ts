import type { Import, Written } from '../../../schemas/imports.ts'

type Rows = Import['rows']
export type ImportFailure = NonNullable<Import['failure']>

/** An import of a file. Rows are read in their order: `rows.read` is its place. */
export interface ImportFacts extends Written {
  readonly state: Exclude<Import['state'], 'expired'>
  readonly rows: Rows
  /** What S3 names the file by that is being read: another one under its name is another file. */
  readonly etag?: string
  readonly failure?: ImportFailure
  readonly createdAt: string
  readonly updatedAt: string
  readonly expiresAt: string
}

/** How many rows of each result. */
export type Counts = Omit<Rows, 'read'>

export const noRows: Rows = { read: 0, created: 0, updated: 0, unchanged: 0, refused: 0 }

/** An import whose file has come; undefined where that changes nothing. */
export const begin = (before: ImportFacts, etag: string): ImportFacts | undefined =>
  before.state === 'waiting' ? { ...before, state: 'reading', etag } : undefined

/** With the rows behind its place done; undefined where it is stopped, or another reader is ahead. */
export function advance(before: ImportFacts, from: number, to: number, counts: Counts): ImportFacts | undefined {
  const { state, rows } = before
  if (state !== 'reading' || rows.read !== from) return undefined
  return {
    ...before,
    rows: {
      read: to,
      created: rows.created + counts.created,
      updated: rows.updated + counts.updated,
      unchanged: rows.unchanged + counts.unchanged,
      refused: rows.refused + counts.refused,
    },
  }
}

/** At the end of its file, or where it cannot be read on. */
export const end = (before: ImportFacts, failure?: ImportFailure): ImportFacts | undefined =>
  before.state === 'reading'
    ? { ...before, state: failure ? 'failed' : 'done', ...(failure && { failure }) }
    : undefined

export const isOver = ({ state }: ImportFacts): boolean => state !== 'waiting' && state !== 'reading'

/** What everybody sees: who waits for a file that can no longer come is expired. */
export const stateAt = ({ state, expiresAt }: ImportFacts, now: string): Import['state'] =>
  state === 'waiting' && now > expiresAt ? 'expired' : state
