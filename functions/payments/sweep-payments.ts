import { timeOf } from '../runtime/clock.ts'
import { type Swept, sweepDue } from '../runtime/due.ts'
import type { Item } from '../runtime/store.ts'
import type { PaymentParts } from './parts.ts'
import { owes } from './payment.ts'
import { findPayment, putPayment } from './payment.store.ts'
import { settle } from './settle.ts'

/** What became of a payment that was due: it owes nothing any more, or still does and stays due. */
type Outcome = 'settled' | 'owing'

/** Performs what is due. */
export const sweepPayments = (parts: PaymentParts): Promise<Swept<Outcome>> =>
  sweepDue(parts, { settled: 0, owing: 0, failed: 0 }, (item) => sweepOne(parts, item))

async function sweepOne(parts: PaymentParts, { pk }: Item): Promise<Outcome> {
  const origin = { cause: `sweep at ${timeOf(parts.clock.now())}`, at: parts.clock.now() }
  const stored = await findPayment(parts.store, pk)
  if (stored === undefined) return 'settled'
  const payment = await settle(parts, stored.payment, origin)
  if (owes(payment).length === 0) return 'settled'
  // Where something has changed this fails, and the payment has its new time already.
  const unchanged = { payment: stored.payment, says: [] }
  await parts.store.write(putPayment(stored, unchanged, { ...origin, at: parts.clock.now() }))
  return 'owing'
}
