import type { Item, Key, Page, Query, Store, Write } from '../../runtime/store.ts'
import { type Codec, type Loaded, inPlaceOf, revisionOf } from '../../runtime/update.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { Count, CountedLine } from '../core/count.ts'

type CountItem = Item & Count

/** All sheets are in one partition, in the order of their making: their ids begin with the time. */
const partition = 'counts'
const linePrefix = 'line#'

const lineKey = (id: string, sku: string): Key => ({ pk: id, sk: `${linePrefix}${sku}` })

/** A sheet without the counted lines, which lie beside it. */
export const countItem: Codec<Count> = {
  noun: 'the count',
  key: (id) => ({ pk: partition, sk: id }),
  read: (item) => ({ state: readCount(item as CountItem), item }),
  writes: (before, { state, emits }, origin) => [
    inPlaceOf(before?.item, { ...state, ...countItem.key(state.id), ...revisionOf(before?.item, emits, origin) }),
  ],
}

function readCount(item: CountItem): Count {
  const { id, warehouseId, status, reference, lines, refused, createdAt, createdBy, closedAt, closedBy } = item
  return {
    id,
    warehouseId,
    status,
    ...(reference !== undefined && { reference }),
    lines,
    ...(refused && { refused }),
    createdAt,
    createdBy,
    ...(closedAt !== undefined && { closedAt }),
    ...(closedBy !== undefined && { closedBy }),
  }
}

/** The sheets, the newest first. */
export async function countPage(store: Store, page: Pick<Query, 'limit' | 'cursor'>): Promise<CountPage> {
  const { items, cursor } = await store.query({ partition, descending: true, ...page })
  return { counts: items.map((item) => readCount(item as CountItem)), cursor }
}

interface CountPage extends Pick<Page, 'cursor'> {
  readonly counts: readonly Count[]
}

/** The writes of a counted line, which stand only while the sheet is as it was found. */
export async function putLine(
  store: Store,
  sheet: Loaded<Count>,
  line: CountedLine,
  origin: Origin,
): Promise<readonly Write[]> {
  const key = lineKey(sheet.state.id, line.sku)
  const before = await store.get(key, { consistent: true })
  return [
    { check: countItem.key(sheet.state.id), if: { version: sheet.item.version } }, // mutant: count-fixed
    inPlaceOf(before, { ...line, ...key, ...revisionOf(before, [], origin) }),
  ]
}

/** All lines of a sheet that were counted, by their skus. */
export async function countedLines(store: Store, id: string): Promise<readonly CountedLine[]> {
  const found: (Item & CountedLine)[] = []
  let cursor: string | undefined
  do {
    const page = await store.query({ partition: id, from: linePrefix, limit: 100, cursor, consistent: true })
    found.push(...(page.items as typeof found))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found.map(({ sku, counted, onHand, countedAt, by }) => ({ sku, counted, onHand, countedAt, by }))
}
