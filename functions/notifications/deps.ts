import type { ReadOrder } from '../runtime/api.http.ts'
import type { Identify } from '../runtime/identity.ts'
import type { RightsOf } from '../runtime/standing.ts'
import type { UpdateDeps } from '../runtime/update.ts'
import type { Reach } from './adapters/addresses.ts'
import type { Connections } from './adapters/connections.ts'
import type { Seals } from './adapters/seals.ts'
import type { WakeUps } from './adapters/wake-ups.ts'
import type { FeedDays } from './core/feed-days.ts'

export type NotificationsDeps = UpdateDeps

/** What the feed needs beyond that. */
export type FeedDeps = NotificationsDeps & FeedDays

/** What the routes of webhooks need beside the items. */
export interface WebhookDeps extends UpdateDeps {
  readonly seals: Seals
  readonly wakeUps: WakeUps
  /** Where deliveries may go. */
  readonly reach: Reach
  readonly newWebhookId: () => string
  /** 32 bytes of chance. */
  readonly newSecret: () => Uint8Array
}

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
