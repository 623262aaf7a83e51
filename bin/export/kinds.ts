import type { Api } from '../../schemas/client.ts'
import type { Asked, What } from './asked.ts'
import { movementColumns, orderColumns, paymentColumns, paymentLinesOf } from './columns.ts'
import { type Columns, headerOf, linesOf } from './csv.ts'
import type { List, Page, Place } from './list.ts'
import { movements } from './movements.ts'
import { orders, payments } from './orders.ts'

/** A part of the file: the text of some rows, how many they are, and where to go on. */
export interface Chunk extends Pick<Page<unknown>, 'next' | 'passed'> {
  readonly text: string
  readonly rows: number
}

/** What can be exported, as text. */
export interface Kind extends Pick<List<unknown>, 'needs' | 'counts' | 'total'> {
  /** The first line of the file, if it has one. */
  readonly header: (format: Asked['format']) => string
  readonly chunks: (api: Api, asked: Asked, place: Place | undefined) => AsyncGenerator<Chunk>
}

function kind<Row, Line>(
  { pages, ...list }: List<Row>,
  columns: Columns<Line>,
  toLines: (row: Row) => readonly Line[],
): Kind {
  async function* chunks(api: Api, asked: Asked, place: Place | undefined): AsyncGenerator<Chunk> {
    for await (const { rows, ...page } of pages(api, asked, place)) {
      const text =
        asked.format === 'csv'
          ? linesOf(columns, rows.flatMap(toLines))
          : rows.map((row) => `${JSON.stringify(row)}\n`).join('')
      yield { ...page, text, rows: rows.length }
    }
  }
  return { ...list, header: (format) => (format === 'csv' ? headerOf(columns) : ''), chunks }
}

export const kinds: Readonly<Record<What, Kind>> = {
  orders: kind(orders, orderColumns, (order) => [order]),
  payments: kind(payments, paymentColumns, paymentLinesOf),
  movements: kind(movements, movementColumns, (movement) => [movement]),
}
