import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'

/** Whether it gives back what will not be sent of an order that stands. */
export function isWithdrawing({
  status,
  lines,
  left = [],
  withdrawn = [],
  tasks: [task] = [],
}: ReservationItem): boolean {
  if (status === 'releasing') return task?.move === 'withdraw'
  return withdrawn.length > 0 && lines.every(([, id]) => left.includes(id) || withdrawn.includes(id))
}

/** Where the units of a reservation are, also in the middle of a move. */
export function heldBy(reservation: ReservationItem): ['reserved' | 'allocated', readonly HeldLine[]][] {
  const { status, lines, done, from, left = [], withdrawn = [], freed, tasks: [task] = [] } = reservation
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
      const leaving = task?.move === 'ship' ? task.warehouseId : ''
      return [
        ['allocated', still.filter(([, warehouseId]) => warehouseId === leaving).slice(done)],
        ['allocated', still.filter(([, warehouseId]) => warehouseId !== leaving)],
      ]
    }
    case 'returning':
      return freed ? [] : [['allocated', still]]
    case 'releasing': {
      if (task?.move !== 'withdraw') return [[from ?? 'reserved', still.slice(done)]]
      return [
        ['allocated', still.filter(([, warehouseId]) => warehouseId === task.warehouseId).slice(done)],
        ['allocated', still.filter(([, warehouseId]) => warehouseId !== task.warehouseId)],
      ]
    }
    case 'shipped':
    case 'released':
    case 'refused':
      return []
  }
}

/** The units of a reservation that have left, also in the middle of a step. */
export function shippedOf({
  status,
  lines,
  done,
  left = [],
  tasks: [task] = [],
}: ReservationItem): readonly HeldLine[] {
  const gone = lines.filter(([, warehouseId]) => left.includes(warehouseId))
  if (status !== 'shipping' || task?.move !== 'ship') return gone
  return [...gone, ...lines.filter(([, warehouseId]) => warehouseId === task.warehouseId).slice(0, done)]
}

/** What has come back, also in the middle of a step; `returns` has what each return brings. */
export function returnedOf(
  { status, done, returned = [], tasks: [task] = [] }: ReservationItem,
  returns: ReadonlyMap<string, readonly ReturnedLine[]>,
): (readonly ReturnedLine[])[] {
  const back = returned.map((id) => returns.get(id) ?? [])
  return status === 'returning' && task?.move === 'return' ? [...back, task.lines.slice(0, done)] : back
}
