import { LineCancellation } from '../../../schemas/shipping.ts'
import type { routes } from '../../../schemas/orders.ts'
import { Problem } from '../../../schemas/shared.ts'
import type { HttpProblem, Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { performOnce } from '../../runtime/idempotent-commit.ts'
import { digest } from '../../runtime/ids.ts'
import { closing } from '../core/decisions.ts'
import type { Line, OrderEvent } from '../core/order.ts'
import { isClosed, status } from '../core/status.ts'
import type { LineDeps } from '../deps.ts'
import { changeOrder } from '../store/change-order.ts'
import { type Stored, complete } from '../store/order-item.ts'
import { completeWithBeside } from './guest-orders.ts'
import { notTheirs } from './not-theirs.ts'
import { bodyOf } from './order-body.ts'
import { visibleOrder } from './show.ts'

type LineRequest = Request<typeof routes.cancelOrderLine>

/**
 * Cancels units of a line. Of a confirmed order shipping decides, by the one write on its shipments that also decides about a dispatch;
 * what it has taken out of parcels is recorded here at once, and once more by its event. The answer shows the order as it stands.
 */
export function cancelOrderLine(deps: LineDeps): Handler<typeof routes.cancelOrderLine> {
  return async (request) => {
    const { headers } = await performOnce<Record<string, never>>(
      deps,
      request,
      async () => {
        const stored = await visibleOrder(deps.store, request)
        await lineOf(deps, request, stored)
        refuseUnconfirmed(request, stored)
      },
      async () => {
        const stored = await visibleOrder(deps.store, request)
        const line = await lineOf(deps, request, stored)
        await record(deps, request, line, await cancelled(deps, request, stored))
        return { body: {} }
      },
    )
    const { order, contents, beside } = await completeWithBeside(deps.store, await visibleOrder(deps.store, request))
    return { body: bodyOf(order, contents, beside), ...(headers && { headers }) }
  }
}

async function lineOf({ store }: LineDeps, { params, refuse: no }: LineRequest, stored: Stored): Promise<Line> {
  const { contents } = await complete(store, stored)
  const line = contents.lines.find(({ sku }) => sku === params.sku)
  if (line === undefined) throw no('line_not_found', `The order has no line of ${params.sku}.`)
  return line
}

/** No shipments will ever be of an order that closed before it was confirmed. */
function refuseUnconfirmed({ refuse: no }: LineRequest, { state: { facts, history } }: Stored): void {
  if (history.some((entry) => entry.status === 'confirmed')) return
  const is = status(facts)
  if (isClosed(facts)) throw no('order_closed', `The order is ${is}.`)
  throw no('line_not_confirmed', `The order is ${is}: only whole orders are cancelled then.`)
}

/** What shipping has taken out of parcels. Throws what it refuses, and `HttpProblem` 503 `unavailable` where it does not answer. */
async function cancelled(
  { shipments }: LineDeps,
  { params: { id, sku }, body, idempotencyKey, headers: { authorization = '' }, refuse: no }: LineRequest,
  { state: { facts } }: Stored,
): Promise<LineCancellation> {
  const line = { sku, ...(body?.quantity !== undefined && { quantity: body.quantity }) }
  const answer = await shipments
    .cancelLine(id, line, digest(id, sku, idempotencyKey), authorization)
    .catch(() => undefined)
  const decided = LineCancellation.safeParse(answer?.body)
  if (answer?.status === 200 && decided.success) return decided.data
  const refused = notTheirs(answer, id, no)
  if (refused) throw refused
  const problem = answer?.status === 409 ? Problem.safeParse(answer.body).data : undefined
  const code = refusals.find((each) => each === problem?.code)
  if (code === undefined) throw unavailable(no)
  // What a closed order still had is cancelled with it.
  throw isClosed(facts) ? no('order_closed', `The order is ${status(facts)}.`) : no(code, problem?.detail ?? '')
}

const refusals = ['line_cancelled', 'line_dispatched', 'line_exceeded', 'too_many_cancellations'] as const

const unavailable = (no: Refuse<'unavailable'>): HttpProblem =>
  no(
    'unavailable',
    'Whether the line can still be cancelled is not known now. Try again, with the same Idempotency-Key.',
    {
      headers: { 'retry-after': '1' },
    },
  )

async function record(
  deps: LineDeps,
  { params: { id }, body, caller, requestId: cause }: LineRequest,
  { price }: Line,
  { items, nothingSent }: LineCancellation,
): Promise<void> {
  const origin = { at: deps.clock.now(), cause, by: caller.id }
  const by = caller.privileged ? 'operator' : 'customer'
  // Who has cancelled the last line has cancelled the order, and is to be named.
  if (nothingSent) await changeOrder(deps, id, (order) => closing(order, by, body?.reason), origin)
  for (const { id: itemId, shipmentId, sku, quantity } of items) {
    const about = { fulfilment: 'created', cancelled: [sku, quantity], value: price * quantity } as const
    const event: OrderEvent =
      itemId === shipmentId
        ? { name: 'withdrawn', shipmentId, nothingSent, ...about }
        : { name: 'line_cancelled', id: itemId, ...about }
    await changeOrder(deps, id, () => event, origin)
  }
}
