import { logger } from '../../runtime/log.ts'
import { type Rated, count, seen } from '../../runtime/rates.ts'
import type { PaymentDeps } from '../deps.ts'
import type { Payment } from '../core/payment.ts'

const ratedOf = ({ rates }: PaymentDeps, customerId: string): Rated => ({
  name: 'declinedCards',
  of: [customerId],
  rate: rates.declinedCards,
})

/**
 * How long the customer has to wait until another card is tried, in milliseconds; 0 where one may be now. Attempts of several orders at once
 * are not counted before they are declined: a customer goes over the rate by as many orders as may be open.
 */
export async function cardWaitMs(deps: PaymentDeps, customerId: string): Promise<number> {
  const [declined] = await seen(deps, [ratedOf(deps, customerId)])
  return declined?.waitMs ?? 0
}

/** Counts a card that the provider has declined since; what was not tried there does not count. */
export async function countDeclined(
  deps: PaymentDeps,
  before: Payment | undefined,
  after: Payment,
  cause: string,
): Promise<void> {
  if (declinedOf(after) <= (before ? declinedOf(before) : 0)) return
  const [declined] = await seen(deps, [ratedOf(deps, after.customerId)])
  if (declined) await count(deps, cause, declined)
}

const declinedOf = ({ attempts }: Payment): number =>
  attempts.filter(({ method, state, withheld }) => method === 'card' && state === 'declined' && !withheld).length

/** Whether the card is to be declined without asking the provider, as the customer had too many declined. */
export async function isWithheld(deps: PaymentDeps, orderId: string, customerId: string): Promise<boolean> {
  if ((await cardWaitMs(deps, customerId)) === 0) return false
  logger.warn('card not tried: too many declined cards of the customer', { correlationId: orderId, customerId })
  return true
}
