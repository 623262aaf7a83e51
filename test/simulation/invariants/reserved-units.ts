import type { ReservationItem } from '../../../functions/inventory/store/inventory-items.ts'
import type { HeldLine } from '../../../schemas/inventory.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'

/** Whether it gives back what will not be sent of an order that stands. */
export function isWithdrawing({
  status,
  lines,
  left = [],
  withdrawn = [],
  jobs: [job] = [],
}: ReservationItem): boolean {
  if (status === 'releasing') return job?.move === 'withdraw'
  return withdrawn.length > 0 && lines.every(([, id]) => left.includes(id) || withdrawn.includes(id))
}

/** Where the units of a reservation are, also in the middle of a move. */
export function heldBy(reservation: ReservationItem): ['reserved' | 'allocated', readonly HeldLine[]][] {
  const { status, lines, done, from, left = [], withdrawn = [], freed, jobs: [job] = [] } = reservation
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
      const leaving = job?.move === 'ship' ? job.warehouseId : ''
      return [
        ['allocated', still.filter(([, warehouseId]) => warehouseId === leaving).slice(done)],
        ['allocated', still.filter(([, warehouseId]) => warehouseId !== leaving)],
      ]
    }
    case 'returning':
      return freed ? [] : [['allocated', still]]
    case 'releasing': {
      if (job?.move !== 'withdraw') return [[from ?? 'reserved', still.slice(done)]]
      return [
        ['allocated', still.filter(([, warehouseId]) => warehouseId === job.warehouseId).slice(done)],
        ['allocated', still.filter(([, warehouseId]) => warehouseId !== job.warehouseId)],
      ]
    }
    case 'shipped':
    case 'released':
    case 'refused':
      return []
  }
}

/** The units of a reservation that have left, also in the middle of a step. */
export function shippedOf({ status, lines, done, left = [], jobs: [job] = [] }: ReservationItem): readonly HeldLine[] {
  const gone = lines.filter(([, warehouseId]) => left.includes(warehouseId))
  if (status !== 'shipping' || job?.move !== 'ship') return gone
  return [...gone, ...lines.filter(([, warehouseId]) => warehouseId === job.warehouseId).slice(0, done)]
}

/** What has come back, also in the middle of a step; `returns` has what each return brings. */
export function returnedOf(
  { status, done, returned = [], jobs: [job] = [] }: ReservationItem,
  returns: ReadonlyMap<string, readonly ReturnedLine[]>,
): (readonly ReturnedLine[])[] {
  const back = returned.map((id) => returns.get(id) ?? [])
  return status === 'returning' && job?.move === 'return' ? [...back, job.lines.slice(0, done)] : back
}
