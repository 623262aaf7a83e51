import type { timers } from '../../../schemas/orders.ts'
import type { HandlersOf } from '../../runtime/events.ts'
import { expire } from '../core/hold.ts'
import type { OrderDeps } from '../deps.ts'
import { changeOrder } from '../store/change-order.ts'

/** Expires the order if its hold has run out unpaid; a timer that is early, late or doubled does nothing. */
export const onHoldEnded = (deps: OrderDeps): HandlersOf<typeof timers.holdEnded> => ({
  'timer.hold_ended': async ({ id: cause, data: { orderId } }) => {
    const now = deps.clock.now()
    await changeOrder(deps, orderId, (order) => expire(order, now), { at: now, cause, by: 'orders' })
  },
})
