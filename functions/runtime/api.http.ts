import type { AskOrders } from './order-access.ts'

/** An API function has 10 s; in milliseconds. */
const patienceMs = 3_000

/** Asks a service about something by its id, with the `Authorization` header of a caller; resolves to the status, rejects without an answer. */
export type Ask = (id: string, authorization: string, timeoutMs?: number) => Promise<number>

const behind =
  (apiUrl: string, pathOf: (id: string) => string): Ask =>
  async (id, authorization, timeoutMs = patienceMs) => {
    const answer = await fetch(`${apiUrl}${pathOf(encodeURIComponent(id))}`, {
      headers: { authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(Math.max(1, Math.min(timeoutMs, patienceMs))),
    })
    await answer.body?.cancel()
    return answer.status
  }

/** Orders behind the API at that URL, which has no slash at its end. */
export const ordersBehind = (apiUrl: string): AskOrders => behind(apiUrl, (id) => `/orders/${id}`)

/** The stock of products, likewise. */
export const stockBehind = (apiUrl: string): Ask => behind(apiUrl, (sku) => `/inventory/${sku}/levels`)
