import { readReservation } from '../../../functions/inventory/store/reservation-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import type { Simulated } from '../engine/services.ts'

/** What became of one item. */
export interface Change {
  readonly service: Simulated
  readonly before: Item | undefined
  readonly after: Item | undefined
}

/** The skus of stock, a movement or a reservation. */
export function skusOf(item: Item): readonly string[] {
  if (item.sk === 'stock' || item.sk.startsWith('movement_')) return [String(item['sku'])]
  if (item.sk !== 'reservation') return []
  return readReservation(item).lines.map(([sku]) => sku)
}
