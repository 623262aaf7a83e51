import { OrderStatus } from '../../../schemas/order-status.ts'
import { allEvents } from '../../../schemas/topology.ts'
import type { Entry, Order } from '../core/order.ts'

/**
 * Status (its place in `OrderStatus`, which grows at its end only), milliseconds after placing, cause (`~` for the order's id at its front), by (`~` for the customer;
 * left out where it is the service that publishes the causing event). The status alone when the rest is as in the entry before.
 */
export type StoredEntry =
  | readonly [number]
  | readonly [number, number, string]
  | readonly [number, number, string, string]

const serviceOf = new Map<string | undefined, string>(allEvents.map(({ name, source }) => [name, source]))
/** The service whose event is the cause, if one is. */
const publisherOf = (cause: string): string | undefined => serviceOf.get(cause.split('/').at(-1)?.split('#')[0])

/** The history as the header holds it. */
export function storedHistory({
  id,
  customerId,
  placedAt,
  history,
}: Pick<Order, 'id' | 'customerId' | 'placedAt' | 'history'>): StoredEntry[] {
  return history.map(({ status, at, cause, by }, index): StoredEntry => {
    const place = OrderStatus.options.indexOf(status)
    const before = history[index - 1]
    if (before?.at === at && before.cause === cause && before.by === by) return [place]
    const short = cause.startsWith(id) ? `~${cause.slice(id.length)}` : cause
    if (by === publisherOf(cause)) return [place, at - placedAt, short]
    return [place, at - placedAt, short, by === customerId ? '~' : by]
  })
}

/** The history in a header. */
export function readHistory(
  {
    pk,
    customerPk,
    history,
  }: { readonly pk: string; readonly customerPk: string; readonly history: readonly StoredEntry[] },
  placedAt: number,
): Entry[] {
  const entries: Entry[] = []
  for (const [place, after = 0, short = '', by] of history) {
    const status = OrderStatus.options[place] ?? 'placed'
    const before = entries.at(-1)
    const cause = short.startsWith('~') ? pk + short.slice(1) : short
    const origin = { at: placedAt + after, cause, by: by === '~' ? customerPk : (by ?? publisherOf(cause) ?? '') }
    entries.push({ ...(short === '' && before ? before : origin), status })
  }
  return entries
}
