import type { routes } from '../../../schemas/orders.ts'
import type { Request } from '../../runtime/http.ts'

type ListRequest = Request<typeof routes.listOrders>

/** Each has a list of its own; from and to go with any. */
const filters = ['status', 'customerId', 'updatedSince', 'reference', 'number', 'email'] as const
export type Filter = (typeof filters)[number]

/** A customer is listed with a status too: the orders of one customer are read, and shown as far as they have it. */
const goTogether: ReadonlySet<Filter> = new Set(['status', 'customerId'])
/** What leads to orders of anybody. */
const forOperators: ReadonlySet<Filter> = new Set(['updatedSince', 'reference', 'number', 'email'])

/** Refuses filters that do not go together, and those that the caller may not take. */
export function checkFilters({ query, caller, refuse }: ListRequest): void {
  if (!caller.privileged && query.customerId !== undefined && query.customerId !== caller.id)
    throw refuse('customer_not_allowed', 'Only operators list the orders of others.')
  const named = filters.filter((filter) => query[filter] !== undefined)
  const denied = caller.privileged ? undefined : named.find((filter) => forOperators.has(filter))
  if (denied !== undefined)
    throw refuse('customer_not_allowed', 'Only operators list orders by this.', {
      errors: [{ path: denied, message: 'for operators only' }],
    })
  if (named.length < 2 || named.every((filter) => goTogether.has(filter))) return
  throw refuse('filter_combination', `Filter by one of ${named.join(', ')}; from and to go with each.`, {
    errors: named.map((path) => ({
      path,
      message: `not together with ${named.filter((each) => each !== path).join(', ')}`,
    })),
  })
}
