import type { DataOf, EventContract } from '../../../schemas/contract.ts'
import { own } from '../../../schemas/own.ts'
import type { Consumer, Failure, Received } from '../../runtime/events.ts'
import type { ReservationRequest } from '../core/reservation-request.ts'
import type { InventoryDeps } from '../deps.ts'
import { reserveBatch } from '../store/reserve-batch.ts'

type Of<Request> = Request extends ReservationRequest ? Omit<Request, 'id' | 'orderId' | 'cause'> : never

/** What an event requests of the reservation of its order. */
export type Requested = Of<ReservationRequest>

/** A consumer that carries out what the events request in one batch, in their order of arrival; an event without an entry fails by itself. */
export function inOneBatch<Contract extends EventContract>(
  deps: InventoryDeps,
  requestedBy: {
    readonly [Name in Contract['name']]: (data: DataOf<Extract<Contract, { name: Name }>>) => Requested
  },
): Consumer {
  const byName = requestedBy as Readonly<Record<string, (data: unknown) => Requested>>
  return async (batch) => {
    const failures: Failure[] = []
    const asked: { readonly messageId: string; readonly request: ReservationRequest }[] = []
    for (const { messageId, contract, id: cause, data } of batch) {
      const { orderId } = data as { readonly orderId: string }
      const requested = own(byName, contract.name)?.(data)
      if (requested) asked.push({ messageId, request: { ...requested, id: orderId, orderId, cause } }) // mutant: request-id
      else failures.push({ messageId, error: new Error(`${contract.name} is not an event that inventory consumes`) })
    }
    const results = await reserveBatch(
      deps,
      asked.map(({ request }) => request),
    )
    for (const [index, { messageId }] of asked.entries()) {
      const result = results[index]
      if (result && 'error' in result) failures.push({ messageId, error: result.error })
    }
    return failures
  }
}

const turnOf = ({ contract: { source } }: Received): 'products' | 'requests' | 'queues' => {
  if (source === 'catalog') return 'products'
  return source === 'inventory' ? 'queues' : 'requests'
}

/** Hands the events of the catalogue to `products`, then those of orders and parcels to `requests`, and at last its own to `queues`. */
export const inTurns =
  (turns: Readonly<Record<ReturnType<typeof turnOf>, Consumer>>): Consumer =>
  async (batch) => {
    const failures: Failure[] = []
    for (const turn of ['products', 'requests', 'queues'] as const) {
      const events = batch.filter((event) => turnOf(event) === turn)
      if (events.length > 0) failures.push(...(await turns[turn](events))) // mutant: product-failure
    }
    return failures
  }
