import type { Limits } from '../../../schemas/limits.ts'
import type { routes } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Request } from '../../runtime/http.ts'
import { hoards, holdLimit, inForce, isOpenHold, isOver, lookBackMs } from '../core/limits.ts'
import type { Quote } from '../core/price-list.ts'
import type { PlacingDeps } from '../deps.ts'
import { findRecent } from '../store/limits-item.ts'
import { type Stored, complete } from '../store/order-item.ts'

type PlaceRequest = Request<typeof routes.placeOrder>

/** The refusal of what only operators may choose: a longer hold than the stage's, and a way to pay that the stage does not offer. */
export function notOffered(deps: PlacingDeps, { body, caller, refuse }: PlaceRequest): HttpProblem | undefined {
  const { holdSeconds = 0, payment } = body
  if (caller.privileged) return undefined
  // mutant: hold-length
  if (holdSeconds > deps.holdSeconds)
    return refuse('hold_too_long', `An order holds its stock for ${deps.holdSeconds} seconds at most.`, {
      errors: [{ path: 'holdSeconds', message: `at most ${deps.holdSeconds}` }],
    })
  const { waitSeconds = 0 } = typeof body.backorder === 'object' ? body.backorder : {}
  if (waitSeconds > deps.waitSeconds)
    return refuse('hold_too_long', `An order waits for its stock for ${deps.waitSeconds} seconds at most.`, {
      errors: [{ path: 'backorder.waitSeconds', message: `at most ${deps.waitSeconds}` }],
    })
  if (payment.method === 'manual' && !deps.customersChooseManual)
    return refuse('payment_method_not_offered', 'Orders that an operator approves are placed by operators.', {
      errors: [{ path: 'payment.method', message: 'for operators only' }],
    })
  return undefined
}

/** The refusal of an order that would cost something else than the buyer was shown. */
export function priceChanged(
  { body: { expectedTotal }, refuse }: PlaceRequest,
  { total }: Quote,
): HttpProblem | undefined {
  if (expectedTotal === undefined) return undefined
  if (expectedTotal.currency !== total.currency)
    return refuse('currency_mismatch', `The order is in ${total.currency}.`, {
      errors: [{ path: 'expectedTotal.currency', message: `the products are in ${total.currency}` }],
    })
  if (expectedTotal.amount === total.amount) return undefined // mutant: expected-total
  return refuse('price_changed', `The order would cost ${total.amount} ${total.currency}, in minor units.`, { total })
}

/**
 * The refusal of an order that would make its customer hold too much without paying, by one query of the index `customer`. What
 * operators place is not counted, and they are not asked. Read last: orders that are placed meanwhile are not seen.
 */
export async function tooManyHolds(
  deps: PlacingDeps,
  { body, caller, refuse }: PlaceRequest,
  { lines }: Quote,
): Promise<HttpProblem | undefined> {
  if (caller.privileged) return undefined
  const { store, clock } = deps
  const now = clock.now()
  const since = now - lookBackMs(deps)
  const { set, orders, all } = await findRecent(store, caller.id, since, (own) => areLimited(inForce(deps.limits, own)))
  const limits = inForce(deps.limits, set)
  if (!areLimited(limits)) return undefined
  const open = orders.filter(({ state }) => isOpenHold(state))
  const { most, until } = holdLimit(
    limits,
    orders.map(({ state }) => state),
    now,
  )
  // mutant: hold-limit
  if (isOver(open.length + 1, most)) {
    const why = until === undefined ? '' : ` until ${timeOf(until)}, as three orders expired unpaid within a day`
    return refuse('too_many_holds', `You may have ${most} unpaid orders at a time${why}. ${openOnes(open)}`)
  }
  if (!all)
    return refuse(
      'too_many_holds',
      `You have placed more orders since ${timeOf(since)} than can be counted. An operator can lift both limits. ${openOnes(open)}`,
    )
  if (limits.unitsPerSku === 'unlimited') return undefined
  const held = await Promise.all(open.map((stored) => complete(store, stored)))
  const over = hoards(
    lines,
    held.map(({ contents }) => contents.lines),
    limits,
  )
  if (over.length === 0) return undefined // mutant: unit-limit
  const errors = over.map(({ sku, held: units, most: allowed }) => ({
    path: `lines[${(body.lines ?? []).findIndex((line) => line.sku === sku)}].quantity`,
    message: `${sku}: ${units} units are in unpaid orders already, at most ${allowed} may be`,
  }))
  return refuse('too_many_holds', `These would be too many unpaid units. ${openOnes(open)}`, { errors })
}

const areLimited = ({ openHolds, unitsPerSku }: Limits): boolean =>
  openHolds !== 'unlimited' || unitsPerSku !== 'unlimited'

/** A refusal names so many orders. */
const maxNamed = 20

function openOnes(open: readonly Stored[]): string {
  if (open.length === 0) return 'No order of yours is open.'
  const named = open.slice(0, maxNamed).map(({ state }) => state.id)
  const more = open.length > maxNamed ? ` and ${open.length - maxNamed} more` : ''
  return `Open: ${named.join(', ')}${more}. Pay or cancel one of them.`
}
