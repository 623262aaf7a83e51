import * as z from 'zod'
import { Labels } from './labels.ts'
import { personal } from './personal.ts'
import { Currency, Id, Money, MoneySum, Time, maxAmount } from './shared.ts'

/** `manual`: an operator approves; `wallet`: the customer's balance; `card`: a token of the card provider. */
export const PaymentMethod = z.enum(['manual', 'wallet', 'card']).meta({ id: 'PaymentMethod' })
export type PaymentMethod = z.infer<typeof PaymentMethod>

/** A provider's name for a card, made in the customer's browser; never a card number. */
export const CardToken = personal('card', z.string())
  .regex(/^[A-Za-z][A-Za-z0-9_-]{2,99}$/, '3 to 100 letters, digits, hyphens or underscores')
  .describe('What the provider calls the card. Never a card number.')

/** More than zero. */
export const Charge = z
  .strictObject({ amount: z.int().min(1).max(maxAmount), currency: Currency })
  .meta({ id: 'Charge', example: { amount: 255, currency: 'GBP' } })

/** Where a payment stands. `refund_due` and `refunded` are of orders that closed; what an operator or a return gives back leaves `captured`. */
export const PaymentStatus = z
  .enum(['requested', 'in_flight', 'authorized', 'captured', 'failed', 'voided', 'refund_due', 'refunded'])
  .meta({ id: 'PaymentStatus' })
export type PaymentStatus = z.infer<typeof PaymentStatus>

/** Why money was not taken. */
export const FailureCode = z
  .enum([
    'insufficient_funds',
    'currency_mismatch',
    'card_declined',
    'card_expired',
    'authentication_required',
    'unknown_token',
    'provider_refused',
    'capture_failed',
  ])
  .meta({ id: 'PaymentFailure' })
export type FailureCode = z.infer<typeof FailureCode>

/** One try to take the money. */
export const Attempt = z
  .object({
    method: PaymentMethod,
    state: z.enum(['pending', 'authorized', 'captured', 'declined', 'voided']),
    reason: FailureCode.optional().describe('For customers one and the same of all declined cards.'),
    withheld: z
      .boolean()
      .optional()
      .describe(
        'For operators: true of a card that the provider was not asked for, as too many of the customer were declined.',
      ),
    /** What the provider calls it. */
    reference: z.string().optional(),
    at: Time,
  })
  .meta({ id: 'PaymentAttempt' })
export type Attempt = z.infer<typeof Attempt>

export const Refund = z
  .object({
    id: Id,
    amount: Money,
    cause: z.enum(['order_closed', 'return', 'operator', 'duplicate']),
    state: z
      .enum(['due', 'failed', 'done', 'closed'])
      .describe(
        'failed: it was refused, or came back; an operator resumes the payment, which tries again, or closes the refund. closed: an operator gave the money back in another way. What is done or closed counts as given back.',
      ),
    tries: z.int().min(2).optional().describe('How often it was tried, where that is more than once.'),
    failure: z.string().optional().describe('Why the last try that failed did.'),
    reason: personal('reason', z.string()).optional(),
    by: z.string().optional().describe('Of an operator, for operators: the user or key that asked for it.'),
    reference: z.string().optional().describe('What the provider calls the last try.'),
    closed: z
      .object({
        by: z.string().describe('For operators the user or key that closed it; for customers `support`.'),
        reference: personal('reference', z.string()).describe(
          'Where the money is found that was given back in another way.',
        ),
        reason: personal('reason', z.string()).optional(),
        at: Time,
      })
      .optional(),
    at: Time,
  })
  .meta({ id: 'Refund' })
export type Refund = z.infer<typeof Refund>

export const Payment = z
  .object({
    id: Id,
    orderId: Id,
    customerId: Id,
    method: PaymentMethod,
    status: PaymentStatus,
    amount: Money.describe('What the order costs.'),
    captured: MoneySum,
    refunded: MoneySum,
    attempts: z.array(Attempt),
    refunds: z.array(Refund),
    reason: FailureCode.optional().describe('Of a failed payment.'),
    ...Labels.shape,
    onHold: z.string().optional().describe('Why an operator must look at it: nothing moves by itself until then.'),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Payment' })
export type Payment = z.infer<typeof Payment>
