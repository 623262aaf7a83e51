import * as z from 'zod'
import { personal } from './personal.ts'
import { retired } from './retired.ts'
import { Currency, Id, Money, Time, maxAmount } from './shared.ts'

export const WalletEntry = z
  .object({
    id: Id,
    amount: z.int().min(-maxAmount).max(maxAmount).describe('Minor units; below zero for what was paid or taken back.'),
    balance: z.int().min(0).max(maxAmount).describe('After this entry.'),
    kind: z.enum(['deposit', 'payment', 'refund', 'correction']),
    orderId: Id.optional(),
    reference: personal('reference', z.string())
      .optional()
      .describe('Of a deposit or a correction: what its operator calls it, such as a bank transfer.'),
    at: Time,
  })
  .meta({ id: 'WalletEntry' })
export type WalletEntry = z.infer<typeof WalletEntry>

/** An entry as the ledger has it; events carry it without its actor. */
export const LedgerEntry = WalletEntry.extend({
  by: z.string().optional().describe('Of a deposit or a correction, for operators: the user or key that made it.'),
  reason: personal('reason', z.string()).optional().describe('Of a correction: why money was taken back.'),
  currency: Currency.optional().describe('Of amount and balance: an empty wallet takes another one.'),
}).meta({ id: 'LedgerEntry' })
export type LedgerEntry = z.infer<typeof LedgerEntry>
/** The same in events, without what an operator wrote. */
export const PublishedWalletEntry = WalletEntry.extend({
  reference: retired(personal('reference', z.string()).optional()),
}).meta({ id: 'PublishedWalletEntry' })

export const Wallet = z
  .object({ balance: Money, items: z.array(LedgerEntry), cursor: z.string().optional() })
  .meta({ id: 'Wallet' })
export type Wallet = z.infer<typeof Wallet>
