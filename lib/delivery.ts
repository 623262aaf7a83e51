import type { Entry, Kind } from './entry.ts'

/** How functions are invoked and messages are kept: of the template, and of the simulation. */

/**
 * In seconds: an API caller waits 10, a delivery may take 30, a sweep must be done before the next one starts, the reader of an import
 * hands the rest on, the check of a photo decodes 40 million pixels in a few seconds, a reconciliation reads whole tables, and Cognito waits 5 for a
 * trigger: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const timeouts: Readonly<Record<Kind, number>> = {
  http: 10,
  events: 30,
  feed: 30,
  relay: 30,
  fold: 30,
  mails: 30,
  alarms: 30,
  sweep: 50,
  imports: 300,
  photos: 60,
  live: 10,
  fanout: 30,
  reconcile: 900,
  tokens: 5,
  webhooks: 30,
  // An attempt takes 10 s at most, and none is begun in the last 15.
  deliver: 60,
}

/**
 * Functions that by design send to the queue that wakes them: a reader of imports hands the rest on, a sender of webhooks has itself woken
 * when the next delivery is due. What ends each is in the table; Lambda would end them after some 16 turns.
 */
export const wakesItself: ReadonlySet<Kind> = new Set(['deliver', 'imports'])

/** How often SQS delivers a message before it redrives it by itself: as often as it can count. The functions give up before, by kind of error. */
export const maxReceiveCount = 1_000

/** How long a message that was delivered to a function is kept from others, in seconds. */
export const visibilityTimeoutOf = (kind: Kind): number => 6 * timeouts[kind]

/** As above, of the queue of a service's events. */
export const visibilityTimeout = visibilityTimeoutOf('events')

/** How long queues keep their messages, in days. */
export const retentionDays = 14

// Few at a time: reservations that wait come in larger batches, each one transaction, and these rarely meet at the same stock item.
const concurrency: Readonly<Partial<Record<Entry['service'], number>>> = { inventory: 2 }

// Writers of the feed put pages at one place: two of them lose few races, and take thousands of events a second in deliveries of hundreds.
const feedConcurrency = 2

/** How many deliveries a function of a service handles at a time, 2 or more. */
export const maxConcurrencyOf = (service: Entry['service'], kind: Kind = 'events'): number =>
  kind === 'feed' ? feedConcurrency : (concurrency[service] ?? 10)

/** How many deliveries of spilled records a relay handles at a time. */
export const spillConcurrency = 2

// A stream keeps its records for 24 hours; what it gives up before that is kept whole.
export const stream = { batchSize: 100, retryAttempts: -1, recordAgeHours: 20 } as const

/** How long records are kept that a stream gave up, in days. */
export const lostRecordDays = 30
