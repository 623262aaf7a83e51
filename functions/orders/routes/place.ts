import type { Origin } from '../../../schemas/origin.ts'
import { type Order as OrderBody, type OrderInput, guest, type routes } from '../../../schemas/orders.ts'
import type * as z from 'zod'
import { Arrivals } from '../../runtime/arrivals.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { isUser } from '../../runtime/known-users.ts'
import { canonical, derivedId, digest } from '../../runtime/ids.ts'
import { logger } from '../../runtime/log.ts'
import { keyOf } from '../../runtime/store.rules.ts'
import { StoreUnavailable } from '../../runtime/store.ts'
import { type Contents, type Order, initialFacts, initialPayment } from '../core/order.ts'
import { type Stored, complete, findOrder, writesOfPlacing, readOrder } from '../store/order-item.ts'
import type { PlacingDeps } from '../deps.ts'
import { type Quote, type Refusal, type RefusalCode, quote } from '../core/price-list.ts'
import { findPrices } from '../store/price-item.ts'
import { notOffered, tooManyHolds } from './customer-terms.ts'
import { asPlaced, bodyOf } from './order-body.ts'
import { untilAnswered } from './wait.ts'

type PlaceRequest = Request<typeof routes.placeOrder>

/**
 * Places an order under an id made from caller and `Idempotency-Key`: the condition of its one write is the check for duplicates. The
 * same request again is answered with the order as it was placed, with `Prefer: wait` as it stands. A refusal is only given when there is
 * no such order: a product that was deleted since, or a limit that is reached by now, does not break a repetition.
 */
export function placeOrder(deps: PlacingDeps): Handler<typeof routes.placeOrder> {
  const { store, clock } = deps
  return async (request) => {
    const { body, caller, idempotencyKey } = request
    const id = derivedId('ord', caller.id, idempotencyKey)
    logger.appendKeys({ correlationId: id })
    const hash = digest(canonical(body))
    const customerId = customerOf(request)
    const skus = body.lines.map(({ sku }) => sku)
    const arrivals = new Arrivals(clock) // mutant: price-arrival
    const prices = await arrivals.all(skus, (missing, options) => findPrices(store, missing, options))
    const quoted = quote(body.lines, prices, body.payment.method)
    const refused =
      'code' in quoted
        ? problemOf(quoted, request)
        : (notOffered(deps, request) ??
          (await unknownCustomer(deps, customerId, request, arrivals)) ??
          (await tooManyHolds(deps, request, quoted)))
    if ('code' in quoted || refused) {
      const known = await findOrder(store, id, { consistent: true })
      if (known) return again(deps, request, known, hash)
      throw refused
    }
    const origin = { at: clock.now(), cause: request.requestId, by: caller.id }
    const holdSeconds = body.holdSeconds ?? deps.holdSeconds
    const order = opened({ id, customerId, holdSeconds, payment: body.payment, quoted, origin })
    const contents = contentsOf(body, quoted)
    const { aside, header, stored } = writesOfPlacing(order, contents, hash, origin)
    await Promise.all(aside.map((write) => store.write(write)))
    const outcome = await store.write(header)
    if (outcome.ok) return answer(deps, request, stored, contents)
    const found = outcome.failed[0]?.found
    if (!found) throw new StoreUnavailable(`The order ${id} exists and cannot be read.`)
    const known = readOrder(found)
    if (known.item.aside !== stored.item.aside)
      await Promise.all(aside.map((write) => store.write({ delete: keyOf(write), if: 'any' })))
    return again(deps, request, known, hash) // mutant: order-key-race
  }
}

function customerOf({ body: { customerId }, caller, refuse }: PlaceRequest): string {
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
  if (customerId === caller.id || customerId === guest || (await isUser(deps, customerId, arrivals))) return undefined
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

const problemOf = ({ code, errors }: Refusal, { refuse }: PlaceRequest): HttpProblem =>
  refuse(code, details[code], { errors })

function opened({
  payment: { method, token },
  quoted: { lines, total },
  origin,
  ...given
}: Pick<Order, 'id' | 'customerId' | 'holdSeconds'> & {
  readonly payment: OrderInput['payment']
  readonly quoted: Quote
  readonly origin: Origin
}): Order {
  return {
    ...given,
    method,
    ...(token !== undefined && { token }),
    placedAt: origin.at,
    lineCount: lines.length,
    total,
    facts: initialFacts,
    payment: initialPayment,
    returns: new Map(),
    history: [{ status: 'placed', ...origin }],
  }
}

const contentsOf = ({ shippingAddress, billingAddress, notes }: OrderInput, { lines }: Quote): Contents => ({
  lines,
  ...(shippingAddress && { shippingAddress }),
  ...(billingAddress && { billingAddress }),
  ...(notes !== undefined && { notes }),
})

type PlaceAnswer = Answer<z.input<typeof OrderBody>>

async function again(deps: PlacingDeps, request: PlaceRequest, known: Stored, hash: string): Promise<PlaceAnswer> {
  // mutant: order-key
  if (known.item.hash !== hash) {
    throw request.refuse(
      'idempotency_key_reused',
      'This Idempotency-Key came with another order before. Take a new one for each order.',
    )
  }
  const { headers, ...answered } = await answer(deps, request, known)
  return { ...answered, headers: { ...headers, 'idempotent-replayed': 'true' } }
}

/** The order as it was placed, or after `Prefer: wait` as it stands. */
async function answer(
  deps: PlacingDeps,
  { waitMs }: PlaceRequest,
  stored: Stored,
  known?: Contents,
): Promise<PlaceAnswer> {
  const seen = waitMs > 0 ? await untilAnswered(deps, stored, waitMs) : stored
  const { order, contents } = await complete(deps.store, seen, known)
  if (waitMs === 0) return { body: bodyOf(asPlaced(order), contents) }
  return { body: bodyOf(order, contents), headers: { 'preference-applied': `wait=${waitMs / 1_000}` } }
}
