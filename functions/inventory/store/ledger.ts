import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Key, Store } from '../../runtime/store.ts'
import type { Bucket, Move } from '../core/level.ts'
import { plus } from '../core/movement.ts'
import { type LedgerPage, pageSortKey } from './ledger-page.ts'
import { readCounts, readMove } from './move-text.ts'
import { type StockItem, readStock } from './stock-item.ts'

/** A movement, with its place in the ledger and the level that it made. */
export interface Entry extends Move {
  /** Among the movements of its version, from 0. */
  readonly place: number
  readonly warehouseId: string
  readonly after: Readonly<Record<Bucket, number>>
}

export interface EntryPage {
  /** The newest first. */
  readonly entries: readonly Entry[]
  readonly cursor?: string
}

/** Pages that are read at once: each has seven movements or more. */
const pagesAtOnce = 10

/**
 * The movements of a sku behind the cursor, the newest first: those in the stock item, then those written aside. Throws `InvalidCursor` for a
 * cursor that is not a place in a ledger.
 */
export async function listEntries(
  store: Store,
  item: StockItem,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<EntryPage> {
  let last = cursor === undefined ? undefined : placeIn(cursor)
  const entries: Entry[] = []
  const take = (found: readonly Entry[]): void => {
    for (const entry of found) {
      if (last && !isBefore(entry, last)) continue // mutant: ledger-place
      entries.push(entry)
      last = entry
    }
  }
  const inItem = Array.from(readStock(item).levels, ([id, { moves = [], ...counts }]) => entriesOf(id, moves, counts))
  take(inOrder(inItem.flat()))
  for await (const page of pagesBehind(store, item.pk, cursor === undefined ? undefined : last)) {
    if (entries.length > limit) break
    take(entriesIn(page))
  }
  const shown = entries.slice(0, limit)
  const end = shown.at(-1)
  return { entries: shown, ...(end && entries.length > limit && { cursor: cursorBehind(end) }) }
}

/** Where a list goes on behind an entry. */
export const cursorBehind = ({ version, place }: Place): string => cursorOf(`${version}.${place}`)

type Place = Pick<Entry, 'version' | 'place'>

function placeIn(cursor: string): Place {
  const [version = 0, place = 0] = positionOf(cursor, /^\d{1,15}\.\d{1,6}$/)
    .split('.')
    .map(Number)
  return { version, place }
}

const isBefore = (one: Place, other: Place): boolean =>
  one.version < other.version || (one.version === other.version && one.place < other.place)

/** The pages with movements up to a version, the newest first; the first one may have newer movements, too. */
async function* pagesBehind(store: Store, partition: string, from: Place | undefined): AsyncGenerator<LedgerPage> {
  const query = { partition, consistent: true }
  const end = 'moves`'
  if (from !== undefined) {
    const first = { from: pageSortKey(from.version), to: end, limit: 1 }
    const { items } = await store.query({ ...query, ...first })
    yield* items as readonly LedgerPage[]
  }
  const to = from === undefined ? end : pageSortKey(from.version)
  let cursor: string | undefined
  do {
    const page = await store.query({ ...query, from: 'moves_', to, descending: true, limit: pagesAtOnce, cursor })
    yield* page.items as readonly LedgerPage[]
    cursor = page.cursor
  } while (cursor !== undefined)
}

const entriesIn = ({ levels }: LedgerPage): readonly Entry[] =>
  inOrder(
    Object.entries(levels).flatMap(([id, { moves, after }]) => entriesOf(id, moves.map(readMove), readCounts(after))),
  )

/** An entry for each move; `after` is the level after the last of them. */
function entriesOf(
  warehouseId: string,
  moves: readonly Move[],
  after: Readonly<Record<Bucket, number>>,
): readonly Omit<Entry, 'place'>[] {
  let level = plus(after, {})
  const back = moves.toReversed().map((move) => {
    const entry = { ...move, warehouseId, after: level }
    level = plus(level, move.delta, -1) // mutant: ledger-after
    return entry
  })
  return back.toReversed()
}

/** All movements of each version with their places, the newest first. No version stands half in one page and half in another. */
function inOrder(moves: readonly Omit<Entry, 'place'>[]): readonly Entry[] {
  const byVersion = Map.groupBy(moves, ({ version }) => version)
  return [...byVersion.keys()]
    .toSorted((a, b) => b - a)
    .flatMap((version) =>
      (byVersion.get(version) ?? [])
        .toSorted((a, b) => (a.warehouseId < b.warehouseId ? -1 : Number(a.warehouseId > b.warehouseId)))
        .map((move, place) => ({ ...move, place }))
        .toReversed(),
    )
}

/** What operators do has an item of its own, with who did it and why. */
const ofReservations: ReadonlySet<Move['kind']> = new Set([
  'reserve',
  'release',
  'commit',
  'deallocate',
  'ship',
  'return',
  'clear',
  'unrecorded',
])

/** The key of the movement that an operator has made; undefined for what has none. */
export const movementKeyOf = (sku: string, { kind, at, reference }: Move): Key | undefined =>
  reference === undefined || ofReservations.has(kind)
    ? undefined
    : { pk: `stock_${sku}`, sk: `movement_${at}_${reference}` }
