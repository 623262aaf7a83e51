import { type Envelope, type EventContract } from '../../../schemas/contract.ts'
import type { FeedEvent } from '../../../schemas/feed.ts'

/** The version of the item that an event comes from, in its id. */
const versionIn = /@(\d{1,15})\/[^/]*$/

/** An event of the bus as the feed has it. */
export function feedEventOf(contract: EventContract, event: Envelope<unknown>): FeedEvent {
  const { id, time, correlationId, causationId } = event
  const data = event.data as Readonly<Record<string, unknown>>
  const { orderId } = data
  const sequence = contract.source === 'orders' ? versionIn.exec(id)?.[1] : undefined
  return {
    id,
    type: contract.name,
    time,
    ...(typeof orderId === 'string' && { orderId }),
    ...(sequence !== undefined && { sequence: Number(sequence) }),
    correlationId,
    causationId,
    data,
  }
}

/** Whether a type is among these patterns, each a type, or all of a kind as `order.*`. */
export function matches(patterns: readonly string[] | undefined, type: string): boolean {
  if (patterns === undefined) return true
  return patterns.some((pattern) => (pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern))
}
