import type { AdjustmentResult } from '../../../schemas/bulk-adjustment.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { answerKey } from '../../runtime/answer-key.ts'
import { timeOf } from '../../runtime/clock.ts'
import { isContended } from '../../runtime/errors.ts'
import { labelsOf } from '../../runtime/labels.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import { type Failed, type Item, StoreUnavailable, type Write, first } from '../../runtime/store.ts'
import { type UpdateDeps, untilWritten } from '../../runtime/update.ts'
import {
  type KeyedRow,
  type RowDecision,
  adjustInOrder,
  firstOfKeys,
  isRefused,
  movementIdOf,
} from '../core/adjustment-rows.ts'
import { maxRowsTogether } from '../../../schemas/bulk-adjustment.ts'
import { putStock, readStock } from '../store/stock-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'
import { type Found, isLive, liveStocks } from './known-stock.ts'
import { detailOf, recorded } from './level-change.ts'

/** How many skus are written at the same time. */
const concurrency = 16

/** Rows, by whom and why they are sent, and until when they are begun and waited for, in milliseconds since 1970. */
export interface Adjustments {
  readonly rows: readonly KeyedRow[]
  /** All rows of a sku or none. */
  readonly together: boolean
  readonly origin: Omit<Origin, 'at'>
  readonly lastBegin: number
  readonly end: number
  /** When the results of rows are forgotten, in seconds since 1970: until then no row is done twice. */
  readonly ttl: number
}

/** What is known of the table so far. */
interface Known {
  readonly stocks: Map<string, Found>
  /** Kept results, by the id of their row. */
  readonly kept: Map<string, Item>
  readonly active: readonly string[]
  readonly warehouses: ReadonlySet<string>
  /** Skus with a row under the key of another row. */
  readonly misused: ReadonlySet<string>
}

/**
 * Adjusts levels row by row, and returns the result of each, in the order of the rows. The rows of one sku are written one after the other,
 * many in one transaction with what each becomes; a row that was done before has its first result again. Every row has its result when the
 * time is over.
 */
export async function adjustRows(deps: UpdateDeps, adjustments: Adjustments): Promise<AdjustmentResult[]> {
  const { clock } = deps
  const { rows, together, lastBegin, end } = adjustments
  const firsts = firstOfKeys(rows)
  const misused = new Set(rows.flatMap((each) => (isOther(each, firsts.get(each.id)) ? [each.row.sku] : [])))
  const known = { ...(await readKnown(deps, [...firsts.values()])), misused }
  const over = clock.sleep(end - clock.now())
  const results = new Map<string, AdjustmentResult>()
  const ofSku = async (rowsOfSku: readonly KeyedRow[]): Promise<void> => {
    for (const part of partsOf(rowsOfSku, together)) {
      if (clock.now() >= lastBegin) return
      const written = await Promise.race([writePart(deps, known, part, adjustments), over])
      part.forEach(({ id }, index) => written?.[index] && results.set(id, written[index]))
    }
  }
  await sideBySide([...Map.groupBy(firsts.values(), ({ row }) => row.sku).values()], concurrency, ofSku)
  return rows.map((each) => resultFor(each, firsts.get(each.id), results.get(each.id)))
}

/** So much metadata of one transaction, in characters: it takes 4 MB. A request that has its rows together is smaller. */
const longestPart = 500_000

function partsOf(batch: readonly KeyedRow[], together: boolean): readonly (readonly KeyedRow[])[] {
  if (together) return [batch]
  const parts: KeyedRow[][] = []
  let length = 0
  for (const each of batch) {
    const { metadata } = each.row
    const own = metadata ? JSON.stringify(metadata).length : 0
    const last = parts.at(-1)
    const isWithin = last !== undefined && last.length < maxRowsTogether && length + own <= longestPart
    length = isWithin ? length + own : own
    if (isWithin) last.push(each)
    else parts.push([each])
  }
  return parts
}

async function readKnown(deps: UpdateDeps, rows: readonly KeyedRow[]): Promise<Omit<Known, 'misused'>> {
  const { store } = deps
  const [stocks, kept, warehouses] = await Promise.all([
    liveStocks(deps, [...new Set(rows.map(({ row }) => row.sku))]),
    store.getMany(
      rows.map(({ id }) => answerKey(id)),
      { consistent: true },
    ),
    warehousesByPriority(store),
  ])
  return {
    stocks: new Map(stocks),
    kept: new Map(kept.map((item) => [item.pk, item])),
    active: activeOf(warehouses),
    warehouses: new Set(warehouses.map(({ id }) => id)),
  }
}

