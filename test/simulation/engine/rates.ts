import type { PaymentRates } from '../../../schemas/rates.ts'

/** Few enough that customers of a history meet them. */
export const fewCards: PaymentRates = { declinedCards: { most: 1, seconds: 86_400 } }
