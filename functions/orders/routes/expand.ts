import * as z from 'zod'
import { type Expansion, ExpandedOrder } from '../../../schemas/expanded-order.ts'
import type { routes } from '../../../schemas/orders.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import type { ShowDeps } from '../deps.ts'
import { historyFor } from './history.ts'
import { shownTo } from './show.ts'

type Parts = Pick<z.input<typeof ExpandedOrder>, Expansion | 'missing'>

/**
 * The order, with what other services have of it where that is asked for: each through the API, with the token of the caller, so that nobody sees
 * more than by the routes of those services. A service that does not answer takes nothing else away: what it has is named in `missing`.
 */
export function getOrder(deps: ShowDeps): Handler<typeof routes.getOrder> {
  return async (request) => {
    const { order, body } = await shownTo(deps.store, request)
    const wanted = [...new Set(request.query.expand)]
    const found = await Promise.all(
      wanted.map(async (what): Promise<Parts> => {
        if (what === 'history') return { history: historyFor(request.caller, order) }
        return partOf(deps, request, what)
      }),
    )
    const missing = found.flatMap((part) => part.missing ?? [])
    const parts = Object.assign({}, ...found) as Parts
    return { body: { ...body, ...parts, ...(missing.length > 0 && { missing }) } }
  }
}

/** The lists of the routes that have the parts. */
const listOf = {
  payments: z.object({ items: ExpandedOrder.shape.payments.unwrap() }),
  shipments: z.object({ items: ExpandedOrder.shape.shipments.unwrap() }),
} as const

async function partOf(
  { parts }: ShowDeps,
  { params: { id }, headers: { authorization = '' } }: Request<typeof routes.getOrder>,
  what: 'payments' | 'shipments',
): Promise<Parts> {
  const answer = await parts[what](id, authorization).catch(() => undefined)
  if (answer?.status === 403) return { missing: [{ what, code: 'forbidden' }] }
  const read = answer?.status === 200 ? listOf[what].safeParse(answer.body) : undefined
  return read?.success ? { [what]: read.data.items } : { missing: [{ what, code: 'unavailable' }] }
}
