import type { ReadOrder } from '../runtime/api.http.ts'
import type { Identify } from '../runtime/identity.ts'
import type { RightsOf } from '../runtime/standing.ts'
import type { UpdateDeps } from '../runtime/update.ts'
import type { Connections } from './adapters/connections.ts'

export type NotificationsDeps = UpdateDeps

/** What tickets need beyond that. */
export interface TicketDeps extends UpdateDeps {
  /** 32 random bytes. */
  readonly newSecret: () => Uint8Array
}

/** What sends to connections. */
export interface LiveDeps extends UpdateDeps {
  readonly connections: Connections
  readonly rightsOf: RightsOf
}

/** What answers to connections. */
export interface ConnectionDeps extends LiveDeps {
  readonly identify: Identify
  readonly readOrder: ReadOrder
}
