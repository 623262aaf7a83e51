import type { routes } from '../../../schemas/payments.ts'
import type { Handler } from '../../runtime/http.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import { changePayment } from '../store/change-payment.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import { type Payment, type PaymentEvent, isOfCard } from '../core/payment.ts'
import type { Notice } from '../adapters/provider.ts'
import { settle } from '../adapters/settle.ts'

/**
 * Takes what the provider reports unasked, in any order and any number of times. What concerns no payment is acknowledged all the same:
 * another delivery would change nothing.
 */
export function receiveWebhook(deps: PaymentDeps): Handler<typeof routes.receiveWebhook> {
  return async ({ params, text, headers, requestId, refuse }) => {
    if (params.provider !== deps.provider.name)
      throw refuse('provider_not_found', `${params.provider} is not used here.`)
    const notice = await deps.provider.read(text, headers, refuse)
    if (notice) await onNotice(deps, notice, requestId)
    return { body: { received: true } }
  }
}

async function onNotice(deps: PaymentDeps, notice: Notice, cause: string): Promise<void> {
  const { orderId, paymentId } = notice
  logger.appendKeys({ correlationId: orderId })
  const origin = { cause, at: deps.clock.now(), by: deps.provider.name }
  const payment = await changePayment(
    deps,
    orderId,
    (stored) => {
      if (stored?.state.id !== paymentId || !isAbout(stored.state, notice)) return undefined
      return change(stored.state, stored.state, [eventOf(notice)], origin.at)
    },
    origin,
  )
  if (payment?.id === paymentId && isAbout(payment, notice)) return void (await settle(deps, payment, { cause }))
  logger.warn('webhook of something unknown', { paymentId, about: notice.about })
  metrics.addMetric(metric.unknownPayments, 'Count', 1)
}

/** A notice of a refund that this payment never asked the provider for is not about it. */
const isAbout = (payment: Payment, notice: Notice): boolean =>
  notice.about === 'charge' || isOfCard(payment, notice.refundId, notice.attempt)

function eventOf(notice: Notice): PaymentEvent {
  if (notice.about === 'charge') return { name: 'reported', attempt: notice.attempt, outcome: notice.outcome }
  const { refundId: refund, try: number, answer } = notice
  return answer.state === 'done'
    ? { name: 'refunded', refund, try: number, reference: answer.reference }
    : { name: 'refund_failed', refund, try: number, why: answer.why }
}
