import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import { Violation } from './violation.ts'

/** Nothing is held for an order but in the warehouses that it names, where it names some. */
export function checkShipFrom({ id, lines }: Pick<ReservationItem, 'id' | 'lines'>, from: unknown): void {
  const other = Array.isArray(from) ? lines.find(([, warehouseId]) => !from.includes(warehouseId)) : undefined
  if (other) throw new Violation('an order ships from where it may', `${id} is held in ${other[1]}`)
}
