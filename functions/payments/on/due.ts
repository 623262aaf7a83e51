import { timeOf } from '../../runtime/clock.ts'
import { type Swept, sweepDue } from '../../runtime/due.ts'
import { isErasedUser } from '../../runtime/known-users.ts'
import type { Item } from '../../runtime/store.ts'
import type { PaymentDeps } from '../deps.ts'
import { pending } from '../core/pending.ts'
import { findPayment, putPayment } from '../store/payment-item.ts'
import { forgetEntries } from './erased.ts'
import { settle } from '../adapters/settle.ts'

/** What became of a payment that was due: nothing is pending any more, or something still is and stays due. */
type Outcome = 'settled' | 'pending' | 'forgotten'

/** Performs what is due. */
export const sweepPayments = (deps: PaymentDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { settled: 0, pending: 0, forgotten: 0, failed: 0 }, (item) => sweepOne(deps, item))

async function sweepOne(deps: PaymentDeps, item: Item): Promise<Outcome> {
  if (isErasedUser(item)) {
    await forgetEntries(deps, item, deps.clock.now())
    return 'forgotten'
  }
  const { pk } = item
  const origin = { cause: `sweep at ${timeOf(deps.clock.now())}`, at: deps.clock.now(), by: 'payments' }
  const stored = await findPayment(deps.store, pk)
  if (stored === undefined) return 'settled'
  const payment = await settle(deps, stored.state, origin)
  if (pending(payment).length === 0) return 'settled'
  // Where something has changed this fails, and the payment has its new time already.
  const unchanged = { state: stored.state, emits: [] }
  await deps.store.write(putPayment(stored, unchanged, { ...origin, at: deps.clock.now() }))
  return 'pending'
}
