import { routes } from '../../schemas/inventory.ts'
import { systemClock } from '../runtime/clock.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import { reservations } from './reservations.ts'
import type { InventoryParts } from './serve.ts'
import { stockHandlers } from './stock-items.ts'
import { warehouses } from './warehouses.ts'

/** The routes of inventory. */
export const handlers = (parts: InventoryParts): Handlers<typeof routes> => ({
  ...warehouses(parts),
  ...stockHandlers(parts),
  ...reservations(parts),
})

export const handler = http(routes, () => handlers({ store: liveStore(), clock: systemClock, random: Math.random }))
