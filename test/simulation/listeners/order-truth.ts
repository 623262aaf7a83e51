import { newsOf } from '../../../functions/notifications/core/order-news.ts'
import type { ApiAnswer } from '../../../functions/runtime/api.http.ts'
import type { Published } from './inbox-events.ts'

export type News = ReturnType<typeof newsOf>

/** What orders were when, by their events. */
export class OrderTruth {
  readonly #events = new Map<string, { readonly at: number; readonly news: News; readonly event: Published }[]>()

  constructor(events: readonly Published[]) {
    for (const event of events) this.add(event)
  }

  add(event: Published): void {
    const news = newsOf(event.name, event.detail, event.detail.data as never)
    const known = this.#events.get(news.orderId) ?? []
    this.#events.set(news.orderId, [...known, { at: event.at, news, event }])
  }

  orders(): readonly string[] {
    return [...this.#events.keys()]
  }

  ownerOf(orderId: string): string {
    return this.#events.get(orderId)?.[0]?.news.customerId ?? ''
  }

  /** The newest version of an order that an event has brought by then. */
  newest(orderId: string, at = Infinity): News | undefined {
    const known = (this.#events.get(orderId) ?? []).filter((each) => each.at <= at)
    return known
      .map(({ news }) => news)
      .toSorted((a, b) => a.sequence - b.sequence)
      .at(-1)
  }

  /** When the newest version of an order came about; by a clock that is off, an older one may have a later time. */
  lastAt(orderId: string): number {
    const newest = this.newest(orderId)
    return this.#events.get(orderId)?.find(({ news }) => news === newest)?.at ?? -Infinity
  }

  /** What the route of the order answers then. */
  answer(orderId: string, at: number, maySee: (customerId: string) => boolean): ApiAnswer {
    const news = this.newest(orderId, at)
    if (news === undefined || !maySee(news.customerId)) return { status: 404, body: {} }
    const { order, sequence, customerId } = news
    return { status: 200, body: { ...order, sequence, customerId, lines: [{ sku: 'A' }] } }
  }

  /** One more event of the order, which nothing has followed yet. */
  last(orderId: string, at: number): Published | undefined {
    const newest = this.newest(orderId)
    const known = this.#events.get(orderId)?.find(({ news }) => news === newest)
    if (newest === undefined || known === undefined) return undefined
    const id = known.event.detail.id.replace(/@\d+\//, `@${newest.sequence + 1}/`)
    const detail = { ...known.event.detail, id, time: new Date(at).toISOString() }
    const body = JSON.stringify({ ...(JSON.parse(known.event.body) as object), detail })
    return { ...known.event, at, detail, body }
  }
}
