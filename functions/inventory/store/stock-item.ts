import type { Origin } from '../../../schemas/origin.ts'
import { type Item, type Key, type Store, type Write, over } from '../../runtime/store.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import { revisionOf } from '../../runtime/update.ts'
import { ofPart } from '../../runtime/relay.ts'
import { type Cause, type Counts, none } from '../core/level.ts'
import { differenceOf, plus, withMoves } from '../core/movement.ts'
import {
  ImpossibleLevel,
  type Levels,
  type Stock,
  checkLevels,
  crossings,
  emits as emitsOf,
  totalsOf,
  unitsDue,
} from '../core/stock.ts'
import { mayBeLow } from '../core/low-levels.ts'
import { type Place, isAwaited, isPromisedOtherwise, ofExpected } from '../core/waiting.ts'
import { putPage } from './ledger-page.ts'
import { putNewLevels } from './warehouse-levels.ts'
import { countsText, moveText, readCounts, readMove } from './move-text.ts'

/** A level as the table has it. */
type StoredLevel = Omit<Counts, 'moves' | 'pending'> & {
  readonly moves?: readonly string[]
  /** The counts that its movements make; the last release changes a level, and leaves this as it is. */
  readonly ledger?: string
}

/** A stock item as the table has it: its levels are an object. */
export type StockItem = Item &
  Omit<Stock, 'levels'> & {
    readonly levels: Readonly<Record<string, StoredLevel>>
    /** In a version with an event of all its levels: what was then available in the active warehouses. */
    readonly shown?: number
    /** In a version that has the rest of its queue tried: the last order that was tried already. */
    readonly triedTo?: Place
    readonly dueSk?: string
    /** Its place in the list of what is low, by the time since when it is. */
    readonly listSk?: string
  }

/** The write of an item. */
export type Put = Extract<Write, { readonly put: Item }>

export const stockKey = (sku: string): Key => ({ pk: `stock_${sku}`, sk: 'stock' })

/** Bytes of movements from which on the next write of a stock item hands them on: with a level or two, it stays below a write unit. */
const maxMovesBytes = 400

/** The stock in its item. What its movements do not make is a movement, too: it was there before the ledger began, or another release moved it. */
export function readStock(item: StockItem): Stock {
  const { sku, unique, lowStockAt, backorder, waiting, retired, productVersion, levels, version, at } = item
  return {
    sku,
    unique,
    ...(lowStockAt !== undefined && { lowStockAt }),
    ...(backorder && { backorder }),
    ...(waiting !== undefined && { waiting }),
    retired,
    productVersion,
    levels: new Map(Object.entries(levels).map(([id, level]) => [id, readLevel(level, version, at)])),
  }
}

function readLevel({ moves = [], ledger = '', ...level }: StoredLevel, version: number, at = ''): Counts {
  const delta = differenceOf(readCounts(ledger), level)
  const known = moves.map(readMove)
  const all = delta ? [...known, { version, at: level.updatedAt ?? at, kind: 'unrecorded' as const, delta }] : known
  return { ...level, ...(all.length > 0 && { moves: all }) }
}

interface StockChange {
  /** Ids of the active warehouses, where they are known: without them the change emits no events of all of them. */
  readonly warehouses?: readonly string[]
  readonly emits?: readonly string[]
  /** Why levels change that have no pending moves. */
  readonly cause?: Cause
  /** What is under way changes with it. */
  readonly ofSupply?: true
  /** Units of orders that begin to wait in the same write. */
  readonly joined?: number
  /** In a version that has the rest of its queue tried: the last order that was tried already. */
  readonly triedTo?: Place
}

/**
 * The write of a stock item in the place of `before`, with the events that the change emits and its movements. Where the item has many
 * movements, those up to `before` are first written aside. Throws `ImpossibleLevel` for a level that is not an integer of 0 or more, and
 * for one that changes without a cause.
 */
