import * as z from 'zod'
import { Charge as Money, FailureCode } from '../../../schemas/payment.ts'
import { Id } from '../../../schemas/shared.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Outcome } from '../core/payment.ts'
import type { CardProvider, Charge, Notice } from './provider.ts'
import { checkSignature } from './signature.ts'
import { own } from '../../../schemas/own.ts'

export interface SandboxDeps {
  readonly clock: Clock
  /** What webhooks may be signed with: the new secret and the old one while they are being rotated. */
  readonly webhookSecrets: () => Promise<readonly string[]>
}

/** How long `tok_slow`, and the refunds of `tok_refund_slow`, are under way, in milliseconds. */
const slowMs = 10_000
/** How long `tok_accepted_after_error` fails, in milliseconds. */
const errorMs = 1_000
/** How long `tok_accepted_after_outage` fails, in milliseconds. */
const outageMs = 7_200_000
/** How long the money of `tok_late` may still come, in milliseconds. */
const lateMs = 86_400_000

const authorized = ({ amount, ...charge }: Charge): Outcome => ({
  state: 'authorized',
  amount,
  reference: referenceOf(charge),
})
const declined = (reason: FailureCode) => (): Outcome => ({ state: 'declined', reason })
const pending = (charge: Charge): Outcome => ({ state: 'pending', reference: referenceOf(charge) })
const referenceOf = ({ paymentId, attempt }: Pick<Charge, 'paymentId' | 'attempt'>): string =>
  `sbx_${paymentId}_${attempt}`
const tryReferenceOf = (id: string, number: number): string => `sbx_${id}${number === 1 ? '' : `_${number}`}`
const noAnswer = (): never => {
  throw new Error('The sandbox gives no answer.')
}

interface Behaviour {
  readonly authorize: (charge: Charge, age: number) => Outcome
  /** Default: it remembers nothing, and what was never answered was never there. */
  readonly find?: (charge: Charge, age: number) => Outcome | 'absent'
}

const slow = (charge: Charge, age: number): Outcome => (age < slowMs ? pending : authorized)(charge)
const late = (charge: Charge, age: number): Outcome =>
  age < lateMs ? pending(charge) : { state: 'declined', reason: 'card_declined' }

/** What the tokens do. */
const tokens: Readonly<Record<string, Behaviour>> = {
  tok_accepted: { authorize: authorized },
  tok_declined: { authorize: declined('card_declined') },
  tok_expired_card: { authorize: declined('card_expired') },
  tok_slow: { authorize: slow, find: slow },
  tok_unknown: { authorize: noAnswer, find: authorized },
  tok_unknown_declined: { authorize: noAnswer, find: declined('card_declined') },
  tok_accepted_after_error: { authorize: (charge, age) => (age < errorMs ? noAnswer() : authorized(charge)) },
  tok_accepted_after_outage: {
    authorize: (charge, age) => (age < outageMs ? noAnswer() : authorized(charge)),
    find: (_, age) => (age < outageMs ? noAnswer() : 'absent'),
  },
  tok_capture_fails: { authorize: authorized },
  tok_refund_fails: { authorize: authorized },
  tok_refund_fails_once: { authorize: authorized },
  tok_refund_slow: { authorize: authorized },
  tok_late: { authorize: late, find: late },
}

/**
 * A provider without cards and money, which remembers nothing: the token and the age of an attempt decide. Its webhooks come from
 * the holder of its secret.
 */
export function sandboxProvider({ clock, webhookSecrets }: SandboxDeps): CardProvider {
  const ageOf = ({ at }: Charge): number => clock.now() - at
  return {
    name: 'sandbox',
    authorize: async (charge) =>
      (own(tokens, charge.token)?.authorize ?? declined('unknown_token'))(charge, ageOf(charge)),
    find: async (charge) => own(tokens, charge.token)?.find?.(charge, ageOf(charge)) ?? 'absent',
    capture: async (charge) =>
      charge.token === 'tok_capture_fails'
        ? { state: 'voided', reason: 'capture_failed' }
        : { state: 'captured', amount: charge.amount },
    void: async (charge) => (charge.token === 'tok_late' ? pending(charge) : { state: 'voided' }),
    refund: async (repayment) => {
      const { token } = repayment.charge
      const reference = tryReferenceOf(repayment.id, repayment.try)
      if (token === 'tok_refund_slow' && clock.now() < repayment.at + slowMs) return { state: 'pending', reference }
      const fails = token === 'tok_refund_fails' || (token === 'tok_refund_fails_once' && repayment.try === 1)
      return fails ? { state: 'refused', why: 'the account of the card is closed' } : { state: 'done', reference }
    },
    read: async (text, headers, refuse) => {
      checkSignature(text, headers['holdfast-signature'], await webhookSecrets(), clock.now(), refuse)
      return noticeOf(text, refuse)
    },
  }
}

const About = { orderId: Id, paymentId: Id, attempt: z.int().min(1) }

/** A notice of a refund is about its first try unless it names another. */
const OfRefund = { ...About, refundId: Id, try: z.int().min(1).default(1) }

/** What the sandbox's webhook takes. */
const Reported = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['authorized', 'captured']), data: z.object({ ...About, amount: Money }) }),
  z.object({ type: z.literal('declined'), data: z.object({ ...About, reason: FailureCode }) }),
  z.object({ type: z.literal('voided'), data: z.object(About) }),
  z.object({ type: z.literal('refunded'), data: z.object(OfRefund) }),
  z.object({ type: z.literal('refund_failed'), data: z.object({ ...OfRefund, reason: z.string().optional() }) }),
])

function noticeOf(text: string, refuse: Refuse<'invalid_json'>): Notice | undefined {
  const parsed = Reported.safeParse(jsonOf(text, refuse))
  if (!parsed.success) return undefined
  const { type, data } = parsed.data
  const { orderId, paymentId, attempt } = data
  if (type === 'refunded' || type === 'refund_failed') {
    const { refundId, try: number } = data
    const answer =
      type === 'refunded'
        ? ({ state: 'done', reference: tryReferenceOf(refundId, number) } as const)
        : ({ state: 'refused', why: data.reason ?? 'it failed at the provider' } as const)
    return { about: 'refund', orderId, paymentId, attempt, refundId, try: number, answer }
  }
  const reference = referenceOf(data)
  const about = { about: 'charge', orderId, paymentId, attempt } as const
  switch (type) {
    case 'authorized':
    case 'captured':
      return { ...about, outcome: { state: type, amount: data.amount, reference } }
    case 'declined':
      return { ...about, outcome: { state: type, reason: data.reason, reference } }
    case 'voided':
      return { ...about, outcome: { state: type, reference } }
  }
}

function jsonOf(text: string, refuse: Refuse<'invalid_json'>): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('invalid_json', 'The body is not JSON.')
  }
}
