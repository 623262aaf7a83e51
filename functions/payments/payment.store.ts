import { timeOf } from '../runtime/clock.ts'
import { type Item, type Key, type Store, type Write, over } from '../runtime/store.ts'
import { type Change, type Payment, lookAt } from './payment.ts'

/** A payment as its item holds it: the facts as they are. */
interface PaymentItem extends Item {
  readonly payment: Payment
  readonly duePk?: string
  readonly dueSk?: string
}

/** A payment, and the item that it was read from. */
export interface Stored {
  readonly payment: Payment
  readonly item: Item
}

/** What a change is caused by, and when, in milliseconds since 1970. */
export interface Origin {
  readonly cause: string
  readonly at: number
}

const paymentKey = (orderId: string): Key => ({ pk: orderId, sk: 'payment' })

/** The partitions of index `due`. */
export const dueShards = Array.from({ length: 8 }, (_, shard) => `due#${shard}`)
const shardOf = (id: string): string => `due#${(id.codePointAt(id.length - 1) ?? 0) % dueShards.length}`
/** Times (milliseconds since 1970) as sort keys compare them. */
export const sortableTime = (time: number): string => String(time).padStart(13, '0')

export async function findPayment(store: Store, orderId: string): Promise<Stored | undefined> {
  const item = await store.get(paymentKey(orderId), { consistent: true })
  return item && readPayment(item)
}

/** The payment in its item. */
export const readPayment = (item: Item): Stored => ({ payment: (item as PaymentItem).payment, item })

/** The write of a payment in the place of what was read, with the events of the change and its place in the index. */
export function putPayment(before: Stored | undefined, { payment, says }: Change, { cause, at }: Origin): Write {
  const due = lookAt(payment, at)
  const put: PaymentItem = {
    ...paymentKey(payment.orderId),
    version: (before?.item.version ?? 0) + 1,
    ...(says.length > 0 && { outbox: says }),
    cause,
    at: timeOf(at),
    ...(due !== undefined && { duePk: shardOf(payment.orderId), dueSk: sortableTime(due) }),
    payment,
  }
  return { put, if: over(before?.item) }
}
