import type { PaymentMethod } from '../../../schemas/payment.ts'

/** How long before the end of a hold its customer is warned, in milliseconds. */
export const beforeMs = 3_600_000

/**
 * When the customer of an order that was reserved at `at` is warned that its hold ends, in milliseconds since 1970. Undefined for a hold
 * that ends sooner, and for a wallet, which pays at once or not at all.
 */
export function warningAt(method: PaymentMethod, at: number, expiresAt: number): number | undefined {
  const time = expiresAt - beforeMs
  return method === 'wallet' || time <= at ? undefined : time
}
