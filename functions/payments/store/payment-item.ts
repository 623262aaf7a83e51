import type { Origin } from '../../../schemas/origin.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { dueAt } from '../../runtime/due.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import type { Item, Store, Write } from '../../runtime/store.ts'
import { type Change, type Codec, type Loaded, inPlaceOf, load, revisionOf } from '../../runtime/update.ts'
import { holdOf } from '../core/hold.ts'
import { nextSweepAt } from '../core/next-sweep.ts'
import { type Payment, paymentIdOf } from '../core/payment.ts'

/** A payment as its item holds it: without its ids, which are in the key, and with `~` for the order's id at the front of event ids. */
interface PaymentItem extends Item {
  readonly payment: Omit<Payment, 'id' | 'orderId' | 'requests'> & { readonly asked: Payment['requests'] }
  readonly duePk?: string
  readonly dueSk?: string
  /** Its place in the index `hold`, by the time since when it is on hold. */
  readonly holdPk?: string
  readonly holdSk?: string
}

/** A payment, and the item that it was read from. */
export type Stored = Loaded<Payment>

/** The payment of an order. */
export const paymentItem: Codec<Payment> = {
  noun: 'the payment of the order',
  key: (orderId) => ({ pk: orderId, sk: 'payment' }),
  read: readPayment,
  writes: (before, change, origin) => [putPayment(before, change, origin)],
}

export const findPayment = (store: Store, orderId: string): Promise<Stored | undefined> =>
  load(store, paymentItem, orderId)

/** The payment in its item. */
export function readPayment(item: Item): Stored {
  const { pk: orderId, payment } = item as PaymentItem
  const { asked, ...facts } = payment
  const requests = eachOf(asked, (id) => (id.startsWith('~') ? orderId + id.slice(1) : id))
  return { state: { ...facts, id: paymentIdOf(orderId), orderId, requests }, item }
}

const eachOf = (requests: Payment['requests'], change: (id: string) => string): Payment['requests'] =>
  Object.fromEntries(Object.entries(requests).map(([kind, id]) => [kind, change(id)]))

/** The place in the index `hold` of a payment that is on hold: the same as long as it is on hold. */
function holdAt(before: Stored | undefined, orderId: string, at: number): { holdPk: string; holdSk: string } {
  const since = before?.item['holdSk']
  const holdSk = typeof since === 'string' ? since : `${sortableTime(at)}#${orderId}`
  return { holdPk: partitionOf('hold', orderId), holdSk }
}

/** The write of a payment in the place of what was read, with the events of the change and its place in the index. */
export function putPayment(before: Stored | undefined, { state, emits }: Change<Payment>, origin: Origin): Write {
  const due = nextSweepAt(state, origin.at)
  const { id: _, orderId, requests, ...facts } = state
  const put: PaymentItem = {
    ...paymentItem.key(orderId),
    ...revisionOf(before?.item, emits, origin),
    ...(due !== undefined && dueAt(orderId, due)),
    ...(holdOf(state) !== undefined && holdAt(before, orderId, origin.at)), // mutant: hold-list
    payment: {
      ...facts,
      asked: eachOf(requests, (id) => (id.startsWith(orderId) ? `~${id.slice(orderId.length)}` : id)),
    },
  }
  return inPlaceOf(before?.item, put) // mutant: payment-write
}
