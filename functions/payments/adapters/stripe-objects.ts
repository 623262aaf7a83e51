import Stripe from 'stripe'
import { type CurrencyRule, currencies } from '../../../schemas/currencies.ts'
import { own } from '../../../schemas/own.ts'
import type { FailureCode } from '../../../schemas/payment.ts'
import type { Money } from '../../../schemas/shared.ts'
import { wholeNumber } from '../../runtime/whole-number.ts'
import type { ListedCharge } from '../core/listed.ts'
import type { Outcome } from '../core/payment.ts'
import type { Refunded } from './provider.ts'

/** An amount that a card can be charged with, in the units of Stripe; see `cardRefusal`. */
export function toStripe({ amount, currency }: Money): number {
  const { exponent, card } = ruleOf(currency)
  return shifted(amount, card.exponent - exponent)
}

function fromStripe(amount: number, stripeCurrency: string): Money {
  const currency = stripeCurrency.toUpperCase()
  const { exponent, card } = ruleOf(currency)
  return { amount: shifted(amount, exponent - card.exponent), currency }
}

/** The point moved by so many digits, without the rounding of a negative power. */
const shifted = (amount: number, digits: number): number =>
  digits < 0 ? amount / 10 ** -digits : amount * 10 ** digits

function ruleOf(currency: string): Required<CurrencyRule> {
  const { exponent = 2, card = { exponent, step: 1 } } = currencies.get(currency) ?? {}
  return { exponent, card }
}

export function outcomeOf(intent: Stripe.PaymentIntent): Outcome {
  const { id: reference, status, currency, amount_capturable, amount_received, latest_charge } = intent
  switch (status) {
    case 'requires_capture':
      return { state: 'authorized', amount: fromStripe(amount_capturable, currency), reference }
    case 'succeeded':
      if (latest_charge !== null && typeof latest_charge === 'object' && latest_charge.refunded)
        return { state: 'voided', reference }
      return { state: 'captured', amount: fromStripe(amount_received, currency), reference }
    case 'canceled':
      return { state: 'voided', reference }
    case 'requires_payment_method':
      return { state: 'declined', reason: reasonOf(intent.last_payment_error ?? {}), reference }
    case 'requires_action':
    case 'requires_confirmation':
      return { state: 'declined', reason: 'authentication_required', reference }
    default:
      return { state: 'pending', reference }
  }
}

/** An intent as reconciliation compares it; undefined for one that was not made here. */
export function listedOf(intent: Stripe.PaymentIntent): ListedCharge | undefined {
  const { id: reference, status, currency, metadata, latest_charge, amount_received, amount_capturable } = intent
  const attempt = wholeNumber(metadata['attempt'])
  const orderId = metadata['order']
  if (orderId === undefined || attempt === undefined) return undefined
  const refunded = latest_charge !== null && typeof latest_charge === 'object' ? latest_charge.amount_refunded : 0
  const { amount: kept } = fromStripe(amount_received - refunded, currency)
  const { amount: aside } = fromStripe(status === 'requires_capture' ? amount_capturable : 0, currency)
  return { orderId, attempt, reference, kept, aside }
}

interface Declined {
  readonly code?: string | undefined
  readonly decline_code?: string | undefined
}

function reasonOf({ code, decline_code }: Declined): FailureCode {
  return own(reasons, code ?? '') ?? own(reasons, decline_code ?? '') ?? 'card_declined'
}

// Of all codes those that the customer can do something about.
const reasons: Readonly<Record<string, FailureCode>> = {
  authentication_required: 'authentication_required',
  expired_card: 'card_expired',
  insufficient_funds: 'insufficient_funds',
}

type Refusal = Stripe.errors.StripeCardError | Stripe.errors.StripeInvalidRequestError

/** Whether Stripe has understood the request and will never do it. */
export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError

export const isReplayed = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeAPIError && error.headers?.['idempotent-replayed'] === 'true'

export const isExpired = ({ code }: Refusal): boolean =>
  code === 'charge_expired_for_capture' || code === 'capture_charge_authorization_expired'

export function refusalOf(error: Refusal): Outcome {
  const reference = error.payment_intent?.id
  if (error instanceof Stripe.errors.StripeCardError) return { state: 'declined', reason: reasonOf(error), reference }
  const { code, param = '' } = error
  const unknown = code === 'token_already_used' || (code === 'resource_missing' && /payment_method|token/.test(param))
  return { state: 'declined', reason: unknown ? 'unknown_token' : 'provider_refused', reference }
}

/** Money is given back once the refund has succeeded at Stripe: until then it may wait for our own balance, and still fail. */
export function refundedOf({ id, status, failure_reason }: Stripe.Refund): Refunded {
  if (status === 'succeeded') return { state: 'done', reference: id }
  return status === 'failed' || status === 'canceled'
    ? { state: 'refused', why: failure_reason ?? status }
    : { state: 'pending', reference: id }
}

export const triesOf = (metadata: Stripe.Metadata): number => wholeNumber(metadata['try']) ?? 1
