import { encodeTime } from 'ulid'
import type { AdjustmentResult } from '../../../schemas/bulk-adjustment.ts'
import type { Count as Shown, CountHeader, CountLine, countRoutes } from '../../../schemas/count.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Caller, Handlers } from '../../runtime/http.ts'
import { commit, keptUntil, performOnce } from '../../runtime/idempotent-commit.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type Loaded, load, update } from '../../runtime/update.ts'
import {
  type Count,
  type CountedLine,
  cancelled,
  differenceOf,
  fixed,
  isOpen,
  posted,
  rowsOf,
  tallyOf,
} from '../core/count.ts'
import { onHand } from '../core/level.ts'
import { countsOf } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { countItem, countPage, countedLines, putLine } from '../store/count-item.ts'
import { readStock } from '../store/stock-item.ts'
import { adjustRows } from './adjustment-writes.ts'
import { found, liveStocks } from './known-stock.ts'
import { activeAmong } from './level-change.ts'

/** How long lines are begun to be posted, and when the result of each stands, in milliseconds: an API function has 10 s. */
const beginsForMs = 5_000
const endsAfterMs = 8_000
/** How long a sheet may be posted again whose posting died, in seconds: until then no line of it is posted twice. */
const resumedFor = 365 * 86_400

/** Sheets by which units are counted while they are sold. */
export const counts = (deps: InventoryDeps): Handlers<typeof countRoutes> => ({
  createCount: async (request) => {
    const { body, caller, idempotencyKey, refuse } = request
    return commit(deps, request, async () => {
      const { warehouseId, skus, reference } = body
      await activeAmong(deps, { warehouseId }, refuse)
      const stocks = await liveStocks(deps, skus)
      const levels = skus.flatMap((sku): Count['lines'][number][] => {
        const item = stocks.get(sku)
        return item ? [[sku, onHand(countsOf(readStock(item), warehouseId))]] : []
      })
      const errors = skus.flatMap((sku, index) =>
        stocks.has(sku) ? [] : [{ path: `skus[${index}]`, message: `there is no product ${sku}` }],
      )
      if (errors.length > 0) throw refuse('unknown_sku', 'Some products do not exist.', { errors })
      const origin = originOf(deps, request)
      const count: Count = {
        id: `cnt_${encodeTime(origin.at, 10)}${digest(caller.id, idempotencyKey).slice(0, 16)}`,
        warehouseId,
        status: 'open',
        ...(reference !== undefined && { reference }),
        lines: levels,
        createdAt: timeOf(origin.at),
        createdBy: caller.id,
      }
      const writes = countItem.writes(undefined, { state: count, emits: [] }, origin)
      return { writes, answer: { body: shown(count, []) } }
    })
  },

  listCounts: async ({ query }) => {
    const page = await countPage(deps.store, query)
    const { cursor } = page
    return { body: { items: page.counts.map(headerOf), ...(cursor !== undefined && { cursor }) } }
  },

  getCount: async (request) => {
    const { state } = await existing(deps, request)
    return { body: shown(state, await countedLines(deps.store, state.id)) }
  },

  countLine: async (request) =>
    commit(deps, request, async () => {
      const { params, body, caller, refuse } = request
      const sheet = await existing(deps, request)
      const line = sheet.state.lines.find(([sku]) => sku === params.sku)
      if (line === undefined) throw refuse('count_line_not_found', `${params.sku} is not on the sheet.`)
      if (!isOpen(sheet.state)) throw closed(refuse, sheet.state)
      const { stock } = await found(deps, request)
      const origin = originOf(deps, request)
      const counted: CountedLine = {
        sku: params.sku,
        counted: body.counted,
        onHand: onHand(countsOf(stock, sheet.state.warehouseId)),
        countedAt: timeOf(origin.at),
        by: caller.id,
      }
      return {
        writes: await putLine(deps.store, sheet, counted, origin),
        answer: { body: shownLine(sheet.state, line, counted) },
      }
    }),

  postCount: async (request) => {
    const { caller, requestId, refuse, params } = request
    const check = async () => {
      const { state } = await existing(deps, request)
      if (state.status === 'cancelled') throw closed(refuse, state)
    }
    const change = async (to: (count: Count, origin: Origin) => Count): Promise<Count> => {
      const origin = originOf(deps, request)
      const after = await update(deps, countItem, params.id, origin, (sheet) => {
        if (sheet?.state.status === 'cancelled') throw closed(refuse, sheet.state)
        const state = sheet && to(sheet.state, origin)
        return state === undefined || state === sheet?.state ? undefined : { state, emits: [] }
      })
      if (after === undefined) throw unknown(request)
      return after
    }
    return performOnce(deps, request, check, async () => {
      const sheet = await change(fixed)
      const lines = await countedLines(deps.store, sheet.id)
      const at = deps.clock.now()
      const results = await adjustRows(deps, {
        rows: rowsOf(sheet, lines).map((row) => ({
          row,
          id: digest('count', sheet.id, row.sku), // mutant: count-once
          hash: digest(canonical(row)),
        })),
        together: false,
        origin: { cause: requestId, by: caller.id },
        lastBegin: at + beginsForMs,
        end: at + endsAfterMs,
        ttl: keptUntil(at) + resumedFor,
      })
      if (results.some(({ result }) => result === 'not_tried'))
        throw refuse('unavailable', 'Some lines are not posted yet: post the sheet again.', {
          headers: { 'retry-after': '1' },
        })
      const after = await change((count, origin) => posted(count, results.flatMap(refusedLine), closing(origin)))
      return { body: { ...headerOf(after), ...tallyOf(after, lines) } }
    })
  },

  cancelCount: async (request) =>
    commit(deps, request, async () => {
      const sheet = await existing(deps, request)
      expectMatch(request, tagOfBody(shown(sheet.state, await countedLines(deps.store, sheet.state.id))))
      if (sheet.state.status === 'cancelled') return { writes: [], answer: {} }
      if (!isOpen(sheet.state)) throw closed(request.refuse, sheet.state)
      const origin = originOf(deps, request)
      const state = cancelled(sheet.state, closing(origin))
      return { writes: countItem.writes(sheet, { state, emits: [] }, origin), answer: {} }
    }),
})

