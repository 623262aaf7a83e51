import type { AskOrders } from './order-access.ts'

/** An API function has 10 s; in milliseconds. */
const patienceMs = 3_000

/** Orders behind the API at that URL, which has no slash at its end. */
export function ordersBehind(apiUrl: string): AskOrders {
  return async (orderId, authorization) => {
    const answer = await fetch(`${apiUrl}/orders/${encodeURIComponent(orderId)}`, {
      headers: { authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
    await answer.body?.cancel()
    return answer.status
  }
}
