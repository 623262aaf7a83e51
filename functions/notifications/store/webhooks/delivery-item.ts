import type { Delivery as Shown } from '../../../../schemas/webhook.ts'
import { sortableTime, timeOf } from '../../../runtime/clock.ts'
import { digest } from '../../../runtime/ids.ts'
import { partitionOf, partitionsOf } from '../../../runtime/sharded.ts'
import type { Item, Key, Write } from '../../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf } from '../../../runtime/update.ts'
import type { Attempt, Delivery } from '../../core/webhooks/delivery.ts'

/** How long deliveries are kept after they are made, in milliseconds: 30 days from their last attempt. */
export const keptMs = 37 * 86_400_000
/** How old an event may be that deliveries are made of: one that is delivered again later is still known. */
export const takenMs = 30 * 86_400_000
/** How long an attempt is kept, in milliseconds. */
const attemptKeptMs = 30 * 86_400_000

/** A delivery and where it is. */
export interface Placed extends Delivery {
  readonly webhookId: string
  /** The time of the event, in milliseconds since 1970, and `digest` of endpoint and event. */
  readonly place: string
}

export interface DeliveryItem extends Item {
  readonly delivery: Delivery & { readonly webhookId: string }
}

/** What names the event at the endpoint: the same however often it comes. */
export const nameOf = (webhookId: string, eventId: string): string => digest('delivery', webhookId, eventId)

export const placeOf = (time: number, name: string): string => `${sortableTime(time)}#${name}`

const deliveriesOf = (webhookId: string): string => `deliveries_${webhookId}`
const pendingOf = (webhookId: string): string => `pending_${webhookId}`

/** The partitions of the deliveries of an endpoint, and of those that are pending in index `pending`. */
export const partitions = (webhookId: string): readonly string[] => partitionsOf(deliveriesOf(webhookId))
export const pendingPartitions = (webhookId: string): readonly string[] => partitionsOf(pendingOf(webhookId))

export const keyOf = (webhookId: string, place: string): Key => ({
  pk: partitionOf(deliveriesOf(webhookId), place),
  sk: place,
})

/** The place that the id of a delivery names. */
export const placeIn = (deliveryId: string): string => deliveryId.replace(/^dlv_(\d{13})_/, '$1#')

/** The delivery that is made of an event, where there is none. */
export const made = (placed: Placed): Write => ({
  put: { ...contentOf(placed), version: 1 },
  if: 'absent', // mutant: delivery-once
})

/** Deliveries by `key`. */
export const deliveryItem = (key: Key): Codec<Placed> => ({
  noun: 'the delivery',
  key: () => key,
  read: (item) => ({ state: deliveryOf(item), item }),
  writes: (before, { state, emits }, origin) => [
    inPlaceOf(before?.item, { ...contentOf(state), ...revisionOf(before?.item, emits, origin) }),
  ],
})

export const deliveryOf = (item: Item): Placed => ({ ...(item as DeliveryItem).delivery, place: item.sk })

function contentOf({ place, ...delivery }: Placed) {
  const { webhookId, madeAt, nextAt } = delivery
  return {
    ...keyOf(webhookId, place),
    delivery,
    ttl: Math.ceil((madeAt + keptMs) / 1_000),
    ...(nextAt !== undefined && {
      pendingPk: partitionOf(pendingOf(webhookId), place),
      pendingSk: `${sortableTime(nextAt)}#${place.slice(-26)}`,
    }),
  }
}

/** Whether it can be sent once more: later its body may be gone before it is given up. */
export const isKnown = ({ madeAt }: Delivery, now: number): boolean => now < madeAt + takenMs

/** The attempts of a delivery but the last one, which rides in the delivery. */
export const attemptsOf = (place: string): string => `attempts_${place.slice(-26)}`

/** Puts the attempt aside that the next one takes the place of. The same attempt has the same place. */
export function aside({ place, attempts, last }: Placed): readonly Write[] {
  if (last === undefined) return []
  const put = {
    pk: attemptsOf(place),
    sk: `${String(attempts).padStart(6, '0')}#${sortableTime(last.at)}`,
    version: 1,
    attempt: last,
    ttl: Math.ceil((last.at + attemptKeptMs) / 1_000),
  }
  return [{ put, if: 'any' }]
}

/** The delivery as the API shows it, with its attempts, the newest first. */
export function shown({ place, eventId, type, state, nextAt }: Placed, attempts: readonly Attempt[]): Shown {
  return {
    id: `dlv_${place.replace('#', '_')}`,
    eventId,
    type,
    state,
    attempts: attempts.map(({ at, ...attempt }) => ({ at: timeOf(at), ...attempt })),
    ...(nextAt !== undefined && { nextAttemptAt: timeOf(nextAt) }),
  }
}
