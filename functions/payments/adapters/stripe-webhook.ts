import Stripe from 'stripe'
import type { Refuse } from '../../runtime/errors.ts'
import { wholeNumber } from '../../runtime/whole-number.ts'
import type { Notice } from './provider.ts'
import { toleranceSeconds } from './signature.ts'
import { outcomeOf, refundedOf, triesOf } from './stripe-objects.ts'

interface Signed {
  readonly text: string
  readonly header: string
  readonly secret: string
  readonly now: number
}

/** The event, if it is signed with that secret. */
export function eventOf(
  stripe: Stripe,
  { text, header, secret, now }: Signed,
  refuse: Refuse<'invalid_json'>,
): Stripe.Event | undefined {
  try {
    return stripe.webhooks.constructEvent(text, header, secret, toleranceSeconds, undefined, now)
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return undefined
    throw refuse('invalid_json', 'The body is not an event.')
  }
}

export function noticeOf(event: Stripe.Event): Notice | undefined {
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

/** The payment that the object is of; undefined for what was made at Stripe by other means. */
function aboutOf({ payment: paymentId, order: orderId, attempt }: Readonly<Record<string, string>>) {
  const number = wholeNumber(attempt)
  return paymentId === undefined || orderId === undefined || number === undefined
    ? undefined
    : { paymentId, orderId, attempt: number }
}
