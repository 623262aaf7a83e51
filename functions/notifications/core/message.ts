import type { Scope } from '../../../schemas/access.ts'
import type { NotificationKind } from '../../../schemas/notification.ts'
import type { ValuesOf } from './texts/values.ts'

/** An inbox: of a user, or one that all who have a scope share. */
export type Box = { readonly userId: string } | { readonly scope: StaffScope }

/** Whoever has such a scope sees what is kept for it. */
export const staffScopes = [
  'stock:read',
  'payments:read',
  'alarms:read',
  'webhooks:read',
] as const satisfies readonly Scope[]
export type StaffScope = (typeof staffScopes)[number]

/** A kind of message and the values of its text. */
export type Content = {
  [Kind in NotificationKind]: { readonly kind: Kind; readonly values: ValuesOf[Kind] }
}[NotificationKind]

/** What is kept for somebody to read. */
export type Message = Content & {
  readonly box: Box
  /** When it came to pass, in milliseconds since 1970. */
  readonly at: number
  /** What it comes from: the same message for the same event, however often it is delivered. */
  readonly source: string
  readonly orderId?: string
  readonly sku?: string
}

/** How long a message is kept, in milliseconds. */
export const keptMs = 90 * 86_400_000
