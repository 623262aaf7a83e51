import { packLines, unpackLines } from '../../../schemas/packed-lines.ts'
import type { Warehouse } from '../../../schemas/inventory.ts'
import { type Item, type Key, type Store, type Write, first, next, over } from '../../runtime/store.ts'
import { type Answer, type Reservation, settled } from '../core/reservation.ts'
import { type Counts, type Stock, checkLevels, newsOf, totalsOf } from '../core/stock.ts'

/** A stock item as the table has it: its levels are an object. */
export type StockItem = Item &
  Omit<Stock, 'levels'> & {
    readonly levels: Readonly<Record<string, Counts>>
    /** In a version with news: what was then available in the active warehouses. */
    readonly shown?: number
  }
export type ReservationItem = Item & Reservation
export type WarehouseItem = Item & Warehouse

/** The write of an item. */
export type Put = Extract<Write, { readonly put: Item }>

/** What a write is caused by, and when (RFC 3339). */
export interface Because {
  readonly cause: string
  readonly at: string
}

export const stockKey = (sku: string): Key => ({ pk: `stock_${sku}`, sk: 'stock' })
export const reservationKey = (id: string): Key => ({ pk: id, sk: 'reservation' })
export const warehouseKey = (id: string): Key => ({ pk: 'warehouses', sk: id })

/** The stock in its item. */
export function readStock({ sku, unique, lowStockAt, retired, productVersion, levels }: StockItem): Stock {
  return {
    sku,
    unique,
    ...(lowStockAt !== undefined && { lowStockAt }),
    retired,
    productVersion,
    levels: new Map(Object.entries(levels)),
  }
}

/**
 * The write of a stock item in the place of `before`, with the news that the change makes in the active warehouses. Throws
 * `ImpossibleLevel` for a level that is not an integer of 0 or more.
 */
export function putStock(
  before: StockItem | undefined,
  stock: Stock,
  because: Because,
  { warehouses = [], emits = [] }: { readonly warehouses?: readonly string[]; readonly emits?: readonly string[] } = {},
): Put {
  checkLevels(stock) // mutant: level-check
  const news = before ? newsOf(readStock(before), stock, warehouses) : []
  const content = {
    ...stock,
    levels: Object.fromEntries(stock.levels),
    ...(news.length > 0 && { shown: totalsOf(stock, warehouses).available }),
    ...stockKey(stock.sku),
  }
  return { put: revised(before, content, because, [...news, ...emits]), if: over(before) } // mutant: stock-write
}

/** The reservation in its item, where the lines of a large one are packed. */
export function readReservation(found: Item): ReservationItem {
  const { warehouses, ...item } = found as ReservationItem & { readonly warehouses?: readonly string[] }
  return warehouses === undefined ? item : { ...item, lines: unpackLines({ lines: item.lines, warehouses }) }
}

/** The write of a reservation in the place of `before`. */
export function putReservation(
  before: ReservationItem | undefined,
  state: Reservation,
  because: Because,
  say: readonly Answer[],
): Put {
  const content = { ...state, ...packLines(state.lines), ...reservationKey(state.id) }
  const item = revised(before, content, because, say)
  return { put: { ...item, ...dueOf(state, because.at) }, if: over(before) } // mutant: reservation-write
}

/** How long a step under way may rest before the sweeper goes on with it, in milliseconds. */
const restMs = 60_000

/**
 * What the sweeper of inventory looks after, through index `due`: steps that were left half-way, and holds, but for those of orders,
 * which end when their order says so.
 */
function dueOf(state: Reservation, at: string): { duePk?: string; dueSk?: string } {
  const held = state.status === 'held' || state.status === 'holding'
  if (held ? state.orderId !== undefined : settled(state.status)) return {} // mutant: hold-due
  const due = state.status === 'held' ? state.expiresAt : new Date(Date.parse(at) + restMs).toISOString()
  return { duePk: 'due', dueSk: `${due}#${state.id}` }
}

/** `content` as the version after `before`, without the events and the place in the index that an earlier version had. */
function revised<Content extends Key>(
  before: Item | undefined,
  content: Content,
  { cause, at }: Because,
  say: readonly string[],
): Item & Content {
  const { outbox, duePk, dueSk, ...kept }: Content & { outbox?: unknown; duePk?: unknown; dueSk?: unknown } = content
  const version = (before?.version ?? 0) + 1
  const item = { ...kept, version, cause, at, ...(say.length > 0 && { outbox: say }) }
  return item as unknown as Item & Content
}

/** What happened to a level by hand: the ledger entry that says `stock.adjusted`. */
export interface Movement {
  readonly sku: string
  readonly delta: number
  readonly reason: string
  readonly reference?: string
  readonly by: string
  readonly level: unknown
}

/** The write of a movement; `id` makes it one of its kind. */
export function putMovement(id: string, movement: Movement, { cause, at }: Because): Put {
  const key = { pk: `stock_${movement.sku}`, sk: `movement_${at}_${id}` }
  return { put: { ...first({ ...movement, ...key }), cause, at, outbox: ['stock.adjusted'] }, if: 'absent' }
}

export function putWarehouse(before: WarehouseItem | undefined, warehouse: Warehouse): Write {
  const put = before ? next(before, warehouse) : first({ ...warehouse, ...warehouseKey(warehouse.id) })
  return { put, if: over(before) }
}

/** Every warehouse, the first to ship first, those of one priority by their ids; by default as of now: nobody is refused what lies in a new one. */
export async function warehousesByPriority(
  store: Store,
  { consistent }: { readonly consistent: boolean } = { consistent: true },
): Promise<readonly WarehouseItem[]> {
  const found: Item[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.query({ partition: 'warehouses', limit: 100, cursor, consistent })
    found.push(...page.items)
    cursor = page.cursor
  }
  return (found as WarehouseItem[]).toSorted((a, b) => a.priority - b.priority)
}

/** Ids of the warehouses that are active, the first to ship first. */
export const activeOf = (warehouses: readonly WarehouseItem[]): readonly string[] =>
  warehouses.filter(({ active }) => active).map(({ id }) => id)
