import type { DataOf } from '../../../schemas/contract.ts'
import type { events as orders } from '../../../schemas/orders.ts'
import type { topology } from '../../../schemas/topology.ts'
import type { events as users } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Consumer, type Received, oneByOne } from '../../runtime/events.ts'
import { learnUser } from '../../runtime/known-users.ts'
import { type Means, beginAttempt } from '../store/begin-attempt.ts'
import { type Move, changePayment } from '../store/change-payment.ts'
import type { PaymentDeps } from '../deps.ts'
import { type PaymentEvent, type Request, answer, opened } from '../core/payment.ts'
import { settle } from '../adapters/settle.ts'

type Consumed = (typeof topology.payments.consumes)[number]
type OfUser = Received<typeof users.userRegistered | typeof users.userUpdated>
type OfOrder = Exclude<Consumed, OfUser['contract']>
type Closing = Received<typeof orders.orderCancelled | typeof orders.orderExpired | typeof orders.orderPaymentFailed>

/** What orders ask for with an event. */
interface Asked {
  readonly kind: Request
  readonly events: readonly PaymentEvent[]
  readonly means?: Means | undefined
  /** Whether a payment that nobody has heard of is made for it. */
  readonly makes?: boolean
}

/** What payments do with each event of their queue. Orders and users are served side by side, the events of each in their turn. */
export function consume(deps: PaymentDeps): Consumer {
  const close = (event: Closing) =>
    // mutant: early-closing
    serve(deps, event, { kind: 'closed', events: [{ name: 'closed' }], makes: wasReserved(event.data) })
  const learn = ({ id: cause, data }: OfUser) => learnUser(deps.store, data, { cause, at: timeOf(deps.clock.now()) })
  const consumer = oneByOne<Consumed>({
    'order.reserved': (event) => serve(deps, event, reserved(event.data)),
    'order.confirmed': (event) => serve(deps, event, { kind: 'confirmed', events: [{ name: 'confirmed' }] }),
    'order.cancelled': close,
    'order.expired': close,
    'order.payment_failed': close,
    'order.returned': (event) =>
      serve(deps, event, { kind: 'returned', events: [{ name: 'returned', due: event.data.refundDue.amount }] }),
    'user.registered': learn,
    'user.updated': learn,
  })
  return async (batch) => {
    const byId = Map.groupBy(batch, ({ data }) => idOf(data as DataOf<Consumed>))
    return (await Promise.all(Array.from(byId.values(), consumer))).flat()
  }
}

const idOf = (data: DataOf<Consumed>): string => ('orderId' in data ? data.orderId : data.userId)

function reserved({ payment: { method, token }, total, expiresAt }: DataOf<typeof orders.orderReserved>): Asked {
  const free = total.amount === 0
  return {
    kind: 'reserved',
    events: [{ name: 'reserved', method, expiresAt: Date.parse(expiresAt) }],
    ...(method === 'wallet' && { means: { method } }),
    ...(method === 'card' && (token !== undefined || free) && { means: { method, token } }),
  }
}

/** An order that closed before its stock was held never asks for money: nothing has to be remembered against that. */
const wasReserved = ({ facts: { stock, payment } }: Closing['data']): boolean =>
  payment !== 'none' || !['requested', 'backordered', 'refused'].includes(stock)

/** Adds what the event says, begins the attempt that it asks for, and performs what is owed then, also after a duplicate. */
async function serve(
  deps: PaymentDeps,
  { id: cause, data: { orderId, customerId, total } }: Received<OfOrder>,
  { kind, events, means, makes = true }: Asked,
): Promise<void> {
  const { store, clock } = deps
  const origin = { cause, at: clock.now() }
  let begun: number | undefined
  const payment = await changePayment(
    store,
    orderId,
    async (stored): Promise<Move | undefined> => {
      if (!stored && !makes) return undefined
      const before = stored?.payment
      const facts = before ?? opened(orderId, customerId, total, origin.at)
      const changing = (asked: readonly PaymentEvent[]) =>
        answer(before, facts, { kind, id: cause, events: asked }, origin.at)
      const move =
        // mutant: reserved-again
        means && before?.expiresAt === undefined
          ? await beginAttempt(store, changing, events, means, origin)
          : moveOf(changing(events))
      begun =
        move && move.change.payment.attempts.length > facts.attempts.length
          ? move.change.payment.attempts.length
          : undefined
      return move
    },
    origin,
  )
  if (payment) await settle(deps, payment, { cause, begun })
}

const moveOf = (change: Move['change'] | undefined): Move | undefined => change && { change }
