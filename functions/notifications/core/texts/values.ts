import type { NotificationKind } from '../../../../schemas/notification.ts'
import type { Money } from '../../../../schemas/shared.ts'

interface OfOrder {
  /** As people read it. */
  readonly number: string
}

/** What the text of each kind is made with: keys and values, so that another language needs no code. */
export interface ValuesOf extends Record<NotificationKind, object> {
  readonly order_placed: OfOrder
  readonly order_backordered: OfOrder & { readonly estimatedAt?: string | undefined }
  readonly hold_ends: OfOrder & { readonly expiresAt: string }
  readonly order_confirmed: OfOrder
  readonly order_rejected: OfOrder
  readonly payment_failed: OfOrder
  readonly order_cancelled: OfOrder
  readonly order_expired: OfOrder
  readonly parcel_shipped: { readonly carrier?: string | undefined; readonly trackingNumber?: string | undefined }
  readonly order_delivered: OfOrder
  readonly money_refunded: { readonly refunded: Money }
  readonly stock_low: {
    readonly sku: string
    readonly available: number
    readonly lowStockAt: number
    readonly warehouseId?: string | undefined
  }
  readonly stock_replenished: {
    readonly sku: string
    readonly available: number
    readonly warehouseId?: string | undefined
  }
  readonly alarm: { readonly name: string; readonly description: string }
  readonly payment_on_hold: { readonly orderId: string; readonly reasons: readonly string[] }
  readonly webhook_off: {
    readonly webhookId: string
    readonly host: string
    readonly reason: 'failing' | 'gone'
  }
}
