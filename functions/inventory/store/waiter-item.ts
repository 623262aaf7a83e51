import { type Item, type Key, type Store, type Write, first } from '../../runtime/store.ts'
import type { Place, QueueChange, Waiter } from '../core/waiting.ts'
import { stockKey } from './stock-item.ts'

/** A waiting order in the queue of a sku. It comes and goes with a version of the stock beside it: a write over that version knows the queue. */
type WaiterItem = Item & Pick<Waiter, 'id' | 'sku' | 'units' | 'placedAt'>

const prefix = 'waiting_'
const placeKey = ({ placedAt, id }: Place): string => `${prefix}${placedAt}_${id}`
const waiterKey = (waiter: Waiter): Key => ({ pk: stockKey(waiter.sku).pk, sk: placeKey(waiter) })

/** The write of a change of a queue, in one transaction with the stock and the reservation. */
export function writeOfQueue({ waiter, does }: QueueChange): Write {
  const { id, sku, units, placedAt } = waiter
  return does === 'join'
    ? { put: first({ ...waiterKey(waiter), id, sku, units, placedAt }), if: 'absent' }
    : { delete: waiterKey(waiter), if: { version: 1 } }
}

export interface QueuePage {
  readonly waiters: readonly Waiter[]
  readonly cursor: string | undefined
}

interface QueueQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  /** Only what stands before that place. */
  readonly before?: Place
  /** Only what stands up to that place, with the order in it. */
  readonly through?: Place | undefined
  /** Only what stands behind that place. */
  readonly after?: Place | undefined
}

/** The first key behind a place: no id has a space in it, nor what sorts before one. */
const keyBehind = (place: Place): string => `${placeKey(place)} `

/** A page of the queue of a sku, the first one placed first. */
export async function queuePage(
  store: Store,
  sku: string,
  { limit, cursor, before, through, after }: QueueQuery,
): Promise<QueuePage> {
  const last = through ? keyBehind(through) : `${prefix}~`
  const page = await store.query({
    partition: stockKey(sku).pk,
    from: after ? keyBehind(after) : prefix,
    to: before ? placeKey(before) : last,
    limit,
    cursor,
    consistent: true,
  })
  const waiters = (page.items as readonly WaiterItem[]).map(({ id, units, placedAt }) => ({ id, sku, units, placedAt }))
  return { waiters, cursor: page.cursor }
}
