import type { Webhook } from '../../../../schemas/webhook.ts'
import { timeOf } from '../../../runtime/clock.ts'
import type { Item, Key, Store, Write } from '../../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf } from '../../../runtime/update.ts'
import type { Endpoint } from '../../core/webhooks/endpoint.ts'

/** An endpoint as it is stored: all are one partition, which is read whole for each batch of events. */
interface EndpointItem extends Item {
  readonly endpoint: Omit<Endpoint, 'id'>
}

export const endpoints = 'webhooks'

export const endpointItem: Codec<Endpoint> = {
  noun: 'the webhook',
  key: (id) => ({ pk: endpoints, sk: id }),
  read: (item) => ({ state: endpointOf(item), item }),
  writes: (before, { state: { id, ...endpoint }, emits }, origin) => [
    inPlaceOf(before?.item, {
      ...endpointItem.key(id),
      ...revisionOf(before?.item, emits, origin),
      endpoint,
    }),
  ],
}

export const endpointOf = (item: Item): Endpoint => ({ id: item.sk, ...(item as EndpointItem).endpoint })

/** All endpoints, as they are now. */
export async function allEndpoints(store: Store): Promise<readonly Endpoint[]> {
  const found: Endpoint[] = []
  let cursor: string | undefined
  do {
    const page = await store.query({ partition: endpoints, limit: 100, consistent: true, cursor })
    found.push(...page.items.map(endpointOf))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

/** How many endpoints there are, so that no two requests make the last one. */
export interface CountItem extends Item {
  readonly count: number
}

export const countKey: Key = { pk: 'webhook-count', sk: 'count' }

/** The write after which there are so many more. */
export function counted(before: CountItem | undefined, more: number): Write {
  const put = { ...countKey, version: (before?.version ?? 0) + 1, count: (before?.count ?? 0) + more }
  return inPlaceOf(before, put)
}

/** The endpoint as the API shows it. */
export function shown(endpoint: Endpoint, now: number): Webhook {
  const { id, url, events, description, active, off, secrets, createdAt } = endpoint
  const until = secrets[1]?.until
  return {
    id,
    url,
    events: [...events],
    ...(description !== undefined && { description }),
    active,
    ...(off && { off: { at: timeOf(off.at), reason: off.reason } }),
    ...(until !== undefined && until > now && { overlapUntil: timeOf(until) }),
    createdAt: timeOf(createdAt),
  }
}
