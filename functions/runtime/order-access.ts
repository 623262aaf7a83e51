import { HttpProblem } from './errors.ts'

/**
 * Asks orders for an order in the name of whoever asks here: with the `Authorization` header of the request. Answers with the status of
 * `GET /orders/{id}`; rejects when there is no answer.
 */
export type AskOrders = (orderId: string, authorization: string) => Promise<number>

/**
 * Whether the caller may see an order that this service has not heard of. Events are on their way for moments: who has placed an order
 * may look, and nobody learns here whether there are orders of others. Throws `HttpProblem` 503 `unavailable` when orders do not say.
 */
export async function maySeeOrder(
  ask: AskOrders,
  orderId: string,
  { authorization = '' }: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const status = await ask(orderId, authorization).catch(() => undefined)
  if (status === 200) return true
  if (status === 404) return false
  throw new HttpProblem(503, 'unavailable', `Whether there is an order ${orderId} is not known now. Try again.`, {
    headers: { 'retry-after': '1' },
  })
}
