import { PaymentRates } from '../../schemas/rates.ts'
import type { DataOf } from '../../schemas/contract.ts'
import { topology } from '../../schemas/topology.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import { liveDelivery, liveItems, liveRates } from '../runtime/aws-wiring.ts'
import { liveProvider } from './adapters/stage-provider.ts'
import type { PaymentDeps } from './deps.ts'
import { onOrder } from './on/order.ts'
import { onUser } from '../runtime/known-users.ts'
import { readingAhead } from '../runtime/read-ahead.ts'
import { paymentItem } from './store/payment-item.ts'

type Consumed = (typeof topology.payments.consumes)[number]

/** What payments do with each event of their queue: orders and users side by side, the events of each in their turn. */
export const consumer = (deps: PaymentDeps): Consumer => readingAhead(deps, paymentItem.key, sideBySide)

function sideBySide(deps: PaymentDeps): Consumer {
  const inTurn = oneByOne<Consumed>({ ...onOrder(deps), ...onUser(deps) })
  return async (batch) => {
    const byId = Map.groupBy(batch, ({ data }) => idOf(data as DataOf<Consumed>))
    return (await Promise.all(Array.from(byId.values(), inTurn))).flat()
  }
}

const idOf = (data: DataOf<Consumed>): string => ('orderId' in data ? data.orderId : data.userId)

export const handler = events(topology.payments.consumes, () => ({
  consumer: consumer({ ...liveItems(), provider: liveProvider(), rates: liveRates(PaymentRates) }),
  ...liveDelivery(),
}))
