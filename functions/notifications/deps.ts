import type { UpdateDeps } from '../runtime/update.ts'
import type { Reach } from './adapters/addresses.ts'
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
