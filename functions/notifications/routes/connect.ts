import { standingOf } from '../../runtime/standing.ts'
import type { Admitted, Connection, Knock } from '../../runtime/websocket.ts'
import { first } from '../../runtime/store.ts'
import type { ConnectionDeps, LiveDeps } from '../deps.ts'
import {
  type ConnectionItem,
  connectionItem,
  connectionKey,
  groupItem,
  subscriptionId,
  subscriptionKey,
  ttlOfConnection,
} from '../store/live-items.ts'
import { opened, placeOfTicket, used } from '../store/ticket-item.ts'
import { load, update } from '../../runtime/update.ts'

/** Who may connect: whoever has a good token, or a ticket that nobody has used. */
export const admit =
  (deps: Door) =>
  async ({ authorization, ticket }: Knock): Promise<Admitted | undefined> => {
    const shown = authorization ?? (ticket === undefined ? undefined : await behindTicket(deps, ticket))
    if (shown === undefined) return undefined
    const principal = await deps.identify(shown)
    return principal && standingOf(shown) && { principalId: principal.id, authorization: shown }
  }

type Door = Pick<ConnectionDeps, 'identify' | 'store' | 'clock'>

async function behindTicket({ store, clock }: Door, ticket: string): Promise<string | undefined> {
  const place = placeOfTicket(ticket)
  const item = place && (await store.get(place, { consistent: true }))
  if (item === undefined) return undefined
  const outcome = await store.write(used(item))
  return outcome.ok ? opened(item, ticket, clock.now()) : undefined
}

/** Keeps a connection, and who is behind it. */
export const connected =
  ({ store }: LiveDeps) =>
  async ({ id: connectionId, connectedAt, authorization }: Connection): Promise<boolean> => {
    const standing = standingOf(authorization)
    if (standing === undefined) return false
    const ttl = ttlOfConnection(connectedAt)
    const put: ConnectionItem = first({
      ...connectionKey(connectionId),
      connectionId,
      standing,
      connectedAt,
      orders: [],
      ttl,
    })
    await store.write({ put, if: 'any' })
    return true
  }

/** Forgets a connection and all that it follows; last of all the connection, so that what was begun can be done again. */
export async function forget(deps: LiveDeps, connectionId: string): Promise<void> {
  const { store } = deps
  const found = await load(store, connectionItem, connectionId)
  if (found === undefined) return
  const { orders, group } = found.state
  for (const orderId of orders)
    await store.write({ delete: subscriptionKey(subscriptionId(orderId, connectionId)), if: 'any' })
  if (group !== undefined) await leaveGroup(deps, group, connectionId)
  await store.write({ delete: connectionKey(connectionId), if: 'any' })
}

/** Takes a connection out of those who follow all orders. */
export async function leaveGroup(deps: LiveDeps, group: number, connectionId: string): Promise<void> {
  const origin = { cause: connectionId, at: deps.clock.now(), by: 'live' }
  await update(deps, groupItem, String(group), origin, (before) => {
    if (before === undefined || !Object.hasOwn(before.state.members, connectionId)) return undefined
    const { [connectionId]: _, ...members } = before.state.members
    return { state: { ...before.state, members }, emits: [] }
  })
}
