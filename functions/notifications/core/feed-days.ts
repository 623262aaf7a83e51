const dayMs = 86_400_000

/** How many days of events the feed shows; 0 where there is none. */
export interface FeedDays {
  readonly feedDays: number
}

/** From then on the feed shows its pages. */
export const shownFrom = ({ feedDays }: FeedDays, now: number): number => now - feedDays * dayMs

/** Who goes on has a day more: who began at the oldest page has that time to get away from the edge. */
export const readableFrom = (days: FeedDays, now: number): number => shownFrom(days, now) - dayMs

/** A copy comes at most so many days late: queues and dead-letter queues keep messages for 14 days each. */
const mostLateDays = 30

/** How old an event is at most that the feed takes, in milliseconds: older ones can only come out of an archive. */
const takenMs = ({ feedDays }: FeedDays): number => Math.max(feedDays, mostLateDays) * dayMs

/** Whether an event of that time may be taken: its marks and pages are known for sure. */
export const isTaken = (days: FeedDays, time: number, now: number): boolean => time >= now - takenMs(days)

/** When a page or a mark of that time may go, in seconds since 1970: clocks differ by less than the two days more. */
export const ttlOf = (days: FeedDays, at: number): number => Math.ceil((at + takenMs(days) + 2 * dayMs) / 1_000)
