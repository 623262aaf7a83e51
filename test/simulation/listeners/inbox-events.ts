import { warningAt } from '../../../functions/notifications/core/warning.ts'
import { type Envelope, type EventContract, detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import { guest } from '../../../schemas/guest.ts'
import type { Notification } from '../../../schemas/notification.ts'
import type { PaymentMethod } from '../../../schemas/payment.ts'
import { topology } from '../../../schemas/topology.ts'
import type { World } from '../engine/world.ts'

const { consumes: forInboxes } = topology.notifications
const hourMs = 3_600_000

/** An event as its rule lets it pass: from its own source. */
export interface Published {
  readonly body: string
  readonly name: string
  readonly at: number
  readonly detail: Envelope<Readonly<Record<string, unknown>>>
}

/** What has been published of these events: by default of those for inboxes. */
export function publishedOf(world: World, consumes: readonly EventContract[] = forInboxes): readonly Published[] {
  const consumed = new Map(consumes.map((each) => [`${sourceOf(each)} ${detailTypeOf(each)}`, each.name]))
  return world.bus.archived().flatMap((event) => {
    const name = consumed.get(`${event.source} ${event['detail-type']}`)
    if (name === undefined) return []
    const detail = event.detail as Published['detail']
    return [{ body: world.textOf(event), name, at: Date.parse(detail.time), detail }]
  })
}

/** Messages after which no hold is waited for. */
export const ends: ReadonlySet<string> = new Set([
  'order_confirmed',
  'payment_failed',
  'order_cancelled',
  'order_expired',
])

/** Whether somebody is to be warned, or would be without what ended the hold. */
export const hasWarnings = (events: readonly Published[]): boolean =>
  events.some(({ name, at, detail: { data } }) => {
    const { method } = (data['payment'] ?? {}) as { readonly method?: PaymentMethod }
    return (
      name === 'order.reserved' &&
      method !== undefined &&
      warningAt(method, at, Date.parse(String(data['expiresAt']))) !== undefined
    )
  })

/** When the customer is warned of the hold that each of these events ends, if it comes later than that. */
export function sweepsOf(events: readonly Published[]): ReadonlyMap<Published, number> {
  const holds = new Map(
    events
      .filter(({ name }) => name === 'order.reserved')
      .map(({ detail: { data } }) => [data['orderId'], Date.parse(String(data['expiresAt'])) - hourMs]),
  )
  return new Map(
    events.flatMap((event) => {
      const due = ends.has(kinds[event.name] ?? '') ? holds.get(event.detail.data['orderId']) : undefined
      return due === undefined ? [] : [[event, Math.ceil(due / 60_000) * 60_000] as const]
    }),
  )
}

/** The kind of message that each event makes. */
const kinds: Readonly<Record<string, string>> = {
  'order.placed': 'order_placed',
  'order.backordered': 'order_backordered',
  'order.confirmed': 'order_confirmed',
  'order.rejected': 'order_rejected',
  'order.payment_failed': 'payment_failed',
  'order.cancelled': 'order_cancelled',
  'order.expired': 'order_expired',
  'order.delivered': 'order_delivered',
  'shipment.dispatched': 'parcel_shipped',
  'shipment.part_dispatched': 'parcel_shipped',
  'payment.refunded': 'money_refunded',
  'payment.refund_failed': 'payment_on_hold',
  'stock.low': 'stock_low',
  'stock.replenished': 'stock_replenished',
}

/** What everybody has to find, by user or role: an order takes each step once, however often its event is emitted. */
export function wantedOf(events: readonly Published[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const wanted = new Map<string, Map<string, string>>()
  for (const { name, at, detail } of events) {
    const kind = kinds[name]
    if (kind === undefined) continue
    const { orderId, sku, customerId = guest } = detail.data as Readonly<Record<string, string | undefined>>
    const about = orderId ?? sku ?? ''
    const isStep = name.startsWith('order.')
    const what = isStep ? `${kind} ${about}` : `${kind} ${about} ${new Date(at).toISOString()}`
    const staff = kind.startsWith('stock_')
      ? ['as operator', 'as warehouse']
      : kind === 'payment_on_hold'
        ? ['as operator']
        : []
    for (const who of staff.length > 0 ? staff : customerId === guest ? [] : [customerId])
      wanted.set(who, (wanted.get(who) ?? new Map<string, string>()).set(isStep ? what : detail.id, what))
  }
  return wanted
}

export const nameOf = ({ kind, orderId, sku, at }: Notification): string =>
  kind.startsWith('order_') || kind === 'payment_failed' ? `${kind} ${orderId}` : `${kind} ${orderId ?? sku} ${at}`
