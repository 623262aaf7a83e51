import { LiveInput } from '../../schemas/live.ts'
import { liveIdentity, liveItems, liveOrderStates, liveRights } from '../runtime/aws-wiring.ts'
import { type WebSocketDoor, webSocket } from '../runtime/websocket.ts'
import { liveConnections } from './adapters/connections.apigateway.ts'
import type { ConnectionDeps } from './deps.ts'
import { admit, connected, forget } from './routes/connect.ts'
import { received } from './routes/follow.ts'

/** What answers connections. */
export const door = (deps: ConnectionDeps): WebSocketDoor => {
  const heed = received(deps)
  return {
    admit: admit(deps),
    connected: connected(deps),
    received: (connection, text) => heed(connection, inputOf(text)),
    disconnected: (connectionId) => forget(deps, connectionId),
    unavailable: async ({ id }) => {
      const outcome = await deps.connections.send(id, { type: 'error', code: 'unavailable' })
      // Who may not have got that is to connect again.
      if (outcome === 'late') await deps.connections.end(id)
    },
  }
}

function inputOf(text = ''): LiveInput | undefined {
  try {
    return LiveInput.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

export const handler = webSocket(() =>
  door({
    ...liveItems(),
    connections: liveConnections(),
    rightsOf: liveRights(),
    identify: liveIdentity(),
    readOrder: liveOrderStates(),
  }),
)
