import { sweep } from '../runtime/sweep.ts'
import { liveInventory } from './adapters/stage-sourcing.ts'
import { expire } from './on/due.ts'

/** Every minute: gives back what checkouts of other systems held for too long. */
export const handler = sweep(() => expire(liveInventory()))
