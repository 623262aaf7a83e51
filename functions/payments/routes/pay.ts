import { cardRefusal } from '../../../schemas/currencies.ts'
import type { routes } from '../../../schemas/payments.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { poll } from '../../runtime/poll.ts'
import { beginAttempt } from '../store/begin-attempt.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import type { Payment, PaymentEvent } from '../core/payment.ts'
import { type Refusal, refusalOf } from '../core/refusal.ts'
import { type Stored, findPayment, putPayment } from '../store/payment-item.ts'
import { mayBeSeen, visiblePayment } from './list.ts'
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
    const { params, caller, body, requestId: cause } = request
    await untilKnown(deps, params.id, caller)
    let begun: number | undefined
    const { headers } = await commit<Record<string, never>>(deps, request, async () => {
      const stored = await visiblePayment(store, request)
      const origin = { cause, at: clock.now(), by: caller.id }
      const refusal = refusalOf(stored.state, origin.at)
      if (refusal) throw request.refuse(refusal, why[refusal])
      if (body.method === 'card') checkCard(stored.state, request.refuse)
      const changing = (events: readonly PaymentEvent[]) => change(stored.state, stored.state, events, origin.at)
      const changed = await beginAttempt(store, changing, [], body, origin)
      begun = changed?.state.attempts.length
      return { writes: changed ? [putPayment(stored, changed, origin), ...(changed.also ?? [])] : [], answer: {} }
    })
    const { state: payment } = await visiblePayment(store, request)
    // An attempt that lost the race for its key has not begun.
    const settled = await settle(deps, payment, { cause, begun: headers ? undefined : begun })
    return { body: bodyOf(settled), ...(headers && { headers }) }
  }
}

/** Refuses what no card can be charged with. */
function checkCard({ amount }: Payment, refuse: Refuse<'not_payable_by_card'>): void {
  const message = cardRefusal(amount)
  if (message === undefined) return
  throw refuse('not_payable_by_card', 'A card cannot be charged with this order. Pay it in another way.', {
    errors: [{ path: 'method', message }],
  })
}

/** How long an order may be on its way here before it counts as unknown, in milliseconds. */
const waitMs = 2_000

/**
 * A customer that sees an order reserved may pay it, also before its event has reached payments. An order of another customer is waited
 * for like an unknown one: the time of the answer gives nothing away either.
 */
async function untilKnown({ store, clock }: PaymentDeps, orderId: string, caller: Caller): Promise<void> {
  const read = () => findPayment(store, orderId)
  const isThere = (stored: Stored | undefined): boolean => stored !== undefined && mayBeSeen(stored, caller)
  await poll(clock, await read(), { waitMs, isThere }, read)
}
