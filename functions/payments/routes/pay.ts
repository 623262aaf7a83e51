import { cardRefusal } from '../../../schemas/currencies.ts'
import { guest } from '../../../schemas/guest.ts'
import type { routes } from '../../../schemas/payments.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler } from '../../runtime/http.ts'
import { requireNoWait } from '../../runtime/rates.ts'
import { beginAttempt } from '../store/begin-attempt.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import type { Payment, PaymentEvent } from '../core/payment.ts'
import { type Refusal, refusalOf } from '../core/refusal.ts'
import { cardWaitMs } from '../store/declined-cards.ts'
import { putPayment } from '../store/payment-item.ts'
import { visiblePayment } from './list.ts'
import { settle } from '../adapters/settle.ts'
import { bodyOf } from './payment-body.ts'

const why: Readonly<Record<Refusal, string>> = {
  order_closed: 'The order is closed, or its hold is over.',
  payment_manual: 'The order waits for the approval of an operator.',
  payment_in_flight: 'A payment is under way; GET /orders/{id}/payments shows its outcome.',
  already_paid: 'The order is paid.',
  payment_on_hold: 'The payment is on hold until an operator resumes it.',
}

/**
 * Begins an attempt, and answers with what has become of it. The attempt is one for one key; the answer shows the payment as it stands:
 * a repeated request gets the outcome that the first one could not wait for.
 */
export function payOrder(deps: PaymentDeps): Handler<typeof routes.payOrder> {
  const { store, clock } = deps
  return async (request) => {
    const { caller, body, requestId: cause } = request
    const arrivals = new Arrivals(clock)
    let begun: number | undefined
    const { headers } = await commit<Record<string, never>>(deps, request, async () => {
      const stored = await visiblePayment(deps, request, arrivals)
      const origin = { cause, at: clock.now(), by: caller.id }
      const refusal = refusalOf(stored.state, origin.at)
      if (refusal) throw request.refuse(refusal, why[refusal])
      if (body.method === 'wallet' && stored.state.customerId === guest) throw noWallet(request.refuse)
      if (body.method === 'card') {
        checkCard(stored.state, request.refuse)
        // What operators pay for others counts, and is never kept back.
        if (!caller.privileged) requireNoWait([await cardWaitMs(deps, stored.state.customerId)])
      }
      const changing = (events: readonly PaymentEvent[]) => change(stored.state, stored.state, events, origin.at)
      const changed = await beginAttempt(store, changing, [], body, origin)
      begun = changed?.state.attempts.length
      return { writes: changed ? [putPayment(stored, changed, origin), ...(changed.also ?? [])] : [], answer: {} }
    })
    const { state: payment } = await visiblePayment(deps, request, arrivals)
    // An attempt that lost the race for its key has not begun.
    const settled = await settle(deps, payment, { cause, begun: headers ? undefined : begun })
    return { body: bodyOf(settled, caller), ...(headers && { headers }) }
  }
}

const noWallet = (refuse: Refuse<'validation_failed'>) =>
  refuse('validation_failed', 'The request has invalid fields.', {
    errors: [{ path: 'method', message: 'a guest has no wallet: card' }],
  })

/** Refuses what no card can be charged with. */
function checkCard({ amount }: Payment, refuse: Refuse<'not_payable_by_card'>): void {
  const message = cardRefusal(amount)
  if (message === undefined) return
  throw refuse('not_payable_by_card', 'A card cannot be charged with this order. Pay it in another way.', {
    errors: [{ path: 'method', message }],
  })
}
