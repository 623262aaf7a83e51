import { topology } from '../../schemas/topology.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import type { AuditDeps } from './deps.ts'
import { onAction } from './on/action.ts'

export const consumer = (deps: AuditDeps): Consumer =>
  oneByOne<(typeof topology.audit.consumes)[number]>({
    'action.catalog_recorded': onAction(deps),
    'action.inventory_recorded': onAction(deps),
    'action.orders_recorded': onAction(deps),
    'action.payments_recorded': onAction(deps),
    'action.shipping_recorded': onAction(deps),
    'action.users_recorded': onAction(deps),
    'action.notifications_recorded': onAction(deps),
  })

export const handler = events(topology.audit.consumes, () => ({
  consumer: consumer(liveItems()),
  ...liveDelivery(),
}))
