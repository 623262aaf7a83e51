import { routes } from '../../schemas/inventory.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { reservations } from './routes/reservations.ts'
import type { InventoryDeps } from './deps.ts'
import { stockHandlers } from './routes/stock.ts'
import { warehouses } from './routes/warehouses.ts'

/** The routes of inventory. */
export const handlers = (deps: InventoryDeps): Handlers<typeof routes> => ({
  ...warehouses(deps),
  ...stockHandlers(deps),
  ...reservations(deps),
})

export const handler = http(routes, liveIdentity, () => handlers(liveItems()))
