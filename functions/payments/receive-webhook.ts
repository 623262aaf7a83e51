import type { routes } from '../../schemas/payments.ts'
import { notFound } from '../runtime/errors.ts'
import type { Handler } from '../runtime/http.ts'
import { logger, metrics } from '../runtime/log.ts'
import { changePayment } from './change-payment.ts'
import type { PaymentParts } from './parts.ts'
import { type PaymentEvent, change } from './payment.ts'
import type { Notice } from './provider.ts'
import { settle } from './settle.ts'

/**
 * Hears what the provider tells of itself, in whatever order and however often. What concerns no payment is acknowledged all the same:
 * telling it again would change nothing. Throws `HttpProblem` 404 `provider_not_found` for one that the stage does not use.
 */
export function receiveWebhook(parts: PaymentParts): Handler<typeof routes.receiveWebhook> {
  return async ({ params, text, headers, requestId }) => {
    if (params.provider !== parts.provider.name)
      throw notFound('provider_not_found', `${params.provider} is not used here.`)
    const notice = await parts.provider.read(text, headers)
    if (notice) await heed(parts, notice, requestId)
    return { body: { received: true } }
  }
}

async function heed(parts: PaymentParts, notice: Notice, cause: string): Promise<void> {
  const { orderId, paymentId } = notice
  logger.appendKeys({ correlationId: orderId })
  const origin = { cause, at: parts.clock.now() }
  const payment = await changePayment(
    parts.store,
    orderId,
    (stored) => {
      if (stored?.payment.id !== paymentId) return undefined
      const changed = change(stored.payment, stored.payment, [eventOf(notice)], origin.at)
      return changed && { change: changed }
    },
    origin,
  )
  if (payment?.id === paymentId) return void (await settle(parts, payment, { cause }))
  logger.warn('webhook of an unknown payment', { paymentId })
  metrics.addMetric('UnknownPayments', 'Count', 1)
}

const eventOf = (notice: Notice): PaymentEvent =>
  notice.about === 'refund'
    ? { name: 'held', why: notice.why }
    : { name: 'reported', attempt: notice.attempt, outcome: notice.outcome }
