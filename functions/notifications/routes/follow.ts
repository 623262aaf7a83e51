import type { LiveError, LiveFrame, LiveInput } from '../../../schemas/live.ts'
import { logger } from '../../runtime/log.ts'
import type { Principal } from '../../runtime/identity.ts'
import type { Connection } from '../../runtime/websocket.ts'
import { load, update } from '../../runtime/update.ts'
import { type OrderNews, type OrderState, frameOf, stateOf } from '../core/order-news.ts'
import { type Sent, unsent, withSent } from '../core/sequence.ts'
import type { ConnectionDeps } from '../deps.ts'
import {
  type ConnectionItem,
  type SubscriptionItem,
  connectionItem,
  followsMost,
  groupItem,
  groupNumberOf,
  groupSize,
  groupsOf,
  subscriptionId,
  subscriptionItem,
  subscriptionKey,
} from '../store/live-items.ts'
import { forget, leaveGroup } from './connect.ts'

/** A message of a connection: what it asks for, or undefined for one that is not understood. */
export const received =
  (deps: ConnectionDeps) =>
  async (connection: Connection, input: LiveInput | undefined): Promise<void> =>
    new Conversation(deps, connection).answer(input)

/** The scope of those who see every order. */
const allOrders = 'orders:read'

/** Ends the answer: the connection is gone, and forgotten. */
class Gone extends Error {}

class Conversation {
  readonly #deps: ConnectionDeps
  readonly #connection: Connection

  constructor(deps: ConnectionDeps, connection: Connection) {
    this.#deps = deps
    this.#connection = connection
  }

