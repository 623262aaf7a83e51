import type { routes } from '../../../schemas/orders.ts'
import { sortableTime } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { newestOf, partitionsOf } from '../../runtime/sharded.ts'
import { compareBytes } from '../../runtime/store.rules.ts'
import type { Item, Store } from '../../runtime/store.ts'
import { timesOf, walkDown } from '../../runtime/walk-down.ts'
import { status } from '../core/status.ts'
import { guestOrders } from '../store/guest-item.ts'
import { readOrder } from '../store/order-item.ts'
import { dayOf } from '../store/order-keys.ts'
import type { OrderDeps } from '../deps.ts'
import { summaryOf } from './order-body.ts'

const monthMs = 30 * 86_400_000
/** What one request reads at most; the cursor goes on from there. */
const mostPages = 31

/**
 * Lists orders by the time of placing, the newest first: one customer's by the index `customer`, with those placed for the address that the
 * customer has proven; all by the days of the index `day`.
 */
export function listOrders({ store, clock }: OrderDeps): Handler<typeof routes.listOrders> {
  return async ({ query, caller, refuse }) => {
    const { status: wantedStatus, limit } = query
    const customerId = caller.privileged ? query.customerId : caller.id
    if (!caller.privileged && query.customerId !== undefined && query.customerId !== caller.id)
      throw refuse('customer_not_allowed', 'Only operators list the orders of others.')
    const provenEmail = caller.privileged ? undefined : caller.provenEmail
    const began = clock.now()
    const times = timesOf(query, (end) => (customerId === undefined ? end - monthMs : 0), began, refuse)
    const body = await walkDown(clock, times, { limit, mostPages, began }, async (to, wanted) => {
      const partition = customerId === undefined ? dayBefore(to) : { name: customerId, start: times.from }
      const start = partition.start > times.from ? partition.start : times.from
      const range = { from: start, to, limit: wantedStatus === undefined ? wanted : 100 }
      const page = await (customerId === undefined
        ? pageOfDay(store, partition.name, range)
        : pageOfCustomer(store, customerId, provenEmail, range))
      // Orders so new that their index is ahead of them: the next page reads them, and passes none over.
      if (page === undefined) return undefined
      const fitting = page.items.filter(
        (item) => wantedStatus === undefined || status(readOrder(item).state.facts) === wantedStatus,
      )
      const taken = fitting.slice(0, wanted)
      const last = taken.length < fitting.length ? taken.at(-1) : undefined
      return {
        items: taken.map((item) => summaryOf(readOrder(item).state)),
        next: last ? placeIn(last) : (page.end ?? start),
      }
    })
    return { body }
  }
}

/** All partitions of a day, and the only one of the first release. */
const partitionsIn = (day: string): readonly string[] => [day, ...partitionsOf(day)]

interface Range {
  readonly from: string
  readonly to: string
  readonly limit: number
}

/** Orders, the newest first, and the place of the last that was read where more may follow. Undefined where more may follow at once. */
type PageOfOrders = { readonly items: readonly Item[]; readonly end?: string | undefined } | undefined

async function pageOfDay(store: Store, day: string, range: Range): Promise<PageOfOrders> {
  const { items, goesOn } = await newestOf(store, partitionsIn(day), range, 'day')
  if (!goesOn) return { items }
  const last = items.at(-1)
  return last && { items, end: placeIn(last) }
}

async function pageOfCustomer(
  store: Store,
  customerId: string,
  provenEmail: string | undefined,
  range: Range,
): Promise<PageOfOrders> {
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
  return { items, end }
}

const placeIn = (item: Item): string => String(item['daySk'])

/** The day that holds the last moment before `position`, and where it begins. */
function dayBefore(position: string): { name: string; start: string } {
  const [time, id] = position.split('#')
  const name = dayOf(Number(time) - (id === undefined ? 1 : 0))
  return { name, start: sortableTime(Date.parse(name)) }
}
