import type { Origin } from '../../../schemas/origin.ts'
import type { Store, Write } from '../../runtime/store.ts'
import type { PaymentChange } from './change-payment.ts'
import type { Change } from '../core/change.ts'
import type { Payment, PaymentEvent } from '../core/payment.ts'
import { debit } from '../core/wallet.ts'
import { findWallet, movingWallet } from './wallet-item.ts'

export interface PaymentMethodChoice {
  readonly method: 'wallet' | 'card'
  readonly token?: string | undefined
  /** Whether the card is declined without asking the provider. */
  readonly withheld?: boolean
}

/**
 * Begins an attempt, where the payment allows one. A card is only noted here, as `pending`: the provider is asked for what is already
 * known. A wallet pays at once, in the same transaction, or declines.
 */
export async function beginAttempt(
  store: Store,
  changing: (events: readonly PaymentEvent[]) => Change | undefined,
  before: readonly PaymentEvent[],
  { method, token, withheld = false }: PaymentMethodChoice,
  origin: Origin,
): Promise<PaymentChange | undefined> {
  const attempted: PaymentEvent = { name: 'attempted', method, token }
  const begun = changing([...before, attempted])
  if (begun === undefined) return undefined
  const payment = begun.state
  const attempt = payment.attempts.length
  if (payment.attempts.at(-1)?.state !== 'pending') return begun
  if (method === 'card') {
    const outcome = { state: 'declined', reason: 'card_declined', withheld: true } as const
    return withheld ? changing([...before, attempted, { name: 'reported', attempt, outcome }]) : begun
  }
  const { event, writes } = await payFromWallet(store, payment, attempt, origin)
  const change = changing([...before, attempted, event])
  return change && { ...change, also: writes } // mutant: attempt-wallet
}

async function payFromWallet(
  store: Store,
  { customerId, amount, orderId }: Payment,
  attempt: number,
  origin: Origin,
): Promise<{ readonly event: PaymentEvent; readonly writes: readonly Write[] }> {
  const stored = await findWallet(store, customerId)
  const moved = debit(stored?.wallet, amount, orderId)
  if (typeof moved === 'string')
    return { event: { name: 'reported', attempt, outcome: { state: 'declined', reason: moved } }, writes: [] }
  const { writes } = movingWallet(stored, customerId, moved, origin)
  return { event: { name: 'reported', attempt, outcome: { state: 'captured', amount } }, writes }
}
