import { type Key, type Store, type Item } from '../../runtime/store.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { idAlphabet } from '../../runtime/ids.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import type { Order } from '../core/order.ts'
import { dayOf, orderKey } from './order-keys.ts'
import { type Header, isOrder, readOrder } from './order-item.ts'

const dayMs = 86_400_000
const base = idAlphabet.length
/** Characters behind the day. */
const length = 8
/** How many numbers there are for each millisecond of a day: 27 bits of the 40 are the time, 13 are of the id. */
const perMs = 8_192

type Numbered = Pick<Order, 'id' | 'placedAt' | 'numbersTime'>

/**
 * For people, such as `261121-7K3M9QZD`: the day of placing, then its millisecond and the end of the id. So a number leads to where the order
 * stands in the index `day`, and needs no index of its own. Those of an older release have eight characters of the id in that place.
 */
export function numberOf({ id, placedAt, numbersTime }: Numbered): string {
  const day = dayOf(placedAt)
  const behind = numbersTime ? written((placedAt - Date.parse(day)) * perMs + endOf(id)) : id.slice(-length)
  return `${day.slice(2).replaceAll('-', '')}-${behind}`
}

/** The last 13 bits of an id: the last two characters, and three bits of the one before. */
const endOf = (id: string): number => read(id.slice(-3)) % perMs

/** The order with this number. */
export async function findByNumber(store: Store, number: string): Promise<Header | undefined> {
  const [found, older] = await Promise.all([byTime(store, number), byEntry(store, number)])
  return [...found, ...older].filter(isOrder).find((item) => numberOf(readOrder(item).state) === number)
}

/** The orders of the millisecond that the number holds, in the one partition that the end of the id leads to. */
async function byTime(store: Store, number: string): Promise<readonly Item[]> {
  const [date = '', behind = ''] = number.split('-')
  const day = `20${date.slice(0, 2)}-${date.slice(2, 4)}-${date.slice(4)}`
  const start = Date.parse(day)
  const value = read(behind)
  const ms = Math.floor(value / perMs)
  if (Number.isNaN(start) || timeOf(start).slice(0, 10) !== day || ms >= dayMs) return []
  const { items } = await store.query({
    index: 'day',
    partition: partitionOf(day, idAlphabet.charAt(value % base)),
    from: sortableTime(start + ms),
    to: sortableTime(start + ms + 1),
    limit: 100,
  })
  return items
}

/** Leads from a number of an older release to its order; see `listedAgain`. */
const entryKey = (number: string): Key => ({ pk: `number_${number}`, sk: 'order' })

async function byEntry(store: Store, number: string): Promise<readonly Item[]> {
  const entry = await store.get(entryKey(number))
  const header = entry && (await store.get(orderKey(String(entry['orderId'])), { consistent: true }))
  return header ? [header] : []
}

/** The item that leads from the number of an older release to its order. */
export const numberEntry = (order: Numbered): Item => ({ ...entryKey(numberOf(order)), orderId: order.id, version: 1 })

function read(text: string): number {
  let value = 0
  for (let at = 0; at < text.length; at += 1) value = value * base + Math.max(idAlphabet.indexOf(text.charAt(at)), 0)
  return value
}

function written(value: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / base))
    text = idAlphabet.charAt(rest % base) + text
  return text
}
