import { guest as guestId } from '../../../schemas/guest.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { OrderInput } from '../../../schemas/order-input.ts'
import type { Order as OrderBody } from '../../../schemas/order.ts'
import type { routes } from '../../../schemas/orders.ts'
import type * as z from 'zod'
import { Arrivals } from '../../runtime/arrivals.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { isUserFor } from '../../runtime/known-users.ts'
import { derivedId } from '../../runtime/ids.ts'
import { labelsIn, labelsOf } from '../../runtime/labels.ts'
import { logger } from '../../runtime/log.ts'
import { StoreUnavailable } from '../../runtime/store.ts'
import { type Contents, type Order, initialFacts, initialPayment } from '../core/order.ts'
import { type Stored, complete, findOrder, isOrder, readOrder, writesOfPlacing } from '../store/order-item.ts'
import type { PlacingDeps } from '../deps.ts'
import { type Quote, type Refusal, type RefusalCode, quote } from '../core/price-list.ts'
import { digestOf, writesOfGuest } from '../store/guest-item.ts'
import { findLabels, writesOfLabels } from '../store/labels-item.ts'
import { requestIn } from '../store/order-marks.ts'
import { findPrices } from '../store/price-item.ts'
import { backorderOf, cannotWait } from './backorder-terms.ts'
import { notOffered, priceChanged, tooManyHolds } from './customer-terms.ts'
import { mailLink } from './guest-link.ts'
import { noGuest } from './guest-orders.ts'
import { asPlaced, bodyOf } from './order-body.ts'
import { wantedOf } from './take-over.ts'
import { untilAnswered } from './wait.ts'

type PlaceRequest = Request<typeof routes.placeOrder>

/**
 * Places an order under an id made from caller and `Idempotency-Key`: the condition of its write is the check for duplicates. The
 * same request again is answered with the order as it was placed, with `Prefer: wait` as it stands. A refusal is only given when there is
 * no such order: a product that was deleted since, or a limit that is reached by now, does not break a repetition.
 */
export function placeOrder(deps: PlacingDeps): Handler<typeof routes.placeOrder> {
  const { store, clock } = deps
  return async (request) => {
    const { body, caller, idempotencyKey } = request
    const id = derivedId('ord', caller.id, idempotencyKey)
    logger.appendKeys({ correlationId: id })
    const hash = digestOf(body)
    const customerId = customerOf(request)
    const refused = async (problem: HttpProblem): Promise<PlaceAnswer> => {
      const known = await findOrder(store, id, { consistent: true })
      if (known) return again(deps, request, known, hash)
      throw problem
    }
    const wanted = await wantedOf(deps, request)
    if ('problem' in wanted) return refused(wanted.problem)
    const skus = wanted.map(({ sku }) => sku)
    const arrivals = new Arrivals(clock) // mutant: price-arrival
    const prices = await arrivals.all(skus, (missing, options) => findPrices(store, missing, options))
    const quoted = quote(wanted, prices, body.payment.method)
    if ('code' in quoted) return refused(problemOf(quoted, request))
    const problem =
      accountLeaving(request) ??
      noGuest(request) ??
      priceChanged(request, quoted) ??
      notOffered(deps, request) ??
      cannotWait(request, quoted) ??
      (await unknownCustomer(deps, customerId, request, arrivals)) ??
      (await tooManyHolds(deps, request, quoted))
    if (problem) return refused(problem)
    const origin = { at: clock.now(), cause: request.requestId, by: caller.id }
    const holdSeconds = body.holdSeconds ?? deps.holdSeconds
    const labels = labelsOf(body)
    const order = opened({
      id,
      customerId,
      holdSeconds,
      ...backorderOf(deps, body),
      body,
      quoted,
      origin,
      ...(labels && { hasLabels: true }),
      ...(deps.lists !== 'off' && { changedAt: origin.at }),
    })
    const contents = contentsOf(body, quoted)
    const { aside, header, stored } = writesOfPlacing(order, contents, hash, origin)
    const beside = [
      ...(body.guest ? writesOfGuest(stored, body.guest) : []),
      ...(labels ? writesOfLabels(stored, labels) : []),
    ]
    // All or nothing: what an attempt that dies had written ahead would be nobody's, with the words of a person in it.
    const outcome = await store.write(header, ...aside, ...beside) // mutant: placed-whole
    if (outcome.ok) return answer(deps, request, stored, contents)
    const found = outcome.failed[0]?.found
    if (!found || !isOrder(found)) throw new StoreUnavailable(`The order ${id} exists and cannot be read.`)
    const known = readOrder(found)
    return again(deps, request, known, hash) // mutant: order-key-race
  }
}

/** The refusal of an account that is to be erased; what operators place for it runs its course. */
const accountLeaving = ({ caller, refuse }: PlaceRequest): HttpProblem | undefined =>
  caller.leaving && !caller.privileged // mutant: leaving-order
    ? refuse('account_leaving', 'The account is to be erased. Keep it first: DELETE /users/me/erasure.')
    : undefined

