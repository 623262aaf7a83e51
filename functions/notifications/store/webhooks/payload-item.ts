import { digest } from '../../../runtime/ids.ts'
import type { Item, Key, Write } from '../../../runtime/store.ts'
import { keptMs } from './delivery-item.ts'

/** What all receivers of an event get: stored once, however many there are. */
export interface PayloadItem extends Item {
  readonly body: string
}

export const payloadKey = (eventId: string): Key => ({ pk: `payload_${digest(eventId)}`, sk: 'payload' })

export const payloadOf = (eventId: string, body: string, now: number): Write => ({
  put: { ...payloadKey(eventId), version: 1, body, ttl: Math.ceil((now + keptMs) / 1_000) },
  if: 'absent',
})