export async function putStock(
  store: Store,
  before: StockItem | undefined,
  stock: Stock,
  origin: Origin,
  { warehouses: active, emits = [], cause, ofSupply, joined, triedTo }: StockChange = {},
): Promise<Put> {
  checkLevels(stock) // mutant: level-check
  const warehouses = active ?? []
  const known = before && readStock(before)
  const recorded = withCause(known, stock, cause)
  const isFull = known !== undefined && bytesOfMoves(known.levels) >= maxMovesBytes
  if (before && isFull) await putPage(store, before, known.levels) // mutant: moves-page
  await putNewLevels(store, known, stock) // mutant: new-level
  const ofTotals = known ? emitsOf(known, stock, warehouses) : []
  const ofMarks = known ? crossings(known, stock).map(({ name, warehouseId }) => ofPart(name, warehouseId)) : []
  const ofQueue = [
    ...(isAwaited(known, stock, joined) ? ['stock.awaited'] : []),
    ...(ofSupply || isPromisedOtherwise(known, stock) ? ofExpected(stock) : []), // mutant: supply-expected
  ]
  const { waiting: _, ...kept } = recorded
  const revision = revisionOf(before, [...new Set([...ofTotals, ...ofMarks, ...ofQueue, ...emits])], origin)
  const levels = Array.from(recorded.levels, ([id, level]): [string, StoredLevel] => [
    id,
    storedLevel(isFull ? { ...level, moves: [] } : level, { version: revision.version, at: timeOf(origin.at) }),
  ])
  const put = {
    ...kept,
    ...(unitsDue(stock) > 0 && { waiting: unitsDue(stock), ...retryAt(before, stock, origin.at) }),
    levels: Object.fromEntries(levels),
    ...(mayBeLow(stock, active, before?.listSk !== undefined) && lowSince(before, stock, origin.at)), // mutant: low-list
    ...(triedTo && { triedTo: { placedAt: triedTo.placedAt, id: triedTo.id } }),
    ...(ofTotals.length > 0 && { shown: totalsOf(stock, warehouses).available }),
    ...stockKey(stock.sku),
    ...revision,
  }
  return { put, if: over(before) } // mutant: stock-write
}

/** The stock with a pending move for all that its levels have changed by. */
function withCause(before: Stock | undefined, after: Stock, cause: Cause | undefined): Stock {
  const moved = withMoves(movedSoFar(before, after), after, cause ?? { kind: 'unrecorded' })
  if (before && cause === undefined)
    for (const [id, { pending }] of moved.levels)
      if (pending?.length !== after.levels.get(id)?.pending?.length)
        throw new ImpossibleLevel(`${after.sku} in ${id} would change without a cause.`)
  return moved
}

/** The stock before, with what pending moves have made of its levels. */
function movedSoFar(before: Stock | undefined, after: Stock): Stock {
  const levels = new Map(
    Array.from(after.levels, ([id, { pending = [] }]) => {
      const counts = before?.levels.get(id) ?? none
      return [id, { ...counts, ...pending.reduce((sum, { delta }) => plus(sum, delta), plus(counts, {})) }]
    }),
  )
  return { ...after, levels }
}

const bytesOfMoves = (levels: Levels): number =>
  [...levels.values()].reduce(
    (sum, { moves = [] }) => moves.reduce((bytes, move) => bytes + moveText(move).length, sum),
    0,
  )

function storedLevel(
  { moves = [], pending = [], ...counts }: Counts,
  stamp: { readonly version: number; readonly at: string },
): StoredLevel {
  const texts = [...moves, ...pending.map((move) => ({ ...move, ...stamp }))].map(moveText) // mutant: moves-kept
  return { ...counts, ...(texts.length > 0 && { moves: texts }), ledger: countsText(counts) }
}

/** The place of a stock that is low in index `list`: the same as long as it is low. */
export const lowSince = (
  before: StockItem | undefined,
  { sku }: Stock,
  at: number,
): { listPk: string; listSk: string } => ({
  listPk: partitionOf('low', sku),
  listSk: before?.listSk ?? `${sortableTime(at)}#${sku}`,
})

/** How long the queue of a sku may rest before the sweeper tries it again, in milliseconds: an event of it may be lost, or a warehouse opened. */
const retryMs = 600_000

/** The place of a stock that orders wait for in index `due`; it stays until its time has come, as a move costs two write units. */
function retryAt(before: StockItem | undefined, { sku }: Stock, at: number): { duePk: string; dueSk: string } {
  const planned = before?.dueSk
  const isAhead = planned !== undefined && planned > timeOf(at)
  // mutant: waiting-due
  return { duePk: partitionOf('due', sku), dueSk: isAhead ? planned : `${timeOf(at + retryMs)}#${sku}` }
}
