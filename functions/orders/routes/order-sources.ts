import type { OrderStatus } from '../../../schemas/order-status.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { listSharded, newestOf, partitionsOf } from '../../runtime/sharded.ts'
import { compareBytes } from '../../runtime/store.rules.ts'
import type { Item, Store } from '../../runtime/store.ts'
import { status } from '../core/status.ts'
import { guestOrders } from '../store/guest-item.ts'
import { type Listed, ordersWithReference } from '../store/labels-item.ts'
import { isOrder, readOrder } from '../store/order-item.ts'
import { dayOf } from '../store/order-keys.ts'
import { listOf } from '../store/order-lists.ts'

interface Range {
  readonly from: string
  readonly to: string
  readonly limit: number
}

/** Headers, the newest first, and where the list goes on. */
interface PageOfOrders {
  readonly items: readonly Item[]
  readonly next: string
}

/** A list of orders by the time of placing. Undefined in place of a page where more may follow at once. */
export type Source = (range: Range) => Promise<PageOfOrders | undefined>

/** Where an order stands in any of them. */
export const placeIn = (item: Item): string => String(item['daySk'])

/** All orders, day by day. */
export const ofDays =
  (store: Store): Source =>
  async ({ from, to, limit }) => {
    const day = dayBefore(to)
    const start = day.start > from ? day.start : from
    const { items, goesOn } = await newestOf(store, partitionsIn(day.name), { from: start, to, limit }, 'day')
    if (!goesOn) return { items, next: start }
    const last = items.at(-1)
    return last && { items, next: placeIn(last) }
  }

/** All partitions of a day, and the only one of the first release. */
const partitionsIn = (day: string): readonly string[] => [day, ...partitionsOf(day)]

/** The day that holds the last moment before `position`, and where it begins. */
function dayBefore(position: string): { name: string; start: string } {
  const [time, id] = position.split('#')
  const name = dayOf(Number(time) - (id === undefined ? 1 : 0))
  return { name, start: sortableTime(Date.parse(name)) }
}

/** The orders of one customer, with those placed for the address that the customer has proven. */
export const ofCustomer =
  (store: Store, customerId: string, provenEmail: string | undefined): Source =>
  async (range) => {
    const [own, asGuest] = await Promise.all([
      store.query({ index: 'customer', partition: customerId, descending: true, ...range }),
      provenEmail === undefined ? undefined : guestOrders(store, provenEmail, range),
    ])
    const last = own.items.at(-1)
    if (own.cursor !== undefined && last === undefined) return undefined
    const ends = [own.cursor !== undefined && last ? placeIn(last) : undefined, asGuest?.end]
    const end = ends
      .filter((place) => place !== undefined)
      .toSorted(compareBytes)
      .at(-1)
    // Between the orders of the one list below its end, some of the other may stand that are not read yet.
    const items = [...own.items, ...(asGuest?.headers ?? [])]
      .filter((item) => end === undefined || compareBytes(placeIn(item), end) >= 0)
      .toSorted((a, b) => compareBytes(placeIn(b), placeIn(a)))
    return { items, next: end ?? range.from }
  }

/** The orders with one of these statuses, from the index `state`. */
export const withStatus =
  (store: Store, statuses: readonly OrderStatus[]): Source =>
  async ({ from, to, limit }) => {
    const listed = { lists: statuses.map(listOf), descending: true, since: from, before: to, limit }
    const { items, cursor } = await listSharded(store, 'state', listed)
    // One that moves from one of these lists to another may be read in both.
    const distinct = [...new Map(items.map((item) => [item.pk, item])).values()]
    const still = distinct.filter(isOrder).filter((item) => statuses.includes(status(readOrder(item).state.facts)))
    const last = items.at(-1)
    return { items: still, next: cursor !== undefined && last ? placeIn(last) : from }
  }

/** The orders that may have a reference. */
export const withReference =
  (store: Store, reference: string): Source =>
  async (range) =>
    pageOf(await ordersWithReference(store, reference, range), range)

/** The orders that were placed for the address with this hash. */
export const forAddress =
  (store: Store, addressHash: string): Source =>
  async (range) =>
    pageOf(await guestOrders(store, addressHash, range), range)

const pageOf = ({ headers, end }: Listed, { from }: Range): PageOfOrders => ({ items: headers, next: end ?? from })
