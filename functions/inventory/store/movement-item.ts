import type { Metadata } from '../../../schemas/labels.ts'
import type { Level, UnavailableKind } from '../../../schemas/level.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { revisionOf } from '../../runtime/update.ts'
import type { Put } from './stock-item.ts'

/** What is done to levels by hand. */
export type HandKind = 'adjust' | 'receive' | 'transfer' | 'quarantine' | 'restore' | 'writeOff' | 'clear'

/** A change of a level by hand: the ledger entry that carries `stock.adjusted`. */
export interface Movement {
  readonly sku: string
  /** By how many units more or fewer are on hand. */
  readonly delta: number
  readonly kind: HandKind
  /** Of units that became unavailable, or no longer are: their kind, and how many they are. */
  readonly of?: UnavailableKind
  readonly units?: number
  readonly reason: string
  readonly reference?: string
  readonly metadata?: Metadata
  readonly by: string
  readonly level: Level
}

/** The write of a movement; `id` makes it one of its kind. */
export function putMovement(id: string, movement: Movement, origin: Origin): Put {
  const revision = revisionOf(undefined, ['stock.adjusted'], origin)
  const key = { pk: `stock_${movement.sku}`, sk: `movement_${revision.at}_${id}` }
  return { put: { ...movement, ...key, ...revision }, if: 'absent' }
}