interface OfCount {
  readonly params: { readonly id: string }
  readonly refuse: Refuse<'count_not_found'>
}

async function existing(deps: InventoryDeps, request: OfCount): Promise<Loaded<Count>> {
  const sheet = await load(deps.store, countItem, request.params.id)
  if (sheet === undefined) throw unknown(request)
  return sheet
}

const unknown = ({ params: { id }, refuse }: OfCount) => refuse('count_not_found', `There is no count ${id}.`)

const closed = (refuse: Refuse<'count_closed'>, { status }: Count) =>
  refuse('count_closed', `The count is ${status}: nothing of it changes any more.`)

const originOf = (
  { clock }: InventoryDeps,
  { requestId, caller }: { readonly requestId: string; readonly caller: Caller },
): Origin => ({ cause: requestId, at: clock.now(), by: caller.id })

const closing = ({ at, by }: Origin) => ({ at: timeOf(at), by })

const refusedLine = ({ sku, code }: AdjustmentResult) => (code === undefined ? [] : [[sku, code] as const])

function headerOf({ lines, refused: _, ...count }: Count): CountHeader {
  return { ...count, lineCount: lines.length }
}

function shown(count: Count, counted: readonly CountedLine[]): Shown {
  const bySku = new Map(counted.map((line) => [line.sku, line]))
  return { ...headerOf(count), lines: count.lines.map((line) => shownLine(count, line, bySku.get(line[0]))) }
}

function shownLine(
  { status, refused = [] }: Count,
  [sku, expected]: Count['lines'][number],
  line: CountedLine | undefined,
): CountLine {
  if (line === undefined) return { sku, expected }
  const counted = { ...line, expected, difference: differenceOf(line) }
  if (status !== 'posted') return counted
  const [, code] = refused.find(([of]) => of === sku) ?? []
  return { ...counted, ...(code === undefined ? { result: 'done' } : { result: 'refused', code }) }
}
