import type { Service } from '../schemas/contract.ts'
import type { ServiceContract } from '../schemas/topology.ts'

/**
 * What wakes a function: a request, events in the service's queue, every public event (for the feed, and for webhooks), news of orders
 * (for open connections), wake-ups of endpoints, the stream of its table (which a relay publishes, a fold adds up, and mails let people
 * know of), a clock, an alarm, a file in its bucket (of an import, or of a photo), a WebSocket connection, tokens that the user pool is about to sign.
 */
export type Kind =
  | 'http'
  | 'events'
  | 'relay'
  | 'feed'
  | 'webhooks'
  | 'deliver'
  | 'live'
  | 'fanout'
  | 'fold'
  | 'mails'
  | 'alarms'
  | 'sweep'
  | 'imports'
  | 'photos'
  | 'tokens'
  | 'reconcile'

/** A function: its source is `functions/<service>/<kind>.ts`. */
export interface Entry {
  readonly service: Service | 'platform' | 'operations'
  readonly kind: Kind
}

/** The functions that a service needs by its contract, and whether it sweeps. */
export function kindsOf({ routes, consumes, timers, events }: ServiceContract, sweeps = false): readonly Kind[] {
  return [
    ...(Object.keys(routes).length > 0 ? (['http'] as const) : []),
    ...(consumes.length + timers.length > 0 ? (['events'] as const) : []),
    ...(Object.keys(events).length > 0 ? (['relay'] as const) : []),
    ...(sweeps ? (['sweep'] as const) : []),
  ]
}
