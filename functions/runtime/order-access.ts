import { HttpProblem } from './errors.ts'

/**
 * Asks the orders service for an order on behalf of the caller, with the `Authorization` header of the request. Resolves to the status
 * of `GET /orders/{id}`; rejects when there is no answer.
 */
export type AskOrders = (orderId: string, authorization: string) => Promise<number>

/**
 * Whether the caller may see an order that this service does not know yet. Its events take moments to arrive: the customer who placed
 * the order sees it, and learns nothing about the orders of others. Throws `HttpProblem` 503 `unavailable` when orders do not answer.
 */
export async function maySeeOrder(
  ask: AskOrders,
  orderId: string,
  { authorization = '' }: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const status = await ask(orderId, authorization).catch(() => undefined)
  if (status === 200) return true // mutant: order-access
  // A key may see payments or parcels, and no orders.
  if (status === 403 || status === 404) return false
  throw new HttpProblem('unavailable', `Whether there is an order ${orderId} is not known now. Try again.`, {
    headers: { 'retry-after': '1' },
  })
}
