import type { routes } from '../../../schemas/payments.ts'
import type { Handler } from '../../runtime/http.ts'
import { listSharded } from '../../runtime/sharded.ts'
import type { PaymentDeps } from '../deps.ts'
import { holdOf } from '../core/hold.ts'
import { readPayment } from '../store/payment-item.ts'
import { bodyOf } from './payment-body.ts'

/** The payments that wait for an operator, by the time since when. */
export function listPaymentsOnHold({ store }: PaymentDeps): Handler<typeof routes.listPaymentsOnHold> {
  return async ({ query: { limit, cursor }, caller }) => {
    const page = await listSharded(store, 'hold', { limit, cursor })
    const items = page.items
      .map((item) => readPayment(item).state)
      .filter((payment) => holdOf(payment) !== undefined)
      .map((payment) => bodyOf(payment, caller))
    return { body: { items, ...(page.cursor !== undefined && { cursor: page.cursor }) } }
  }
}