  async answer(input: LiveInput | undefined): Promise<void> {
    try {
      const known = await load(this.#deps.store, connectionItem, this.#connection.id)
      const rights = known && (await this.#deps.rightsOf(known.state.standing))
      if (known === undefined || rights === undefined) return await this.#end()
      await this.#heed(input, known.state, rights)
    } catch (error) {
      if (!(error instanceof Gone)) throw error
    }
  }

  async #heed(input: LiveInput | undefined, known: ConnectionItem, rights: Principal): Promise<void> {
    if (input === undefined) return this.#refuse('invalid_message')
    if (input.action === 'ping') return this.#send({ type: 'pong' })
    if (input.action === 'subscribe')
      return 'orders' in input ? this.#followAll(known, rights) : this.#follow(input.orderId, known, rights)
    if ('orders' in input) await this.#unfollowAll(known)
    else await this.#unfollow(input.orderId)
    const what = 'orders' in input ? { orders: input.orders } : { orderId: input.orderId }
    return this.#send({ type: 'unsubscribed', ...what })
  }

  /** First the subscription, then the state, then what came meanwhile: so nothing falls between them. */
  async #follow(orderId: string, known: ConnectionItem, rights: Principal): Promise<void> {
    const entered = await this.#change((item) =>
      item.orders.includes(orderId)
        ? item
        : followsMost(item)
          ? undefined
          : { ...item, orders: [...item.orders, orderId] },
    )
    if (entered === 'refused') return this.#refuse('too_many_subscriptions', orderId)
    await this.#start(orderId, known)
    const answer = await this.#deps.readOrder(orderId, this.#connection.authorization).catch((error: unknown) => {
      logger.warn('orders did not answer', { error: error as Error })
      return { status: 503, body: undefined }
    })
    if (answer.status !== 200) {
      await this.#unfollow(orderId)
      if (answer.status === 401) return this.#end()
      return this.#refuse(answer.status < 500 ? 'order_not_found' : 'unavailable', orderId)
    }
    const state = stateOf(answer.body as Parameters<typeof stateOf>[0])
    await this.#send({ type: 'subscribed', orderId, sequence: state.sequence, order: state.order })
    await this.#activate(orderId, state, rights)
  }

  async #start(orderId: string, { standing, ttl }: ConnectionItem): Promise<void> {
    const { id: connectionId, requestId: attempt } = this.#connection
    const id = subscriptionId(orderId, connectionId)
    const startedAt = this.#deps.clock.now()
    const starting: SubscriptionItem = {
      ...subscriptionKey(id),
      version: 0,
      connectionId,
      standing,
      state: 'starting', // mutant: live-starting
      attempt,
      startedAt,
      waiting: [],
      ...(ttl !== undefined && { ttl }),
    }
    await update(this.#deps, subscriptionItem, id, this.#origin(), () => ({ state: starting, emits: [] }))
  }

  /** Sends what has waited, until nothing does in the very moment in which news begin to come by themselves. */
  async #activate(orderId: string, state: OrderState, rights: Principal): Promise<void> {
    const isOwn = !rights.scopes.has(allOrders) || (rights.kind === 'user' && state.customerId === rights.id)
    let sent: Sent = { sequence: state.sequence }
    for (;;) {
      let waiting: readonly OrderNews[] = []
      await update(
        this.#deps,
        subscriptionItem,
        subscriptionId(orderId, this.#connection.id),
        this.#origin(),
        (found) => {
          waiting = []
          if (found?.state.attempt !== this.#connection.requestId) return undefined
          waiting = unsent(sent, found.state.waiting)
          if (waiting.length > 0) return undefined // mutant: live-drain
          const { waiting: _, ...rest } = found.state
          const active: SubscriptionItem = { ...rest, state: 'active', waiting: [], sent, ...(isOwn && { own: true }) }
          return { state: active, emits: [] }
        },
      )
      if (waiting.length === 0) return
      for (const each of waiting) {
        await this.#send(frameOf(each))
        sent = withSent(sent, each)
      }
    }
  }

  async #followAll({ standing }: ConnectionItem, { scopes }: Principal): Promise<void> {
    if (!scopes.has(allOrders)) return this.#refuse('forbidden')
    const { id } = this.#connection
    const found = await groupsOf(this.#deps.store)
    if (!found.some(({ members }) => Object.hasOwn(members, id))) {
      const free = found.find(({ members }) => Object.keys(members).length < groupSize)
      const last = found.at(-1)
      await this.#join(free ? groupNumberOf(free) : last ? groupNumberOf(last) + 1 : 0, standing)
    }
    await this.#send({ type: 'subscribed', orders: '*' })
  }

  /** The connection names its group first, so that it is taken out of it whenever it is forgotten. A group that others have filled is passed by. */
  async #join(number: number, standing: ConnectionItem['standing']): Promise<void> {
    for (let group = number; ; group += 1) {
      await this.#change((item) => ({ ...item, group }))
      let isIn = false
      await update(this.#deps, groupItem, String(group), this.#origin(), (before) => {
        const members = before?.state.members ?? {}
        isIn = Object.keys(members).length < groupSize
        if (!isIn) return undefined
        const state = { ...groupItem.key(String(group)), version: 0, ...before?.state }
        return { state: { ...state, members: { ...members, [this.#connection.id]: standing } }, emits: [] }
      })
      if (isIn) return
    }
  }

  async #unfollowAll({ group }: ConnectionItem): Promise<void> {
    if (group !== undefined) await leaveGroup(this.#deps, group, this.#connection.id)
    await this.#change(({ group: _, ...item }) => item)
  }

  async #unfollow(orderId: string): Promise<void> {
    const key = subscriptionKey(subscriptionId(orderId, this.#connection.id))
    await this.#deps.store.write({ delete: key, if: 'any' })
    await this.#change((item) => ({ ...item, orders: item.orders.filter((each) => each !== orderId) }))
  }

  /** Changes what the connection follows; `refused` where that cannot be. */
  async #change(change: (item: ConnectionItem) => ConnectionItem | undefined): Promise<'changed' | 'refused'> {
    let outcome: 'changed' | 'refused' | 'gone' = 'gone'
    await update(this.#deps, connectionItem, this.#connection.id, this.#origin(), (found) => {
      outcome = 'gone'
      if (found === undefined) return undefined
      const state = change(found.state)
      outcome = state ? 'changed' : 'refused'
      return state && state !== found.state ? { state, emits: [] } : undefined
    })
    if (outcome === 'gone') throw new Gone()
    return outcome
  }

  async #refuse(code: LiveError, orderId?: string): Promise<void> {
    await this.#send({ type: 'error', code, ...(orderId !== undefined && { orderId }) })
  }

  async #send(frame: LiveFrame): Promise<void> {
    const { id } = this.#connection
    const outcome = await this.#deps.connections.send(id, frame)
    if (outcome === 'sent') return
    if (outcome === 'late') await this.#deps.connections.end(id)
    await forget(this.#deps, id)
    throw new Gone()
  }

  /** Nobody is behind the connection any more. */
  async #end(): Promise<void> {
    await this.#refuse('unauthenticated')
    await this.#deps.connections.end(this.#connection.id)
    await forget(this.#deps, this.#connection.id)
  }

  #origin() {
    return { cause: this.#connection.requestId, at: this.#deps.clock.now(), by: 'live' }
  }
}
