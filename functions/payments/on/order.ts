import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/orders.ts'
import type { HandlersOf, Received } from '../../runtime/events.ts'
import { settle } from '../adapters/settle.ts'
import { answer, change } from '../core/change.ts'
import { type Payment, type PaymentEvent, type RequestKind, opened } from '../core/payment.ts'
import type { PaymentDeps } from '../deps.ts'
import { type PaymentMethodChoice, beginAttempt } from '../store/begin-attempt.ts'
import { isWithheld } from '../store/declined-cards.ts'
import type { Stored } from '../store/payment-item.ts'
import { type PaymentChange, changePayment } from '../store/change-payment.ts'

type Closing = typeof events.orderCancelled | typeof events.orderExpired | typeof events.orderPaymentFailed
type OrderEvent =
  | typeof events.orderReserved
  | typeof events.orderBackordered
  | typeof events.paymentCardToken
  | typeof events.orderConfirmed
  | typeof events.orderReturned
  | typeof events.orderForgotten
  | Closing

/** What an event of an order asks of its payment. */
interface OrderRequest {
  readonly kind: RequestKind
  readonly events: readonly PaymentEvent[]
  /** How the money is to be taken at once. */
  readonly choice?: PaymentMethodChoice | undefined
  /** Whether a payment is opened for it where there is none. */
  readonly opens?: boolean
}

/** What orders want to be paid, confirmed, and given back. */
export function onOrder(deps: PaymentDeps): HandlersOf<OrderEvent> {
  const close = (event: Received<Closing>) =>
    // mutant: early-closing
    onRequest(deps, event, { kind: 'closed', events: [{ name: 'closed' }], opens: wasReserved(event.data) })
  return {
    // A token that travels apart opens the payment: before it is there, nothing can be paid.
    'order.reserved': async (event) => {
      if (!event.data.payment.tokenApart) await onRequest(deps, event, reserved(event.data)) // mutant: token-apart
    },
    // The same for an order that pays at placing; others are asked for nothing while they wait.
    'order.backordered': async (event) => {
      const { payment, total, waitsUntil: expiresAt } = event.data
      if (payment && !payment.tokenApart)
        await onRequest(deps, event, reserved({ payment, total, expiresAt, atOnce: true }))
    },
    'payment.card_token': (event) => onRequest(deps, event, reserved(cardOf(event.data))),
    'order.confirmed': (event) => onRequest(deps, event, { kind: 'confirmed', events: [{ name: 'confirmed' }] }),
    'order.cancelled': close,
    'order.expired': close,
    'order.payment_failed': close,
    'order.forgotten': (event) => forget(deps, event),
    'order.returned': (event) =>
      onRequest(deps, event, { kind: 'returned', events: [{ name: 'returned', due: event.data.refundDue.amount }] }),
  }
}

const cardOf = ({ token, total, expiresAt, atOnce }: DataOf<typeof events.paymentCardToken>): Reserved => ({
  payment: { method: 'card', token },
  total,
  expiresAt,
  ...(atOnce && { atOnce }),
})

type Reserved = Pick<DataOf<typeof events.orderReserved>, 'payment' | 'total' | 'expiresAt'> & {
  readonly atOnce?: boolean
}

function reserved({ payment: { method, token }, total, expiresAt, atOnce }: Reserved): OrderRequest {
  const free = total.amount === 0
  return {
    kind: 'reserved',
    events: [{ name: 'reserved', method, expiresAt: Date.parse(expiresAt), ...(atOnce && { atOnce }) }],
    ...(method === 'wallet' && { choice: { method } }),
    ...(method === 'card' && (token !== undefined || free) && { choice: { method, token } }),
  }
}

/** An order that closed before its stock was held asks for no money, unless it waited and pays at placing: its payment need not be opened. */
const wasReserved = ({ facts: { stock, payment } }: Pick<DataOf<Closing>, 'facts'>): boolean =>
  payment !== 'none' || !['requested', 'refused'].includes(stock) // mutant: waited-closing

/** The choice, with a card withheld where its customer had too many declined. What costs nothing asks nobody. */
const asTried = async (
  deps: PaymentDeps,
  { orderId, customerId, amount }: Payment,
  choice: PaymentMethodChoice,
): Promise<PaymentMethodChoice> =>
  choice.method === 'card' && amount.amount > 0
    ? { ...choice, withheld: await isWithheld(deps, orderId, customerId) }
    : choice

/** Adds what the event brings, begins the attempt that it asks for, and performs what is pending then, also after a duplicate. */
async function onRequest(
  deps: PaymentDeps,
  { id: cause, data: { orderId, customerId, total } }: Received<OrderEvent>,
  { kind, events, choice, opens = true }: OrderRequest,
): Promise<void> {
  const origin = { cause, at: deps.clock.now(), by: 'orders' }
  let begun: number | undefined
  const payment = await changePayment(
    deps,
    orderId,
    async (stored): Promise<PaymentChange | undefined> => {
      if (!stored && !opens) return undefined
      const before = stored?.state
      const facts = before ?? opened(orderId, customerId, total, origin.at)
      const changing = (asked: readonly PaymentEvent[]) =>
        answer(before, facts, { kind, id: cause, events: asked }, origin.at)
      const change =
        // mutant: reserved-again
        choice && (before?.attempts.length ?? 0) === 0
          ? await beginAttempt(deps.store, changing, events, await asTried(deps, facts, choice), origin)
          : changing(events)
      begun = change && change.state.attempts.length > facts.attempts.length ? change.state.attempts.length : undefined
      return change
    },
    origin,
  )
  if (payment) await settle(deps, payment, { cause, begun })
}

/** Forgets what there is of the person. A payment that is not there yet is opened: what comes late must find that nothing is to be kept. */
async function forget(deps: PaymentDeps, { id: cause, data }: Received<typeof events.orderForgotten>): Promise<void> {
  const { orderId, customerId, total } = data
  const origin = { cause, at: deps.clock.now(), by: 'orders' }
  const decide = (stored: Stored | undefined): PaymentChange | undefined => {
    if (!stored && !wasReserved(data)) return undefined
    const facts = stored?.state ?? opened(orderId, customerId, total, origin.at)
    return change(stored?.state, facts, [{ name: 'forgotten' }], origin.at)
  }
  await changePayment(deps, orderId, decide, origin)
}
