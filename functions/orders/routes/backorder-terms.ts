import { type OrderInput, maxBackorderSkus } from '../../../schemas/order-input.ts'
import type { routes } from '../../../schemas/orders.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Request } from '../../runtime/http.ts'
import type { Order } from '../core/order.ts'
import type { Quote } from '../core/price-list.ts'
import type { PlacingDeps } from '../deps.ts'

/** How long the order may wait for what is short, in seconds, and when it pays; nothing where it may not wait. */
export function backorderOf(deps: PlacingDeps, { backorder }: OrderInput): Pick<Order, 'waitSeconds' | 'payAt'> {
  if (backorder === undefined) return {}
  const { waitSeconds = deps.waitSeconds, payAt } = backorder === true ? {} : backorder
  return { waitSeconds, ...(payAt === 'placing' && { payAt }) }
}

/**
 * The refusal of an order that cannot wait: it has more skus than one transaction carries, or names the warehouses that it ships from, where
 * a unit that it is due may not be.
 */
export function cannotWait(
  { body, refuse }: Pick<Request<typeof routes.placeOrder>, 'body' | 'refuse'>,
  { lines }: Quote,
): HttpProblem | undefined {
  if (body.backorder === undefined) return undefined
  if (body.shipFrom !== undefined)
    return refuse('validation_failed', 'An order that names its warehouses cannot wait for stock.', {
      errors: [{ path: 'backorder', message: 'not together with shipFrom' }],
    })
  if (lines.length <= maxBackorderSkus) return undefined
  return refuse(
    'validation_failed',
    `An order of more than ${maxBackorderSkus} different skus cannot wait for stock.`,
    {
      errors: [
        { path: 'backorder', message: `for ${maxBackorderSkus} different skus at most, and there are ${lines.length}` },
      ],
    },
  )
}