/** Writes rows of one sku in one transaction, and decides again when another writer was faster. */
function writePart(
  deps: UpdateDeps,
  known: Known,
  part: readonly KeyedRow[],
  { together, origin: sent, ttl }: Adjustments,
): Promise<AdjustmentResult[]> {
  const sku = part[0]?.row.sku ?? ''
  const attempt = async () => {
    const origin = { ...sent, at: deps.clock.now() }
    const fresh = part.filter(({ id }) => keptIn(known, id) === undefined)
    const spoilt = together && (known.misused.has(sku) || part.some((each) => isOther(each, keptIn(known, each.id))))
    const { decisions, stock } = spoilt
      ? refused(fresh, 'sku_refused')
      : decide(known, sku, fresh, { together, at: timeOf(origin.at) })
    const decided = new Map(
      fresh.map((each, index) => [each.id, decidedRow(each, decisions[index], { index, origin, ttl })]),
    )
    const result = part.map((each) => decided.get(each.id)?.result ?? resultKept(each, keptIn(known, each.id)))
    const writesOfRows = [...decided.values()].flatMap(({ writes }) => writes)
    if (stock === undefined || writesOfRows.length === 0) return { result }
    const put = await putStock(deps.store, known.stocks.get(sku), stock, origin, { warehouses: known.active })
    const writes = [put, ...writesOfRows]
    const outcome = await deps.store.write(...writes)
    if (outcome.ok) {
      known.stocks.set(sku, put.put as Found)
      return { result }
    }
    keepFound(known, sku, writes, outcome.failed)
    return undefined
  }
  return untilWritten(deps, `the stock of ${sku}`, attempt).catch((error: unknown) => {
    if (error instanceof StoreUnavailable) return part.map(notTried('unavailable'))
    if (isContended(error)) return part.map(notTried('contended'))
    throw error
  })
}

function decide(
  { stocks, warehouses }: Known,
  sku: string,
  rows: readonly KeyedRow[],
  how: { readonly together: boolean; readonly at: string },
) {
  const item = stocks.get(sku)
  if (!isLive(item)) return refused(rows, 'product_not_found')
  if (rows.length > maxRowsTogether) return refused(rows, 'too_many_rows')
  return adjustInOrder(readStock(item), rows, { warehouses, ...how })
}

const refused = (rows: readonly KeyedRow[], code: 'product_not_found' | 'too_many_rows' | 'sku_refused') => ({
  stock: undefined,
  decisions: rows.map((): RowDecision => ({ code })),
})

interface DecidedRow {
  readonly result: AdjustmentResult
  readonly writes: readonly Write[]
}

/** The result of a row, and the writes of one that is done: its movement, and the result under its key. */
function decidedRow(
  keyed: KeyedRow,
  decision: RowDecision | undefined,
  { index, origin, ttl }: { readonly index: number; readonly origin: Origin; readonly ttl: number },
): DecidedRow {
  const { row, id, hash } = keyed
  if (decision === undefined || isRefused(decision))
    return { result: refusal(keyed, decision ?? { code: 'product_not_found' }), writes: [] }
  const { reason, reference, metadata } = row
  const why = { ...origin, id: movementIdOf(keyed, index), reason, ...labelsOf({ reference, metadata }) } // mutant: row-labels
  const { level, movement } = recorded(decision, row.warehouseId, { kind: 'adjust' }, why)
  const result: AdjustmentResult = { ...named(keyed), result: 'done', level }
  const answer = JSON.stringify(result)
  const record = first({ ...answerKey(id), hash, requestId: origin.cause, ttl, answer })
  return { result, writes: [movement, { put: record, if: 'absent' }] } // mutant: row-record
}

function keepFound(known: Known, sku: string, writes: readonly Write[], failed: readonly Failed[]): void {
  for (const { write, found } of failed) {
    const tried = writes[write]
    if (write === 0) known.stocks.set(sku, found as Found)
    else if (found && tried && 'put' in tried && tried.put.sk === 'answer') known.kept.set(found.pk, found)
  }
}

const keptIn = ({ kept }: Known, id: string): Item | undefined => kept.get(answerKey(id).pk)

/** Whether what has the key of the row is of another row. */
const isOther = ({ hash }: KeyedRow, first: KeyedRow | Item | undefined): boolean =>
  first !== undefined && first['hash'] !== hash // mutant: row-hash

function resultKept(keyed: KeyedRow, kept: Item | undefined): AdjustmentResult {
  if (kept === undefined || isOther(keyed, kept)) return refusal(keyed, { code: 'idempotency_key_reused' })
  return JSON.parse(String(kept['answer'])) as AdjustmentResult
}

/** What a row has that comes with the key of a row before it. */
function resultFor(
  keyed: KeyedRow,
  first: KeyedRow | undefined,
  result: AdjustmentResult | undefined,
): AdjustmentResult {
  if (isOther(keyed, first)) return refusal(keyed, { code: 'idempotency_key_reused' })
  return result ?? notTried()(keyed)
}

const named = ({ row: { key, sku, warehouseId } }: KeyedRow) => ({ key, sku, warehouseId })

function refusal(keyed: KeyedRow, why: Exclude<RowDecision, { stock: unknown }>): AdjustmentResult {
  const { row } = keyed
  return { ...named(keyed), result: 'refused', code: why.code, detail: whyRefused(row, why) }
}

function whyRefused(row: KeyedRow['row'], why: Exclude<RowDecision, { stock: unknown }>): string {
  switch (why.code) {
    case 'product_not_found':
      return `There is no product ${row.sku}.`
    case 'unknown_warehouse':
      return `There is no warehouse ${row.warehouseId}: GET /warehouses.`
    case 'idempotency_key_reused':
      return 'This key came with another row before. Take a new one for each intent.'
    case 'sku_refused':
      return `Another row of ${row.sku} is refused.`
    case 'too_many_rows':
      return `At most ${maxRowsTogether} rows of one sku are written together.`
    case 'contended':
    case 'unavailable':
      return 'Send the row again, with its key.'
    default:
      return detailOf(why)
  }
}

const notTried =
  (code?: 'contended' | 'unavailable') =>
  (keyed: KeyedRow): AdjustmentResult => ({ ...named(keyed), result: 'not_tried', ...(code && { code }) })
