import { departedOf } from '../../../functions/inventory/core/held-units.ts'
import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
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
  if (status === 'releasing') return task?.move === 'withdraw' || task?.move === 'reduce'
  return withdrawn.length > 0 && lines.every(([, id]) => left.includes(id) || withdrawn.includes(id))
}

/** The units of a reservation that have left, also in the middle of a step. */
export function shippedOf(reservation: ReservationItem): readonly HeldLine[] {
  const { status, lines, done, left = [], tasks: [task] = [] } = reservation
  const gone = [...departedOf(reservation), ...lines.filter(([, warehouseId]) => left.includes(warehouseId))]
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

/** Whether units come back with it. */
export function isReturn({
  before,
  after,
}: {
  readonly before: Item | undefined
  readonly after: Item | undefined
}): boolean {
  if (after?.sk !== 'reservation') return false
  const { status: was, returned: had = [] } = (before ?? {}) as Partial<ReservationItem>
  const { status: is, returned: has = [] } = after as ReservationItem
  return was === 'returning' || is === 'returning' || has.length > had.length
}
