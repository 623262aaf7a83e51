import type { routes } from '../../../schemas/orders.ts'
import { type Address, Problem } from '../../../schemas/shared.ts'
import { AddressChange } from '../../../schemas/shipping.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { relabelledOr, tooManyMetadataKeys } from '../../runtime/labels.ts'
import type { Order } from '../core/order.ts'
import { isClosed, status } from '../core/status.ts'
import type { LineDeps } from '../deps.ts'
import { giveAddress } from '../store/address-change.ts'
import { labelOrder } from '../store/label-order.ts'
import { notTheirs } from './not-theirs.ts'
import { shownTo } from './show.ts'

type UpdateRequest = Request<typeof routes.updateOrder>

/**
 * Sends an order elsewhere, and changes its labels. Of one that is confirmed shipping decides, by the one write on its shipments that also decides about a dispatch;
 * what it takes is recorded here at once, and once more by its event.
 */
export function updateOrder(deps: LineDeps): Handler<typeof routes.updateOrder> {
  const shown = async (request: UpdateRequest) => {
    const { order, contents, body } = await shownTo(deps.store, request)
    return { order, body, address: contents.shippingAddress }
  }
  return async (request) => {
    const { order, body, address } = await shown(request)
    expectMatch(request, tagOfBody(body))
    const { shippingAddress, ...labels } = request.body
    const { reference, metadata } = body
    // Before anything is changed.
    relabelledOr(request.refuse, noun, { ...(reference && { reference }), ...(metadata && { metadata }) }, labels)
    const isElsewhere = shippingAddress && canonical(address) !== canonical(shippingAddress)
    if (isElsewhere) await readdress(deps, request, order, shippingAddress)
    const labelled = isEmpty(labels) ? 'unchanged' : await labelOrder(deps, order.id, labels, originOf(deps, request))
    if (labelled === 'too_many_metadata_keys') throw tooManyMetadataKeys(request.refuse, noun)
    return isElsewhere || labelled === 'changed' ? { body: (await shown(request)).body } : { body }
  }
}

const isEmpty = (labels: object): boolean => Object.keys(labels).length === 0

const noun = 'An order'

const originOf = ({ clock }: LineDeps, { requestId, caller }: UpdateRequest) => ({
  at: clock.now(),
  cause: requestId,
  by: caller.id,
})

async function readdress(deps: LineDeps, request: UpdateRequest, order: Order, address: Address): Promise<void> {
  if (isClosed(order.facts)) throw closed(request, order)
  const id = digest(order.id, canonical(address), request.requestId)
  const origin = originOf(deps, request)
  const after = await giveAddress(deps, order.id, { id, number: 0, address }, origin, isUnconfirmed)
  if (after?.addressed?.id === id) return
  const change = await taken(deps, request, after ?? order, id, address)
  await giveAddress(deps, order.id, { ...change, address }, origin)
}

/** Orders decides alone about an order of which there are no parcels yet, and will be none before it is confirmed. */
// mutant: address-unconfirmed
const isUnconfirmed = ({ facts, history }: Order): boolean =>
  !isClosed(facts) && !history.some((entry) => entry.status === 'confirmed')

/** The change as shipping has taken it. Throws what it refuses, and `HttpProblem` 503 `unavailable` where it does not answer. */
async function taken(
  deps: LineDeps,
  request: UpdateRequest,
  order: Order,
  changeId: string,
  address: Address,
): Promise<AddressChange> {
  const { headers, refuse: no } = request
  const { authorization = '' } = headers
  const change = { changeId, address }
  const answer = await deps.shipments.readdress(order.id, change, authorization).catch(() => undefined)
  const decided = AddressChange.safeParse(answer?.body)
  if (answer?.status === 200 && decided.success) return decided.data
  const refused = notTheirs(answer, order.id, no)
  if (refused) throw refused
  const code = answer?.status === 409 ? Problem.safeParse(answer.body).data?.code : undefined
  if (code === 'order_closed') throw closed(request, order)
  if (code === 'address_dispatched') throw no(code, 'A parcel of the order has left for its address.')
  throw no('unavailable', 'Whether the order can still go elsewhere is not known now. Try again.', {
    headers: { 'retry-after': '1' },
  })
}

const closed = ({ refuse: no }: UpdateRequest, { facts }: Order) => no('order_closed', `The order is ${status(facts)}.`)
