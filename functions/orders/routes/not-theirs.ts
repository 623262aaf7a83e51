import type { ApiAnswer } from '../../runtime/api.http.ts'
import type { HttpProblem, Refuse } from '../../runtime/errors.ts'

/**
 * The refusal of somebody who may see an order and not change its parcels: an account with the proven address of a guest. Shipping knows
 * the customer `guest` alone, and answers the same however often it is asked.
 */
export const notTheirs = (
  answer: ApiAnswer | undefined,
  id: string,
  no: Refuse<'order_not_found'>,
): HttpProblem | undefined =>
  answer?.status === 403 || answer?.status === 404
    ? no('order_not_found', `The parcels of ${id} are not open to your account. Ask those who run the shop.`)
    : undefined
