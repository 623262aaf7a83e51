import Stripe from 'stripe'
import { type CurrencyRule, cardRefusal, currencies } from '../../../schemas/currencies.ts'
import type { FailureCode } from '../../../schemas/payments.ts'
import type { Money } from '../../../schemas/shared.ts'
import type { Clock } from '../../runtime/clock.ts'
import { HttpProblem } from '../../runtime/errors.ts'
import { wholeNumber } from '../../runtime/whole-number.ts'
import type { Outcome } from '../core/payment.ts'
import type { CardProvider, Charge, Notice, Refunded, Repayment } from './provider.ts'
import { checkTime, invalidSignature, toleranceSeconds } from './signature.ts'
import { own } from '../../../schemas/own.ts'

export interface StripeDeps {
  readonly clock: Clock
  readonly client: () => Promise<Stripe>
  /** What webhooks may be signed with: the new secret and the old one while they are being rotated. */
  readonly webhookSecrets: () => Promise<readonly string[]>
}

/**
 * Settings of the client. One call, no repetition: an API function has 10 s, authorizing may take seconds, and what is not answered is
 * asked for again by the sweeper, under the same idempotency key.
 */
const stripeSettings = { timeout: 5_000, maxNetworkRetries: 0, telemetry: false } as const

/** A client for the API key as it is now; `settings` are for tests, which have another host. */
export function keyedClient(apiKey: () => Promise<string>, settings: Stripe.StripeConfig = {}): () => Promise<Stripe> {
  let made: { readonly key: string; readonly stripe: Stripe } | undefined
  return async () => {
    const key = await apiKey()
    if (made?.key !== key) made = { key, stripe: new Stripe(key, { ...stripeSettings, ...settings }) }
    return made.stripe
  }
}

/** Stripe forgets idempotency keys after 24 hours; after this, in milliseconds, none is relied on any more. */
const keyMs = 23 * 3_600_000
/** Search trails behind by less than a minute, and by an hour when Stripe is in trouble; after this, in milliseconds, it is believed. */
const searchableMs = 3_600_000

/** Cards by Stripe: payment intents, authorized first and captured later. */
export function stripeProvider({ clock, client, webhookSecrets }: StripeDeps): CardProvider {
  const ageOf = ({ at }: { readonly at: number }): number => clock.now() - at

  async function intentOf(charge: Charge): Promise<Outcome> {
    const stripe = await client()
    return outcomeOf(await stripe.paymentIntents.retrieve(referenceOf(charge), { expand: ['latest_charge'] }))
  }

  async function authorize(charge: Charge): Promise<Outcome> {
    if (charge.reference !== undefined) return intentOf(charge)
    if (cardRefusal(charge.amount) !== undefined) return { state: 'declined', reason: 'provider_refused' }
    const stripe = await client()
    try {
      const options = { idempotencyKey: keyOf(charge, 'authorize') }
      return outcomeOf(await stripe.paymentIntents.create(createParams(charge), options))
    } catch (error) {
      if (isRefusal(error)) return refusalOf(error)
      // Stripe answers with the same error again under the same key; what it never made by now, it never will.
      if (isReplayed(error) && ageOf(charge) >= searchableMs) return { state: 'declined', reason: 'provider_refused' }
      throw error
    }
  }

  async function find(charge: Charge): Promise<Outcome | 'absent' | 'unsure'> {
    if (charge.reference !== undefined) return intentOf(charge)
    if (ageOf(charge) < searchableMs) return 'unsure'
    const stripe = await client()
    const query = `metadata['payment']:'${charge.paymentId}' AND metadata['attempt']:'${charge.attempt}'`
    const { data } = await stripe.paymentIntents.search({ query, limit: 1, expand: ['data.latest_charge'] })
    const [found] = data
    if (found) return outcomeOf(found)
    return ageOf(charge) < keyMs ? 'absent' : { state: 'declined', reason: 'provider_refused' }
  }

  async function capture(charge: Charge): Promise<Outcome> {
    const stripe = await client()
    const options = { idempotencyKey: keyOf(charge, 'capture') }
    try {
      return outcomeOf(await stripe.paymentIntents.capture(referenceOf(charge), {}, options))
    } catch (error) {
      if (!isRefusal(error)) throw error
      const is = await intentOf(charge)
      if (is.state === 'captured') return is
      if (is.state === 'authorized' && !isExpired(error)) throw error
      return { state: 'voided', reason: 'capture_failed', reference: charge.reference }
    }
  }

  async function giveUp(charge: Charge): Promise<Outcome> {
    const stripe = await client()
    const options = { idempotencyKey: keyOf(charge, 'void') }
    try {
      const cancelled = stripe.paymentIntents.cancel(referenceOf(charge), { cancellation_reason: 'abandoned' }, options)
      return outcomeOf(await cancelled)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const is = await intentOf(charge)
      if (is.state === 'authorized') throw error
      return is
    }
  }

  async function refund({ id, try: number, charge, amount, reference, at }: Repayment): Promise<Refunded> {
    const stripe = await client()
    if (reference !== undefined) return refundedOf(await stripe.refunds.retrieve(reference))
    const intent = referenceOf(charge)
    if (ageOf({ at }) >= keyMs)
      for await (const made of stripe.refunds.list({ payment_intent: intent, limit: 100 }))
        if (made.metadata?.['refund'] === id && triesOf(made.metadata) === number) return refundedOf(made)
    const params: Stripe.RefundCreateParams = {
      payment_intent: intent,
      amount: toStripe({ ...charge.amount, amount }),
      metadata: { ...metadataOf(charge), refund: id, try: String(number) },
    }
    // Under a key that it has answered, Stripe gives the same answer again: what failed needs another one.
    const options = { idempotencyKey: number === 1 ? id : `${id}/${number}` }
    try {
      return refundedOf(await stripe.refunds.create(params, options))
    } catch (error) {
      if (!isRefusal(error)) throw error
      // Somebody gave all of it back by hand.
      if (error.code === 'charge_already_refunded') return { state: 'done' }
      return { state: 'refused', why: error.code ?? error.message }
    }
  }

  return {
    name: 'stripe',
    authorize,
    find,
    capture,
    void: giveUp,
    refund,
    read: async (text, headers) => {
      const [stripe, secrets] = await Promise.all([client(), webhookSecrets()])
      const header = headers['stripe-signature'] ?? ''
      // The client of Stripe takes a time that is not a number for one that is never too old.
      checkTime(header, clock.now())
      for (const secret of secrets) {
        const event = eventOf(stripe, text, header, secret, clock.now())
        if (event) return noticeOf(event)
      }
      throw invalidSignature()
    },
  }
}

