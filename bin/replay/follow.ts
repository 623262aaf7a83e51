import type { FeedEvent } from '../../schemas/feed.ts'
import type { Order } from '../../schemas/order.ts'
import type { OrderStatus } from '../../schemas/order-status.ts'
import { events as ofOrders } from '../../schemas/orders.ts'
import { eventually, retryForMs } from './persist.ts'
import type { PlacedSale } from './place.ts'
import { readFeed } from './read-feed.ts'
import { Receiver } from './receiver.ts'
import type { Stack } from './stack.ts'

/** What the feed, a webhook and the reports have of a replay, and what of it is not as the replay saw it from outside. */
export interface Followed {
  /** Events of the feed. */
  readonly events: number
  /** Requests that the receiver of the webhook got. */
  readonly deliveries: number
  /** Days of the reports that were held against the orders. */
  readonly days: number
  readonly wrong: readonly string[]
}

/** What the reports count of orders, in all or on one day; money in pence. */
type Reported = Record<
  'placed' | 'confirmed' | 'shipped' | 'completed' | 'rejected' | 'units' | 'gross' | 'refunded',
  number
>

const nothing: Reported = {
  placed: 0,
  confirmed: 0,
  shipped: 0,
  completed: 0,
  rejected: 0,
  units: 0,
  gross: 0,
  refunded: 0,
}
const counted = Object.keys(nothing) as (keyof Reported)[]
/** The days of one report. */
const mostDays = 366

/** Follows a local stack from now on: by the feed, by a webhook of all events, and by the reports. */
export async function follow(stack: Stack) {
  const { api } = stack
  const receiver = new Receiver()
  const url = await receiver.listen()
  const webhook = await api.createWebhook({ body: { url, events: ['*'] } })
  await stack.control?.settle()
  const { cursor } = await readFeed(stack, undefined)
  const before = await reportsOf(stack)

  /** Holds all that came against the orders. Deletes the webhook. */
  async function end(sales: readonly PlacedSale[]): Promise<Followed> {
    try {
      await stack.control?.settle()
      const { events } = await readFeed(stack, cursor)
      const ids = events.map(({ id }) => id)
      await eventually(
        async () => new Set(receiver.got.map(({ id }) => id)).size,
        (count) => count >= ids.length,
        { clock: stack.clock, deadline: stack.clock.now() + retryForMs },
      )
      const after = await reportsOf(stack)
      const got = receiver.got.map(({ id }) => id)
      return {
        events: events.length,
        deliveries: got.length,
        days: after.days.size,
        wrong: [
          ...repeated(ids).map((id) => `${id} is in the feed twice`),
          ...repeated(got).map((id) => `${id} was sent twice, though it was taken`),
          ...missing(ids, got).map((id) => `${id} is in the feed, and was not sent`),
          ...missing(got, ids).map((id) => `${id} was sent, and is not in the feed`),
          ...storiesOf(sales, events),
          ...differences(sales, before, after),
        ],
      }
    } finally {
      await api.deleteWebhook({ params: { id: webhook.id } })
      receiver.close()
    }
  }
  return { end }
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return ids.filter((id) => seen.size === seen.add(id).size)
}

function missing(ids: readonly string[], among: readonly string[]): string[] {
  const there = new Set(among)
  return ids.filter((id) => !there.has(id))
}

const names: ReadonlySet<string> = new Set(Object.values(ofOrders).map(({ name }) => name))

/** Each order has one event for each status that its history has. */
function storiesOf(sales: readonly PlacedSale[], events: readonly FeedEvent[]): string[] {
  const byOrder = Map.groupBy(events, ({ orderId = '' }) => orderId)
  return sales.flatMap(({ sale, order, since = {} }) => {
    if (order === undefined) return []
    const wanted = Object.keys(since).flatMap((status) => (names.has(`order.${status}`) ? [`order.${status}`] : []))
    const types = (byOrder.get(order.id) ?? []).map(({ type }) => type)
    return wanted.flatMap((type) => {
      const times = types.filter((each) => each === type).length
      return times === 1 ? [] : [`${sale.invoice}: the feed has ${type} ${times} times`]
    })
  })
}

interface Reports {
  readonly days: ReadonlyMap<string, Reported>
  readonly dayOf: (time: number) => string
}

/** The reports of all days that may have orders, in pounds. */
async function reportsOf({ api, control, clock }: Stack): Promise<Reports> {
  const now = (await control?.now()) ?? clock.now()
  const { timeZone } = await api.getDailyReport({ query: {} })
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const dayOf = (time: number): string => day.format(time)
  const from = dayOf(now - (mostDays - 1) * 86_400_000)
  const { items } = await api.getDailyReport({ query: { from, to: dayOf(now) } })
  const pounds = items.filter(({ currency }) => currency === 'GBP')
  return { days: new Map(pounds.map((report) => [report.day, report])), dayOf }
}

/** What the reports of a day have more than before, and the orders do not, or the other way round. */
function differences(sales: readonly PlacedSale[], before: Reports, after: Reports): string[] {
  const expected = expectedOf(sales, after.dayOf)
  const days = new Set([...after.days.keys(), ...expected.keys()])
  return [...days].toSorted().flatMap((day) =>
    counted.flatMap((what) => {
      const reported = (after.days.get(day)?.[what] ?? 0) - (before.days.get(day)?.[what] ?? 0)
      const wanted = expected.get(day)?.[what] ?? 0
      return reported === wanted ? [] : [`${day}: ${what} is reported as ${reported} and not as ${wanted}`]
    }),
  )
}

/** What the reports should have of the orders, by the days of their histories. */
function expectedOf(sales: readonly PlacedSale[], dayOf: (time: number) => string): ReadonlyMap<string, Reported> {
  const days = new Map<string, Reported>()
  const add = (time: number | undefined, more: Partial<Reported>): void => {
    if (time === undefined) return
    const day = days.get(dayOf(time)) ?? { ...nothing }
    for (const what of counted) day[what] += more[what] ?? 0
    days.set(dayOf(time), day)
  }
  for (const { order, since = {} } of sales) {
    if (order === undefined) continue
    add(since.placed, { placed: 1 })
    add(since.confirmed, { confirmed: 1, units: unitsOf(order), gross: order.total.amount })
    for (const status of closing) add(since[status], { [status]: 1 })
  }
  return days
}

const closing = ['shipped', 'completed', 'rejected'] as const satisfies readonly OrderStatus[]

const unitsOf = ({ lines }: Order): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)
