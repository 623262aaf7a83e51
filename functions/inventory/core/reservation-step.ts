import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { MovementKind } from '../../../schemas/movement.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import { finished, settledStatus } from './allocation-tasks.ts'
import { type Reservation, isBusy, linesAhead, nextTask, pending, releasing } from './reservation.ts'
import type { Shortage } from '../../../schemas/reservation.ts'
import { type Sources, source } from './sourcing.ts'
import { estimateOf } from './estimate.ts'
import { mayWait } from './waiting.ts'
import { type Stock, TornRead, move, takeBack } from './stock.ts'

export interface Step {
  readonly reservation: Reservation
  readonly stocks: readonly Stock[]
}

/**
 * One step of the move under way, over at most `most` skus. A hold looks at all wanted lines before it takes the first unit; when a
 * later step finds a line short all the same, the units that are held already go back. Throws `TornRead`.
 */
export function step(current: Reservation, sources: Sources, most: number, at: string): Step {
  if (current.status === 'holding') return hold(current, sources, most, at)
  const from = current.from ?? 'reserved'
  switch (current.status) {
    case 'committing':
      // mutant: commit-bucket
      return shift(current, sources, most, (stock, lines) => move(stock, lines, 'reserved', 'allocated', at))
    case 'releasing':
      return shift(current, sources, most, (stock, lines) => move(stock, lines, from, 'available', at))
    case 'shipping':
      return shift(current, sources, most, (stock, lines) => move(stock, lines, 'allocated', 'outside', at))
    case 'returning':
      return shift(current, sources, most, (stock, lines) => takeBack(stock, lines, at))
    default:
      return { reservation: current, stocks: [] }
  }
}

/** What the step under way does to levels. */
export function movementOf({ status, from }: Reservation): MovementKind {
  switch (status) {
    case 'committing':
      return 'commit'
    case 'shipping':
      return 'ship'
    case 'returning':
      return 'return'
    case 'releasing':
      return from === 'allocated' ? 'deallocate' : 'release'
    default:
      return 'reserve'
  }
}

function hold(current: Reservation, sources: Sources, most: number, at: string): Step {
  const sourced = source(current.wanted.slice(current.done), sources, current.lines, current.route)
  if (!('picks' in sourced)) {
    const waits = 'shortages' in sourced && waiting(current, sourced.shortages, sources, at)
    return { reservation: waits || refuse({ ...current, ...sourced }), stocks: [] }
  }
  const taken = sourced.picks.slice(0, most)
  const stocks = taken.map(({ stock, lines }) => move(stock, lines, 'available', 'reserved', at))
  const lines = taken.flatMap((each) => each.lines)
  const done = current.done + stocks.length
  const reservation = { ...current, lines: [...current.lines, ...lines], done }
  if (done < current.wanted.length) return { reservation, stocks }
  const { route: _, ...held } = reservation
  return { reservation: { ...held, status: 'held', wanted: [] }, stocks }
}

/** The reservation as it waits whole for what is short; undefined where it may not. */
function waiting(
  current: Reservation,
  shortages: readonly Shortage[],
  sources: Sources,
  at: string,
): Reservation | undefined {
  const isAllowed = shortages.every(({ sku, requested }) => mayWait(sources.stockOf(sku), requested))
  if (current.backorder === undefined || current.lines.length > 0 || !isAllowed) return undefined // mutant: waiting-allowed
  return { ...current, status: 'waiting', shortages, ...estimateOf(shortages, sources, at) }
}

function refuse(current: Reservation): Reservation {
  if (current.lines.length === 0) return { ...current, status: 'refused' } // mutant: step-hold-short
  return releasing(current, 'reserved', 'refused')
}

function shift(
  current: Reservation,
  sources: Sources,
  most: number,
  moved: (stock: Stock, lines: readonly (HeldLine | ReturnedLine)[]) => Stock,
): Step {
  const skus = new Set(pending(current).slice(0, most))
  const ahead = linesAhead(current)
  const lines = ahead.filter(([sku]) => skus.has(sku))
  const stocks = [...skus].map((sku) => {
    const stock = sources.stockOf(sku)
    if (stock === undefined) throw new TornRead(`${sku} is held by ${current.id} and has no stock item`)
    return moved(
      stock,
      lines.filter((line) => line[0] === sku),
    )
  })
  const reservation = { ...current, done: current.done + lines.length } // mutant: step-count
  return { reservation: lines.length < ahead.length ? reservation : arrive(reservation), stocks }
}

/** The reservation once its move is done, with the next task begun where there is one. */
function arrive({ from, ends, ...current }: Reservation): Reservation {
  if (current.status === 'committing') return nextTask({ ...current, status: 'committed', done: 0 })
  if (!isBusy(current)) return { ...current, status: ends ?? 'released', done: 0 }
  const done = finished(current)
  return nextTask({ ...done, status: settledStatus(done), done: 0 })
}
