import { sortableTime, timeOf } from '../../runtime/clock.ts'
import type { Key } from '../../runtime/store.ts'
import type { Order } from '../core/order.ts'

export const orderKey = (id: string): Key => ({ pk: id, sk: 'order' })

/** The partition of index `day`, in UTC. */
export const dayOf = (time: number): string => timeOf(time).slice(0, 10)
/** Where an order stands in the indexes `customer` and `day`. */
export const placeOf = ({ placedAt, id }: Pick<Order, 'placedAt' | 'id'>): string => `${sortableTime(placedAt)}#${id}`

/** Of lines that do not fit the header. */
export const asideKey = (id: string, name: string, index: number): Key => ({ pk: id, sk: `lines#${name}#${index}` })
/** Of a reason that does not fit the header. */
export const reasonKey = (id: string): Key => ({ pk: id, sk: 'reason' })
