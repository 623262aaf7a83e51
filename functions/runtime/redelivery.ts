import type * as z from 'zod'
import { HttpProblem, textOf } from './errors.ts'
import { verdictOf } from './retries.ts'
import { StoreUnavailable } from './store.ts'

/** The one policy for what is delivered again. */
export const redelivery = {
  /** How often an event is handled that fails for a reason of its own. */
  tries: 5,
  /** How long an event is delivered again that fails because something is away, in hours. */
  outageHours: 72,
  /** The distance between two deliveries, in seconds: the first one, and the one beyond which it does not grow. */
  firstSeconds: 5,
  longestSeconds: 300,
  growth: 3,
} as const

/** What this release does not know, and the next one may: an event, a value of a field, a name in an outbox. It waits as for an outage. */
export class NotKnownYet extends Error {
  override readonly name = 'NotKnownYet'
}

/**
 * What a body that is not of its contract is: of another release, or malformed. A release may add values and fields to a version of an
 * event, and widen bounds; it never changes a type.
 */
export function notUnderstood(error: z.ZodError, type: string): NotKnownYet | Error {
  const why = `detail of ${type}: ${textOf(error)}`
  return error.issues.some(({ code }) => code === 'invalid_type') ? new Error(why) : new NotKnownYet(why) // mutant: poison-type
}

/** Brings a message back later than its queue would. */
export interface Postponing {
  /** Deliveries of one batch, each with the seconds from now until it comes back. */
  postpone(deliveries: readonly { readonly receiptHandle: string; readonly seconds: number }[]): Promise<void>
}

/**
 * Whether an error passes by itself: a service or a provider that does not answer or throttles, another writer that is always first, or a
 * release that is not here yet. Anything else is a reason of the event's own.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreUnavailable || error instanceof NotKnownYet) return true
  if (error instanceof HttpProblem) return error.status === 503
  return verdictOf(error) !== 'final'
}

/**
 * Seconds until a message comes back that was delivered this often: the distance, less up to a tenth. SQS counts at most 1,000 deliveries:
 * 72 hours have 915 or so.
 */
export function secondsUntilNext(deliveries: number, random: () => number): number {
  const { firstSeconds, growth, longestSeconds } = redelivery
  const distance = Math.min(longestSeconds, firstSeconds * growth ** Math.max(0, deliveries - 1))
  return Math.ceil(distance * (0.9 + random() / 10))
}
