import { describe, expect, it } from 'vitest'
import type { OrderStatus } from '../../schemas/order-status.ts'
import { type StoredEntry, readHistory, storedHistory } from '../../functions/orders/store/order-history.ts'

/** What stored histories mean: a new status goes to the end, and none of these ever moves. */
const places: readonly OrderStatus[] = [
  'placed',
  'reserved',
  'backordered',
  'confirmed',
  'partially_shipped',
  'shipped',
  'delivered',
  'completed',
  'rejected',
  'payment_failed',
  'cancelled',
  'expired',
]
const placedAt = 1_795_860_000_000
const origin = { at: placedAt + 5, cause: 'req-1', by: 'operator-1' }

describe('the history of an order in its item', () => {
  it('keeps the meaning of every status that was ever written', () => {
    const history = places.map((_, place): StoredEntry => [place, 5, 'req-1', 'operator-1'])
    const read = readHistory({ pk: 'ord_1', customerPk: 'user-1', history }, placedAt)
    expect(read).toEqual(places.map((status) => ({ status, ...origin })))
  })
  it.each(places)('holds %s as its place', (status) => {
    const order = { id: 'ord_1', customerId: 'user-1', placedAt, history: [{ status, ...origin }] }
    expect(storedHistory(order)).toEqual([[places.indexOf(status), 5, 'req-1', 'operator-1']])
  })
})
