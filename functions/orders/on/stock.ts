import { type Envelope, detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/inventory.ts'
import { timers as contracts } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { HandlersOf } from '../../runtime/events.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import type { TimerMessage } from '../../runtime/timers.ts'
import { type Order, type OrderEvent, waitsUntil } from '../core/order.ts'
import { status } from '../core/status.ts'
import type { HoldDeps } from '../deps.ts'
import { changeOrder } from '../store/change-order.ts'

type StockEvent =
  | typeof events.stockReserved
  | typeof events.stockBackordered
  | typeof events.stockRefused
  | typeof events.stockCommitted
  | typeof events.stockReleased

/** What inventory answers about the stock of an order. Throws when there is no such order. */
export const onStock = (deps: HoldDeps): HandlersOf<StockEvent> => ({
  'stock.reserved': (event) =>
    onAnswer(deps, event, { name: 'stock.reserved', expiresAt: Date.parse(event.data.expiresAt) }),
  'stock.backordered': (event) => {
    const { estimatedAt, estimate = 0 } = event.data
    return onAnswer(deps, event, {
      name: 'stock.backordered',
      estimatedAt: estimatedAt === undefined ? undefined : Date.parse(estimatedAt),
      estimate,
    })
  },
  'stock.refused': (event) =>
    onAnswer(deps, event, { name: 'stock.refused', shortages: event.data.shortages, refusal: event.data.reason }),
  'stock.committed': (event) => onAnswer(deps, event, { name: 'stock.committed' }),
  'stock.released': (event) => onAnswer(deps, event, { name: 'stock.released' }),
})

/** An answer without an order belongs to a reservation of its own. */
type Answer = Envelope<{ readonly orderId?: string | undefined }>

/** Adds the answer to the order, and sets or clears the timer of its hold. */
async function onAnswer(deps: HoldDeps, { id: cause, data: { orderId } }: Answer, event: OrderEvent): Promise<void> {
  if (orderId === undefined) return
  const { clock, timers } = deps
  const now = clock.now()
  const order = await changeOrder(deps, orderId, () => event, { at: now, cause, by: 'inventory' })
  await changeWaitTimer(deps, order, cause, event, now)
  if (order.expiresAt === undefined) return
  // Also after a duplicate: the first delivery may have died between the write and the timer.
  if (event.name === 'stock.reserved' && status(order.facts) === 'reserved')
    await unlessAway(timers.set(orderId, order.expiresAt, holdEnded(order, order.expiresAt, cause)))
  if (event.name !== 'stock.reserved' && now < order.expiresAt) await unlessAway(timers.clear(orderId))
}

/** Sets the timer of a wait for stock, or clears it once the stock is held or given up. */
async function changeWaitTimer(
  { timers }: HoldDeps,
  order: Order,
  cause: string,
  { name }: OrderEvent,
  now: number,
): Promise<void> {
  const end = waitsUntil(order)
  if (end === undefined) return
  const timer = `${order.id}_wait`
  if (name === 'stock.backordered' && status(order.facts) === 'backordered')
    return unlessAway(timers.set(timer, end, holdEnded(order, end, cause)))
  const hasWaited = order.history.some((entry) => entry.status === 'backordered')
  if (hasWaited && (name === 'stock.reserved' || name === 'stock.released') && now < end)
    await unlessAway(timers.clear(timer))
}

/** A timer that cannot be set or cleared is left to the sweeper, and counted. */
async function unlessAway(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    logger.warn('timer not changed', { error: error as Error })
    metrics.addMetric(metric.timersMissed, 'Count', 1)
  }
}

function holdEnded({ id }: Order, expiresAt: number, cause: string): TimerMessage {
  const { holdEnded: contract } = contracts
  return {
    source: sourceOf(contract),
    'detail-type': detailTypeOf(contract),
    detail: {
      id: `${id}/order/${contract.name}`,
      time: timeOf(expiresAt),
      correlationId: id,
      causationId: cause,
      data: { orderId: id },
    },
  }
}
