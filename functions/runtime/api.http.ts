import type { AskOrders } from './order-access.ts'

/** An API function has 10 s; in milliseconds. */
const patienceMs = 3_000

const signalOf = (timeoutMs: number): AbortSignal => AbortSignal.timeout(Math.max(1, Math.min(timeoutMs, patienceMs)))

/** Asks a service about something by its id, with the `Authorization` header of a caller; resolves to the status, rejects without an answer. */
export type Ask = (id: string, authorization: string, timeoutMs?: number) => Promise<number>

const behind =
  (apiUrl: string, pathOf: (id: string) => string): Ask =>
  async (id, authorization, timeoutMs = patienceMs) => {
    const answer = await fetch(`${apiUrl}${pathOf(encodeURIComponent(id))}`, {
      headers: { authorization },
      redirect: 'error',
      signal: signalOf(timeoutMs),
    })
    await answer.body?.cancel()
    return answer.status
  }

/** Orders behind the API at that URL, which has no slash at its end. */
export const ordersBehind = (apiUrl: string): AskOrders => behind(apiUrl, (id) => `/orders/${id}`)

/** An answer as it came. */
export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

/** What orders asks of shipping in the name of a caller, by the `Authorization` header of that one; each rejects without an answer. */
export interface ShipmentsApi {
  /** Takes units of a line out of parcels that have not left. */
  readonly cancelLine: (
    orderId: string,
    line: { readonly sku: string; readonly quantity?: number | undefined },
    idempotencyKey: string,
    authorization: string,
  ) => Promise<ApiAnswer>
  /** Sends parcels elsewhere of which none has left. */
  readonly readdress: (
    orderId: string,
    change: { readonly changeId: string; readonly address: object },
    authorization: string,
  ) => Promise<ApiAnswer>
  /** Cancels the order with all of its parcels, of which none has left. */
  readonly cancel: (orderId: string, authorization: string) => Promise<ApiAnswer>
}

const shipmentsOf = (orderId: string): string => `/orders/${encodeURIComponent(orderId)}/shipments`

/** Shipments, likewise. */
export function shipmentsBehind(apiUrl: string, send: Send = fetch): ShipmentsApi {
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const answer = await send(`${apiUrl}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
    return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() }
  }
  return {
    cancelLine: (orderId, line, idempotencyKey, authorization) =>
      ask('POST', `${shipmentsOf(orderId)}/cancellations`, { authorization, 'idempotency-key': idempotencyKey }, line),
    readdress: (orderId, change, authorization) =>
      ask('PUT', `${shipmentsOf(orderId)}/address`, { authorization }, change),
    cancel: (orderId, authorization) => ask('DELETE', shipmentsOf(orderId), { authorization }),
  }
}

type Send = (url: string, init: RequestInit) => Promise<Response>

/** Reads what has an id in the name of a caller; rejects without an answer. */
export type Read = (id: string, authorization: string, timeoutMs?: number) => Promise<ApiAnswer>
export type ReadReservation = Read
export type ReadOrder = Read

/** Reservations, likewise. */
export const reservationsBehind = (apiUrl: string, send: Send = fetch): ReadReservation =>
  readBehind(`${apiUrl}/reservations`, send)

/** Orders as they stand, likewise. */
export const orderStatesBehind = (apiUrl: string, send: Send = fetch): ReadOrder => readBehind(`${apiUrl}/orders`, send)

/** What other services have of an order, in the name of a caller; each rejects without an answer. */
export interface OrderPartsApi {
  readonly payments: Read
  readonly shipments: Read
}

/** Payments and shipments of orders, likewise. */
export const orderPartsBehind = (apiUrl: string, send: Send = fetch): OrderPartsApi => ({
  payments: readBehind(`${apiUrl}/orders`, send, '/payments'),
  shipments: readBehind(`${apiUrl}/orders`, send, '/shipments'),
})

const readBehind = (url: string, send: Send, part = ''): Read => {
  const readPath = pathsBehind(url, send)
  return (id, authorization, timeoutMs) => readPath(`/${encodeURIComponent(id)}${part}`, authorization, timeoutMs)
}

/** Reads a path with its query in the name of a caller; rejects without an answer. */
export type ReadPath = (path: string, authorization: string, timeoutMs?: number) => Promise<ApiAnswer>

/** Whatever can be read, likewise. */
export const pathsBehind =
  (apiUrl: string, send: Send = fetch): ReadPath =>
  async (path, authorization, timeoutMs = patienceMs) => {
    const answer = await send(`${apiUrl}${path}`, {
      headers: { authorization },
      redirect: 'error',
      signal: signalOf(timeoutMs),
    })
    return { status: answer.status, body: await answer.json() }
  }

/** The stock of products, likewise. */
export const stockBehind = (apiUrl: string): Ask => behind(apiUrl, (sku) => `/inventory/${sku}/levels`)

/** Prices that orders are placed at, likewise. */
export const pricesBehind = (apiUrl: string, send: Send = fetch): Read => readBehind(`${apiUrl}/prices`, send)

/** Products in the catalogue, likewise. */
export const productsBehind = (apiUrl: string, send: Send = fetch): Read => readBehind(`${apiUrl}/products`, send)
