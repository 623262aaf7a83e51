import { env } from '../../functions/runtime/env.ts'
import { followedEvents } from '../../schemas/live.ts'
import type { ServiceStack } from '../service-stack.ts'
import { EventSubscription } from './event-subscription.ts'
import { LiveApi } from './live-api.ts'
import { ServiceFunction } from './service-function.ts'

/** Live updates: the WebSocket API with its function, and the one that sends each event to whoever follows its order. */
export function addLive(stack: ServiceStack): void {
  const { setting, platform, table } = stack
  const connections = new ServiceFunction(stack, 'Live', { setting, kind: 'live' })
  const api = new LiveApi(stack, 'LiveApi', setting, connections)
  const { function: fanout } = new EventSubscription(stack, 'Fanout', {
    setting,
    bus: platform.bus,
    consumes: followedEvents,
    kind: 'fanout',
  })
  for (const fn of [connections, fanout]) {
    table.bindTo(fn)
    platform.directory.letCheck(fn)
    api.letPost(fn)
  }
  // The state of an order is asked of orders, with the token that the connection was opened with.
  connections.bind({ [env.apiUrl]: platform.gateway.url })
}
