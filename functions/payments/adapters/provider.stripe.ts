import Stripe from 'stripe'
import { cardRefusal } from '../../../schemas/currencies.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { ListedCharge } from '../core/listed.ts'
import type { Outcome } from '../core/payment.ts'
import type { CardProvider, Charge, Refunded, Repayment } from './provider.ts'
import { checkTime, invalidSignature } from './signature.ts'
import {
  isExpired,
  isRefusal,
  isReplayed,
  listedOf,
  outcomeOf,
  refundedOf,
  refusalOf,
  toStripe,
  triesOf,
} from './stripe-objects.ts'
import { eventOf, noticeOf } from './stripe-webhook.ts'

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
      // All of it was given back by hand.
      if (error.code === 'charge_already_refunded') return { state: 'done' }
      return { state: 'refused', why: error.code ?? error.message }
    }
  }

  async function* list(from: number, to: number): AsyncGenerator<ListedCharge> {
    const stripe = await client()
    const page = { created: { gte: Math.floor(from / 1_000), lte: Math.floor(to / 1_000) }, limit: 100 }
    const listed = new Set<string>()
    for await (const intent of stripe.paymentIntents.list({ ...page, expand: ['data.latest_charge'] })) {
      listed.add(intent.id)
      const charge = listedOf(intent)
      if (charge) yield charge
    }
    // Money of an older charge that has gone back since.
    for await (const { payment_intent } of stripe.refunds.list({
      ...page,
      expand: ['data.payment_intent.latest_charge'],
    })) {
      if (payment_intent === null || typeof payment_intent === 'string' || listed.has(payment_intent.id)) continue
      listed.add(payment_intent.id)
      const charge = listedOf(payment_intent)
      if (charge) yield charge
    }
  }

  return {
    name: 'stripe',
    authorize,
    find,
    capture,
    void: giveUp,
    refund,
    list,
    read: async (text, headers, refuse) => {
      const [stripe, secrets] = await Promise.all([client(), webhookSecrets()])
      const header = headers['stripe-signature'] ?? ''
      // The client of Stripe takes a time that is not a number for one that is never too old.
      checkTime(header, clock.now(), refuse)
      for (const secret of secrets) {
        const event = eventOf(stripe, { text, header, secret, now: clock.now() }, refuse)
        if (event) return noticeOf(event)
      }
      throw invalidSignature(refuse)
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
    // The customer is gone when stock has been held: a card that asks for authentication is declined.
    error_on_requires_action: true,
    allowed_payment_method_types: ['card'],
    ...(token.startsWith('ctoken_') ? { confirmation_token: token } : { payment_method: token }),
    metadata: metadataOf(charge),
  }
}
