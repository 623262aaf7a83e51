import { routes } from '../../schemas/inventory.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveProducts } from '../runtime/aws-wiring.ts'
import { liveImports } from '../runtime/live-imports.ts'
import { liveInventory } from './adapters/stage-sourcing.ts'
import { counts } from './routes/counts.ts'
import { inbound } from './routes/inbound.ts'
import { listLevels } from './routes/list-levels.ts'
import { listReservations } from './routes/list-reservations.ts'
import { extendReservation } from './routes/extend.ts'
import { levels } from './routes/levels.ts'
import { movements } from './routes/movements.ts'
import { adjustMany } from './routes/adjust-many.ts'
import { reservations } from './routes/reservations.ts'
import { shipReservation } from './routes/ship.ts'
import type { InventoryApiDeps } from './deps.ts'
import { readStocks } from './routes/stock-reads.ts'
import { stockImports } from './routes/stock-imports.ts'
import { stockHandlers } from './routes/stock.ts'
import { transfers } from './routes/transfers.ts'
import { warehouses } from './routes/warehouses.ts'

/** The routes of inventory. */
export const handlers = (deps: InventoryApiDeps): Handlers<typeof routes> => ({
  ...warehouses(deps),
  ...readStocks(deps),
  ...stockHandlers(deps),
  ...levels(deps),
  ...movements(deps),
  ...inbound(deps),
  ...transfers(deps),
  adjustMany: adjustMany(deps),
  ...stockImports(deps),
  ...counts(deps),
  listLevels: listLevels(deps),
  listReservations: listReservations(deps),
  ...reservations(deps),
  extendReservation: extendReservation(deps),
  shipReservation: shipReservation(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({ ...liveInventory(), ...liveImports(), readProduct: liveProducts() }),
)