function customerOf({ body: { customerId }, caller, refuse }: PlaceRequest): string {
  if (customerId === undefined && caller.kind === 'key')
    throw refuse('customer_required', 'A key orders for others: name a user, or guest.', {
      errors: [{ path: 'customerId', message: 'a key names it' }],
    })
  if (customerId === undefined) return caller.id
  if (caller.privileged) return customerId
  throw refuse('customer_not_allowed', 'Only operators place orders for others.', {
    errors: [{ path: 'customerId', message: 'for operators only' }],
  })
}

/** The refusal of a customer that is not registered; a caller has an account, and `guest` stands for a customer without one. */
async function unknownCustomer(
  deps: PlacingDeps,
  customerId: string,
  { caller, refuse }: PlaceRequest,
  arrivals: Arrivals,
): Promise<HttpProblem | undefined> {
  // mutant: order-for-user
  if (customerId === guestId || (await isUserFor(caller, deps, customerId, arrivals))) return undefined
  return refuse('unknown_customer', 'Take the id of a user, or guest for a customer without an account.', {
    errors: [{ path: 'customerId', message: `there is no user ${customerId}` }],
  })
}

const details: Readonly<Record<RefusalCode, string>> = {
  validation_failed: 'The request has invalid fields.',
  unknown_sku: 'There are no such products.',
  product_inactive: 'Some products cannot be ordered now.',
  currency_mismatch: 'All lines of an order have one currency.',
  total_too_large: 'The total is too large.',
  not_payable_by_card: 'A card cannot be charged with this total. Choose another way to pay.',
}

/** Lines that the request does not name are those of its hold. */
function problemOf({ code, errors }: Refusal, { body: { lines }, refuse }: PlaceRequest): HttpProblem {
  const ofHold = errors.map(({ path, message }) => ({ path: 'reservationId', message: `its ${path}: ${message}` }))
  return refuse(code, details[code], { errors: lines === undefined ? ofHold : errors })
}

function opened({
  body: {
    payment: { method, token },
    shippingAddress,
  },
  quoted: { lines, total },
  origin,
  ...given
}: Pick<Order, 'id' | 'customerId' | 'holdSeconds' | 'waitSeconds' | 'payAt' | 'hasLabels' | 'changedAt'> & {
  readonly body: OrderInput
  readonly quoted: Quote
  readonly origin: Origin
}): Order {
  return {
    ...given,
    method,
    ...(token !== undefined && { token }),
    ...(shippingAddress && { hasAddress: true }),
    placedAt: origin.at,
    numbersTime: true,
    lineCount: lines.length,
    total,
    facts: initialFacts,
    payment: initialPayment,
    returns: new Map(),
    history: [{ status: 'placed', ...origin }],
  }
}

const contentsOf = (
  { shippingAddress, billingAddress, notes, shipFrom, reservationId }: OrderInput,
  { lines }: Quote,
): Contents => ({
  lines,
  ...(shippingAddress && { shippingAddress }),
  ...(billingAddress && { billingAddress }),
  ...(notes !== undefined && { notes }),
  ...(shipFrom && { shipFrom }),
  ...(reservationId !== undefined && { reservationId }),
})

type PlaceAnswer = Answer<z.input<typeof OrderBody>>

async function again(deps: PlacingDeps, request: PlaceRequest, known: Stored, hash: string): Promise<PlaceAnswer> {
  // mutant: order-key
  if (requestIn(known.item.hash) !== hash) {
    throw request.refuse(
      'idempotency_key_reused',
      'This Idempotency-Key came with another order before. Take a new one for each order.',
    )
  }
  const { headers, ...answered } = await answer(deps, request, known)
  return { ...answered, headers: { ...headers, 'idempotent-replayed': 'true' } }
}

/** The order as it was placed, or after a wait as it stands. */
async function answer(
  deps: PlacingDeps,
  request: PlaceRequest,
  stored: Stored,
  known?: Contents,
): Promise<PlaceAnswer> {
  const { waitMs, body } = request
  if (body.guest) await mailLink(deps, request.refuse, stored)
  const seen = waitMs > 0 ? await untilAnswered(deps, stored, waitMs) : undefined
  const { order, contents } = await complete(deps.store, seen ?? stored, known)
  const { guest, shippingAddress } = body
  // The order may go elsewhere by now.
  const placed = { ...contents, shippingAddress }
  if (seen === undefined) return { body: bodyOf(asPlaced(order), placed, { guest, labels: labelsOf(body) }) }
  const labels = await findLabels(deps.store, seen)
  const beside = { guest, ...(labels && { labels: labelsIn(labels) }) }
  return { body: bodyOf(order, contents, beside), headers: { 'preference-applied': `wait=${waitMs / 1_000}` } }
}
