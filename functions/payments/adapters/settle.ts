import type { Origin } from '../../../schemas/origin.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import { type PaymentChange, changePayment } from '../store/change-payment.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import type { Outcome, Payment, PaymentEvent } from '../core/payment.ts'
import { type Operation, pending } from '../core/pending.ts'
import type { Stored } from '../store/payment-item.ts'
import type { Charge } from './provider.ts'
import { type Refund, tryOf } from '../core/refund.ts'
import { refund as repay } from '../core/wallet.ts'
import { findWallet, movingWallet } from '../store/wallet-item.ts'

/** After this no further operation is begun, in milliseconds: a call to the provider may take 7 s, and an API function has 10. */
const runMs = 2_500

export interface Settling {
  readonly cause: string
  /** The attempt that this very run has begun: the provider cannot know it yet. */
  readonly begun?: number | undefined
}

/**
 * Performs the pending operations of the payment one by one, and writes each outcome before the next begins. What the provider leaves
 * open stays pending, and the sweeper tries it again. Returns the payment as it stands then.
 */
export async function settle(deps: PaymentDeps, from: Payment, settling: Settling): Promise<Payment> {
  const end = deps.clock.now() + runMs
  const tried = new Set<string>()
  let payment = from
  while (deps.clock.now() < end) {
    const operation = pending(payment).find((each) => !tried.has(nameOf(each)))
    if (operation === undefined) break
    tried.add(nameOf(operation))
    payment = (await after(deps, payment, operation, settling)) ?? payment
  }
  return payment
}

/** The payment after one operation; as it was when the provider gave no answer. */
async function after(
  deps: PaymentDeps,
  payment: Payment,
  operation: Operation,
  { cause, begun }: Settling,
): Promise<Payment | undefined> {
  if (operation.name === 'refund' && methodOf(payment, operation.refund) === 'wallet') {
    const origin = originOf(deps, cause)
    return changePayment(deps, payment.orderId, (stored) => repaid(deps, stored, operation.refund, origin), origin)
  }
  const event = await answered(deps, payment, operation, begun)
  if (event === undefined) return payment
  const origin = originOf(deps, cause)
  return changePayment(deps, payment.orderId, (stored) => changeOf(stored, event, origin.at), origin)
}

const originOf = ({ clock }: PaymentDeps, cause: string): Origin => ({ cause, at: clock.now(), by: 'payments' })

const nameOf = (operation: Operation): string =>
  `${operation.name} ${operation.name === 'refund' ? operation.refund.id : operation.attempt}`

const methodOf = ({ attempts }: Payment, { attempt }: Refund) => attempts[attempt - 1]?.method

const changeOf = (stored: Stored | undefined, event: PaymentEvent, at: number): PaymentChange | undefined =>
  stored && change(stored.state, stored.state, [event], at)

/** The refund into the wallet: balance, ledger and payment in one transaction. */
async function repaid(
  { store }: PaymentDeps,
  stored: Stored | undefined,
  refund: Refund,
  origin: Origin,
): Promise<PaymentChange | undefined> {
  const about = { refund: refund.id, try: tryOf(refund) }
  const changed = changeOf(stored, { name: 'refunded', ...about }, origin.at)
  if (!stored || !changed) return undefined
  const {
    customerId,
    orderId,
    amount: { currency },
  } = stored.state
  const wallet = await findWallet(store, customerId)
  const moved = repay(wallet?.wallet, { amount: refund.amount, currency }, orderId)
  if (typeof moved === 'string') return changeOf(stored, { name: 'refund_failed', ...about, why: moved }, origin.at)
  return { ...changed, also: movingWallet(wallet, customerId, moved, origin).writes } // mutant: refund-wallet
}

/** What comes of an operation at the provider; undefined when it gave no answer. */
async function answered(
  deps: PaymentDeps,
  payment: Payment,
  operation: Operation,
  begun: number | undefined,
): Promise<PaymentEvent | undefined> {
  metrics.addMetric(metric.providerAsked, 'Count', 1)
  try {
    if (operation.name === 'refund') return await refunded(deps, payment, operation.refund)
    const outcome = await outcomeOf(deps, payment, operation, begun)
    return outcome && { name: 'reported', attempt: operation.attempt, outcome }
  } catch (error) {
    logger.warn('provider gave no answer', {
      correlationId: payment.orderId,
      operation: operation.name,
      error: error as Error,
    })
    metrics.addMetric(metric.providerUnanswered, 'Count', 1)
    return undefined // mutant: no-answer
  }
}

async function outcomeOf(
  { provider }: PaymentDeps,
  payment: Payment,
  { name, attempt }: Exclude<Operation, { readonly name: 'refund' }>,
  begun: number | undefined,
): Promise<Outcome | undefined> {
  const charge = chargeOf(payment, attempt)
  if (name === 'capture') return provider.capture(charge)
  if (name === 'void') return provider.void(charge)
  if (name === 'authorize' && attempt === begun) return provider.authorize(charge)
  const found = await provider.find(charge)
  if (name === 'authorize') return typeof found === 'string' ? provider.authorize(charge) : found
  if (found === 'absent') return { state: 'voided' }
  if (found === 'unsure') return undefined
  // What is still open at the provider can perhaps be called back.
  return found.state === 'pending' ? provider.void({ ...charge, reference: found.reference }) : found
}

async function refunded({ provider }: PaymentDeps, payment: Payment, refund: Refund): Promise<PaymentEvent> {
  const { id, attempt, amount, reference, at } = refund
  const about = { refund: id, try: tryOf(refund) }
  const answer = await provider.refund({
    id,
    try: about.try,
    charge: chargeOf(payment, attempt),
    amount,
    reference,
    at,
  })
  switch (answer.state) {
    case 'done':
      return { name: 'refunded', ...about, reference: answer.reference }
    case 'pending':
      return { name: 'refund_pending', ...about, reference: answer.reference } // mutant: refund-pending
    case 'refused':
      return { name: 'refund_failed', ...about, why: answer.why }
  }
}

function chargeOf({ id, orderId, amount, attempts }: Payment, number: number): Charge {
  const attempt = attempts[number - 1]
  if (attempt === undefined) throw new Error(`${id} has no attempt ${number}.`)
  const { token = '', at, reference } = attempt
  return { paymentId: id, orderId, attempt: number, token, amount, at, reference }
}
