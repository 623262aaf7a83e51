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

/** A page of the queue of a sku, the first one placed first; with `before`, only what stands before that place. */
export async function queuePage(
  store: Store,
  sku: string,
  { limit, cursor, before }: { readonly limit: number; readonly cursor?: string | undefined; readonly before?: Place },
): Promise<QueuePage> {
  const page = await store.query({
    partition: stockKey(sku).pk,
    from: prefix,
    to: before ? placeKey(before) : `${prefix}~`,
    limit,
    cursor,
    consistent: true,
  })
  const waiters = (page.items as readonly WaiterItem[]).map(({ id, units, placedAt }) => ({ id, sku, units, placedAt }))
  return { waiters, cursor: page.cursor }
}
