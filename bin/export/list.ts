import type { Api } from '../../schemas/client.ts'
import type { Scope } from '../../schemas/access.ts'
import type { Asked } from './asked.ts'

/** Where an export goes on: what its list makes of it, as the state of the file keeps it. */
export type Place = Readonly<Record<string, string>>

/** Some rows, which are written together. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Where to go on; undefined behind the last row. */
  readonly next: Place | undefined
  /** How far it is, of the total. */
  readonly passed: number
}

/** Rows of a kind, and how they are read. */
export interface List<Row> {
  readonly needs: readonly Scope[]
  /** What the progress counts: the hours of the days, or the skus of all warehouses that are still to be read. */
  readonly counts: 'hours' | 'skus'
  readonly total: (api: Api, asked: Asked, place: Place | undefined) => Promise<number>
  /** Page by page, from a place on, by cursors alone. Each row comes once, whatever changes meanwhile. */
  readonly pages: (api: Api, asked: Asked, place: Place | undefined) => AsyncGenerator<Page<Row>>
}

/** The most items that a page of the API has. */
export const pageSize = 100
