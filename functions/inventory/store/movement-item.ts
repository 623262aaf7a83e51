import type { Level } from '../../../schemas/inventory.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { revisionOf } from '../../runtime/update.ts'
import type { Put } from './stock-item.ts'

/** A change of a level by hand: the ledger entry that carries `stock.adjusted`. */
export interface Movement {
  readonly sku: string
  readonly delta: number
  readonly reason: string
  readonly reference?: string
  readonly by: string
  readonly level: Level
}

/** The write of a movement; `id` makes it one of its kind. */
export function putMovement(id: string, movement: Movement, origin: Origin): Put {
  const revision = revisionOf(undefined, ['stock.adjusted'], origin)
  const key = { pk: `stock_${movement.sku}`, sk: `movement_${revision.at}_${id}` }
  return { put: { ...movement, ...key, ...revision }, if: 'absent' }
}