const keyOf = ({ paymentId, attempt }: Charge, operation: string): string => `${paymentId}/${attempt}/${operation}`

function referenceOf({ paymentId, attempt, reference }: Charge): string {
  if (reference === undefined) throw new Error(`Attempt ${attempt} of ${paymentId} has no payment intent.`)
  return reference
}

const metadataOf = ({ paymentId, orderId, attempt }: Charge) => ({
  payment: paymentId,
  order: orderId,
  attempt: String(attempt),
})

function createParams(charge: Charge): Stripe.PaymentIntentCreateParams {
  const { token, amount } = charge
  return {
    amount: toStripe(amount),
    currency: amount.currency.toLowerCase(),
    capture_method: 'manual',
    confirm: true,
    // Nobody is there to be asked when stock has been held: a card that wants that is declined.
    error_on_requires_action: true,
    allowed_payment_method_types: ['card'],
    ...(token.startsWith('ctoken_') ? { confirmation_token: token } : { payment_method: token }),
    metadata: metadataOf(charge),
  }
}

/** What Stripe calls an amount that a card can be charged with; see `cardRefusal`. */
function toStripe({ amount, currency }: Money): number {
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

function outcomeOf(intent: Stripe.PaymentIntent): Outcome {
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
const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError

const isReplayed = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeAPIError && error.headers?.['idempotent-replayed'] === 'true'

const isExpired = ({ code }: Refusal): boolean =>
  code === 'charge_expired_for_capture' || code === 'capture_charge_authorization_expired'

function refusalOf(error: Refusal): Outcome {
  const reference = error.payment_intent?.id
  if (error instanceof Stripe.errors.StripeCardError) return { state: 'declined', reason: reasonOf(error), reference }
  const { code, param = '' } = error
  const unknown = code === 'token_already_used' || (code === 'resource_missing' && /payment_method|token/.test(param))
  return { state: 'declined', reason: unknown ? 'unknown_token' : 'provider_refused', reference }
}

/** Money is given back once Stripe says that it succeeded: until then it may wait for our own balance, and still fail. */
function refundedOf({ id, status, failure_reason }: Stripe.Refund): Refunded {
  if (status === 'succeeded') return { state: 'done', reference: id }
  return status === 'failed' || status === 'canceled'
    ? { state: 'refused', why: failure_reason ?? status }
    : { state: 'pending', reference: id }
}

const triesOf = (metadata: Stripe.Metadata): number => wholeNumber(metadata['try']) ?? 1

/** The event, if it is signed with that secret. Throws `HttpProblem` 400 `invalid_json`. */
function eventOf(stripe: Stripe, text: string, header: string, secret: string, now: number): Stripe.Event | undefined {
  try {
    return stripe.webhooks.constructEvent(text, header, secret, toleranceSeconds, undefined, now)
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return undefined
    throw new HttpProblem(400, 'invalid_json', 'The body is no event.')
  }
}

function noticeOf(event: Stripe.Event): Notice | undefined {
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.canceled':
    case 'payment_intent.payment_failed':
    case 'payment_intent.succeeded': {
      const about = aboutOf(event.data.object.metadata)
      return about && { about: 'charge', ...about, outcome: outcomeOf(event.data.object) }
    }
    case 'refund.failed':
    case 'refund.updated':
    case 'charge.refund.updated': {
      const { metadata } = event.data.object
      const about = aboutOf(metadata ?? {})
      const refundId = metadata?.['refund']
      const answer = refundedOf(event.data.object)
      if (about === undefined || refundId === undefined || answer.state === 'pending') return undefined
      return { about: 'refund', ...about, refundId, try: triesOf(metadata ?? {}), answer }
    }
    default:
      return undefined
  }
}

/** Whose money it is; undefined for what somebody else made at Stripe. */
function aboutOf({ payment: paymentId, order: orderId, attempt }: Readonly<Record<string, string>>) {
  const number = wholeNumber(attempt)
  return paymentId === undefined || orderId === undefined || number === undefined
    ? undefined
    : { paymentId, orderId, attempt: number }
}
