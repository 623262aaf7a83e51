import type { HeldLine } from '../../../schemas/held-lines.ts'
import { unitsLeaving, withUnits } from './departure.ts'
import type { Reservation } from './reservation.ts'

/** Where the units of a reservation are, also in the middle of a move. */
export function heldBy(reservation: Reservation): ['reserved' | 'allocated', readonly HeldLine[]][] {
  const { status, done, from, left = [], withdrawn = [], freed, tasks: [task] = [] } = reservation
  const lines = unsent(reservation)
  const still = lines.filter(([, warehouseId]) => !left.includes(warehouseId) && !withdrawn.includes(warehouseId))
  switch (status) {
    case 'holding':
    case 'held':
      return [['reserved', lines]]
    case 'committing':
      return [
        ['allocated', lines.slice(0, done)],
        ['reserved', lines.slice(done)],
      ]
    case 'committed':
      return [['allocated', still]]
    case 'shipping': {
      if (task?.move === 'depart' || task?.move === 'part') return [['allocated', still]]
      const leaving = task?.move === 'ship' ? task.warehouseId : ''
      return [
        ['allocated', still.filter(([, warehouseId]) => warehouseId === leaving).slice(done)],
        ['allocated', still.filter(([, warehouseId]) => warehouseId !== leaving)],
      ]
    }
    case 'returning':
      return freed ? [] : [['allocated', still]]
    case 'releasing': {
      if (task?.move === 'reduce') return [['allocated', still]]
      if (task?.move !== 'withdraw') return [[from ?? 'reserved', still.slice(done)]]
      return [
        ['allocated', still.filter(([, warehouseId]) => warehouseId === task.warehouseId).slice(done)],
        ['allocated', still.filter(([, warehouseId]) => warehouseId !== task.warehouseId)],
      ]
    }
    case 'waiting':
    case 'shipped':
    case 'released':
    case 'refused':
    case 'taken':
      return []
  }
}

/** What has departed, also in the middle of a step. */
export function departedOf(reservation: Reservation): readonly HeldLine[] {
  const { status, lines, done, sent = [], tasks: [task] = [] } = reservation
  const leaving = status === 'shipping' && task ? unitsLeaving(reservation, task) : []
  return [...withUnits(lines, sent), ...withUnits(lines, leaving).slice(0, done)]
}

/** The lines without what has departed, and what a reduction under way has given back. */
function unsent(reservation: Reservation): readonly HeldLine[] {
  const { status, done, tasks: [task] = [] } = reservation
  const back = status === 'releasing' && task?.move === 'reduce' ? task.lines.slice(0, done) : []
  const gone = [...departedOf(reservation), ...back]
  if (gone.length === 0) return reservation.lines
  const left = reservation.lines.map(([sku, warehouseId, units]): HeldLine => {
    const away = gone.reduce((sum, [of, from, count]) => sum + (of === sku && from === warehouseId ? count : 0), 0)
    return [sku, warehouseId, units - away]
  })
  return left.filter(([, , units]) => units !== 0)
}
