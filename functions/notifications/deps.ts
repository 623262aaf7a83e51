import type { UpdateDeps } from '../runtime/update.ts'
import type { FeedDays } from './core/feed-days.ts'

export type NotificationsDeps = UpdateDeps

/** What the feed needs beyond that. */
export type FeedDeps = NotificationsDeps & FeedDays
