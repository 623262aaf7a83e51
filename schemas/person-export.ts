import * as z from 'zod'
import { SessionInfo } from './accounts.ts'
import { ApiKey } from './api-keys.ts'
import { AuditRecord } from './audit.ts'
import { Notification } from './notification.ts'
import { Order } from './order.ts'
import { Payment } from './payment.ts'
import { Money } from './shared.ts'
import { Shipment } from './shipment.ts'
import { User, UserAddress } from './user.ts'
import { LedgerEntry } from './wallet.ts'

/** An order with all that other services keep of it. */
export const ExportedOrder = z
  .object({ order: Order, payments: z.array(Payment), shipments: z.array(Shipment) })
  .meta({ id: 'ExportedOrder' })
export type ExportedOrder = z.infer<typeof ExportedOrder>

/** A part of what the system keeps of a person: each page has one part, or some of it, and all pages together are one document. */
export const PersonExport = z
  .object({
    user: User.optional(),
    addresses: z.array(UserAddress).optional(),
    sessions: z.array(SessionInfo).optional(),
    orders: z.array(ExportedOrder).optional().describe('The newest first, as of the first page.'),
    balance: Money.optional().describe('Of the wallet.'),
    ledger: z.array(LedgerEntry).optional().describe('Of the wallet, the newest entry first.'),
    notifications: z.array(Notification).optional().describe('The inbox, the newest message first.'),
    apiKeys: z.array(ApiKey).optional().describe('Those that the person has made.'),
    audit: z
      .array(AuditRecord)
      .optional()
      .describe('What the person did as an operator, for those who may read the audit.'),
    cursor: z.string().optional().describe('Where the document goes on; the last page has none.'),
  })
  .meta({ id: 'PersonExport' })
export type PersonExport = z.infer<typeof PersonExport>
