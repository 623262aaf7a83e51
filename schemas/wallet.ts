import * as z from 'zod'
import { Id, Money, Time, maxAmount } from './shared.ts'

export const WalletEntry = z
  .object({
    id: Id,
    amount: z.int().min(-maxAmount).max(maxAmount).describe('Minor units; below zero for what was paid.'),
    balance: z.int().min(0).max(maxAmount).describe('After this entry.'),
    kind: z.enum(['deposit', 'payment', 'refund']),
    orderId: Id.optional(),
    reference: z.string().optional().describe('Of a deposit: what its operator calls it, such as a bank transfer.'),
    at: Time,
  })
  .meta({ id: 'WalletEntry' })
export type WalletEntry = z.infer<typeof WalletEntry>

export const Wallet = z
  .object({ balance: Money, items: z.array(WalletEntry), cursor: z.string().optional() })
  .meta({ id: 'Wallet' })
export type Wallet = z.infer<typeof Wallet>
