import type { Counts } from '../../../functions/inventory/core/level.ts'
import type { StockItem } from '../../../functions/inventory/store/stock-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import type { UnavailableKind } from '../../../schemas/level.ts'
import { Violation } from './violation.ts'

/** An item of inventory before and after a write. */
export interface Changed {
  readonly before: Item | undefined
  readonly after: Item | undefined
}

/** What storekeepers did by hand. */
interface Moved {
  readonly sku: string
  readonly by: string
  readonly level: { readonly warehouseId: string }
  readonly units?: number
  readonly kind?: string
  readonly of?: UnavailableKind
}

const waiting = ['quality', 'safety'] as const

/** What is set aside, kept back and marked in single warehouses. */
export class LevelInvariants {
  /** Units by sku, warehouse and kind, as set aside and brought back. */
  readonly #aside = new Map<string, number>()
  readonly #isMixed: () => boolean

  /** `isMixed`: a service is of the last release, which knows no marks of single warehouses, and keeps nothing back. */
  constructor(isMixed: () => boolean) {
    this.#isMixed = isMixed
  }

  /** Checks all that one write of inventory has changed. */
  check(changes: readonly Changed[]): void {
    const byHand = new Set<string>()
    for (const { after } of changes) {
      if (!after?.sk.startsWith('movement_')) continue
      const moved = after as unknown as Moved
      byHand.add(placeOf(moved.sku, moved.level.warehouseId))
      this.#enter(moved)
    }
    for (const { before, after } of changes) {
      if (after?.sk !== 'stock') continue
      this.#checkStock(before as StockItem | undefined, after as StockItem, byHand)
    }
  }

  #enter({ sku, by, level, units = 0, kind, of }: Moved): void {
    const place = placeOf(sku, level.warehouseId)
    if (by === 'inventory') for (const each of waiting) this.#aside.set(`${place} ${each}`, 0)
    if (of === undefined) return
    const name = `${place} ${of}`
    this.#aside.set(name, (this.#aside.get(name) ?? 0) + (kind === 'quarantine' ? units : -units))
  }

  #checkStock(before: StockItem | undefined, after: StockItem, byHand: ReadonlySet<string>): void {
    const known = new Map(Object.entries(before?.levels ?? {}))
    for (const [warehouseId, level] of Object.entries(after.levels)) {
      const place = placeOf(after.sku, warehouseId)
      const was = known.get(warehouseId)
      for (const kind of waiting)
        if ((level[kind] ?? 0) !== (this.#aside.get(`${place} ${kind}`) ?? 0))
          throw new Violation('what is set aside is of its kind', `${place} has ${level[kind]} for ${kind}`)
      if (waiting.reduce((sum, kind) => sum + (level[kind] ?? 0), 0) > level.unavailable)
        throw new Violation('what is set aside is of its kind', `${place} has fewer unavailable units than of a kind`)
      const isSold = level.available < (was?.available ?? 0) && !byHand.has(place)
      if (isSold && level.available < (level.keepBack ?? 0) && !this.#isMixed())
        throw new Violation('what is kept back is not sold', `${place} keeps ${level.keepBack} of ${level.available}`)
      if (before && !after.retired && !this.#isMixed()) checkMark(place, [was, level], after.outbox ?? [], warehouseId)
    }
  }
}

const placeOf = (sku: string, warehouseId: string): string => `${sku} ${warehouseId}`

type Marked = Pick<Counts, 'available' | 'keepBack' | 'lowStockAt'>

/** Each crossing of a mark is published once. */
function checkMark(
  place: string,
  [was, is]: readonly [Marked | undefined, Marked],
  outbox: readonly string[],
  warehouseId: string,
): void {
  const [low, over] = ['low', 'replenished'].map((name) => outbox.includes(`stock.${name}#${warehouseId}`))
  if (low !== (!belowMark(was) && belowMark(is)) || over !== (belowMark(was) && !belowMark(is)))
    throw new Violation('each crossing of a mark is published once', `${place}: ${outbox.join(' ')}`)
}

const belowMark = (level: Marked | undefined): boolean =>
  level?.lowStockAt !== undefined && level.available - (level.keepBack ?? 0) <= level.lowStockAt
