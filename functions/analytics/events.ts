import { topology } from '../../schemas/topology.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { env, required } from '../runtime/env.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import { daysIn } from './adapters/days.ts'
import type { AnalyticsDeps } from './deps.ts'
import { onOrder } from './on/order.ts'
import { onPayment } from './on/payment.ts'
import { onProduct } from './on/product.ts'

export const consumer = (deps: AnalyticsDeps): Consumer =>
  oneByOne<(typeof topology.analytics.consumes)[number]>({
    ...onOrder(deps),
    'payment.failed': onPayment(deps),
    'payment.voided': onPayment(deps),
    'payment.refunded': onPayment(deps),
    'payment.refund_failed': onPayment(deps),
    'product.created': onProduct(deps),
    'product.updated': onProduct(deps),
  })

export const handler = events(topology.analytics.consumes, () => ({
  consumer: consumer({ ...liveItems(), days: daysIn(required(env.timeZone)) }),
  ...liveDelivery(),
}))
