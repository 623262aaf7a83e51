import { sortableTime, timeOf } from '../../runtime/clock.ts'
import type { Key } from '../../runtime/store.ts'
import type { Order } from '../core/order.ts'

export const orderKey = (id: string): Key => ({ pk: id, sk: 'order' })

/** The partition of index `day`, in UTC. */
export const dayOf = (time: number): string => timeOf(time).slice(0, 10)
/** Where an order stands in the indexes `customer` and `day`. */
export const placeOf = ({ placedAt, id }: Pick<Order, 'placedAt' | 'id'>): string => `${sortableTime(placedAt)}#${id}`

/** For people: the day of placing and eight characters of the id, such as `261121-7K3M9QZD`. */
export const numberOf = ({ id, placedAt }: Pick<Order, 'id' | 'placedAt'>): string =>
  `${timeOf(placedAt).slice(2, 10).replaceAll('-', '')}-${id.slice(-8)}`

/** Of lines that do not fit the header. */
export const asideKey = (id: string, name: string, index: number): Key => ({ pk: id, sk: `lines#${name}#${index}` })
/** Of a reason that does not fit the header. */
export const reasonKey = (id: string): Key => ({ pk: id, sk: 'reason' })
