import type { Consumer, Received } from '../../runtime/events.ts'
import type { Standing } from '../../runtime/standing.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import { contended } from '../../runtime/errors.ts'
import { logger } from '../../runtime/log.ts'
import { update } from '../../runtime/update.ts'
import { guest } from '../../../schemas/guest.ts'
import type { Principal } from '../../runtime/identity.ts'
import { type OrderNews, frameOf, newsOf } from '../core/order-news.ts'
import { isSent } from '../core/sequence.ts'
import { type Turns, enter, giveUp, leave } from '../core/turn.ts'
import type { LiveDeps } from '../deps.ts'
import { forget, leaveGroup } from '../routes/connect.ts'
import {
  type SubscriptionItem,
  groupNumberOf,
  groupsOf,
  subscriptionId,
  subscriptionItem,
  subscriptionKey,
  subscriptionsOf,
  turnsItem,
} from '../store/live-items.ts'

/** Frames under way at once. */
const atOnce = 50
/** Orders whose events are handled at once. */
const ordersAtOnce = 10
/** Longer than a subscription takes to start, in milliseconds: one that is older has failed. */
const startMs = 60_000
/** More news than an order has while a subscription starts. */
const mostWaiting = 100

/** One who gets news: by a subscription to the order, or as a follower of all of them. */
interface Recipient {
  readonly connectionId: string
  readonly standing: Standing
  readonly subscription?: SubscriptionItem
  /** Of a follower of all orders: the group that it stands in. */
  readonly group?: number
}

/** Sends each event of an order to whoever follows it and may see it: those of one order one after the other, different orders side by side. */
export const spread =
  (deps: LiveDeps): Consumer =>
  async (batch) => {
    const byOrder = Map.groupBy(batch, ({ data }) => (data as { readonly orderId: string }).orderId)
    const failures = await sideBySide([...byOrder.values()], ordersAtOnce, async (events) => {
      const failed = []
      for (const event of events) {
        try {
          await spreadOne(deps, event)
        } catch (error) {
          failed.push({ messageId: event.messageId, error })
        }
      }
      return failed
    })
    return failures.flat()
  }

async function spreadOne(deps: LiveDeps, event: Received): Promise<void> {
  const news = newsOf(event.contract.name, event, event.data as Parameters<typeof newsOf>[2])
  const { orderId } = news
  const audience = await audienceOf(deps, orderId)
  if (audience.length === 0) return
  const by = `${event.messageId} ${deps.random()}`
  let round = await takeTurn(deps, news, by)
  let known: typeof audience | undefined = audience
  try {
    while (round.length > 0) {
      // Who began to follow since then has read a state with this event in it. Others that waited may be newer than that.
      const recipients = known && round.every(({ id }) => id === news.id) ? known : await audienceOf(deps, orderId) // mutant: live-audience
      known = undefined
      for (const each of round) await sendToAll(deps, each, recipients)
      round = await endTurn(deps, orderId, round, by)
    }
  } catch (error) {
    await giveTurnUp(deps, orderId, by)
    throw error
  }
}

/** What is to be sent now by whoever has the turn; nothing where somebody else has it, or it was sent before. */
async function takeTurn(deps: LiveDeps, news: OrderNews, by: string): Promise<readonly OrderNews[]> {
  let round: readonly OrderNews[] = []
  await update(deps, turnsItem, news.orderId, originOf(deps, news), (found) => {
    const entered = enter(found?.state, news, by, deps.clock.now())
    if (entered.as === 'doubtful') throw contended('the turn of an order')
    round = entered.as === 'taken' ? entered.turns.waiting : []
    return 'turns' in entered ? { state: entered.turns, emits: [] } : undefined // mutant: live-left
  })
  return round
}

/** Ends the turn, or goes on with what came meanwhile. Throws where another one has taken over, after too long a time. */
async function endTurn(
  deps: LiveDeps,
  orderId: string,
  sent: readonly OrderNews[],
  by: string,
): Promise<readonly OrderNews[]> {
  let next: Turns | undefined
  await update(deps, turnsItem, orderId, originOf(deps, { orderId, id: by }), (found) => {
    next = found && leave(found.state, sent, by, deps.clock.now())
    return next && { state: next, emits: [] }
  })
  if (next === undefined) throw contended('the turn of an order')
  return next.waiting
}

/** So that the event finds its turn free when it comes again; where that fails too, the turn runs out. */
async function giveTurnUp(deps: LiveDeps, orderId: string, by: string): Promise<void> {
  const given = update(deps, turnsItem, orderId, originOf(deps, { orderId, id: by }), (found) => {
    const turns = found && giveUp(found.state, by)
    return turns && { state: turns, emits: [] }
  })
  await given.catch((error: unknown) => logger.warn('a turn runs out', { orderId, error: error as Error }))
}

const originOf = ({ clock }: LiveDeps, { id, orderId }: Pick<OrderNews, 'id' | 'orderId'>) => ({
  cause: id,
  at: clock.now(),
  by: orderId,
})

/** Each connection once, also one that follows the order twice over. */
async function audienceOf({ store }: LiveDeps, orderId: string): Promise<readonly Recipient[]> {
  const [subscriptions, groups] = await Promise.all([subscriptionsOf(store, orderId), groupsOf(store)])
  const byId = new Map<string, Recipient>()
  for (const item of groups)
    for (const [connectionId, standing] of Object.entries(item.members))
      byId.set(connectionId, { connectionId, standing, group: groupNumberOf(item) })
  for (const subscription of subscriptions) {
    const { connectionId, standing } = subscription
    byId.set(connectionId, { ...byId.get(connectionId), connectionId, standing, subscription })
  }
  return [...byId.values()]
}

/** Sends side by side. Throws once all have their turn, where it is not known whether one was reached. */
async function sendToAll(deps: LiveDeps, news: OrderNews, recipients: readonly Recipient[]): Promise<void> {
  const failures: unknown[] = []
  await sideBySide(recipients, atOnce, async (each) => {
    await sendTo(deps, news, each).catch((error: unknown) => failures.push(error))
  })
  if (failures.length > 0) throw failures[0] // mutant: live-send-failed
}

async function sendTo(deps: LiveDeps, news: OrderNews, recipient: Recipient): Promise<void> {
  const { connectionId, standing, subscription } = recipient
  const rights = await deps.rightsOf(standing)
  // Whose token has ended, whose session, or whose right: the connection ends with it.
  if (!maySee(rights, news, subscription)) return end(deps, recipient, news.orderId) // mutant: live-may-see
  const now = subscription?.state === 'starting' ? await keepFor(deps, subscription, news) : subscription
  if (now === 'kept') return
  if (now === 'failed') return end(deps, recipient, news.orderId)
  if (now?.sent && isSent(now.sent, news)) return // mutant: live-sent-before
  const outcome = await deps.connections.send(connectionId, frameOf(news))
  if (outcome === 'late') return end(deps, recipient, news.orderId) // mutant: live-late
  if (outcome === 'gone') await forgetAt(deps, recipient, news.orderId)
}

/** Orders have let the follower see the order once; whether that still holds is in the event and in what the follower may do now. */
function maySee(rights: Principal | undefined, { customerId }: OrderNews, subscription?: SubscriptionItem): boolean {
  if (rights === undefined) return false
  if (rights.scopes.has('orders:read') || subscription?.state === 'starting') return true
  return subscription?.own === true && (customerId === rights.id || customerId === guest)
}

/** Leaves news to a subscription that starts: it sends them itself. What it is by now, where it has started meanwhile. */
async function keepFor(
  deps: LiveDeps,
  { connectionId, ...before }: SubscriptionItem,
  news: OrderNews,
): Promise<SubscriptionItem | 'kept' | 'failed' | undefined> {
  const now = deps.clock.now()
  if (before.startedAt + startMs < now) return 'failed' // mutant: live-start-failed
  let outcome: SubscriptionItem | 'kept' | 'failed' | undefined
  await update(deps, subscriptionItem, subscriptionId(news.orderId, connectionId), originOf(deps, news), (found) => {
    outcome = 'kept'
    if (found === undefined) return undefined
    const { state } = found
    if (state.state === 'active') {
      outcome = state // mutant: live-keep
      return undefined
    }
    if (state.waiting.some(({ id }) => id === news.id)) return undefined
    if (state.waiting.length >= mostWaiting) outcome = 'failed'
    return outcome === 'failed' ? undefined : { state: { ...state, waiting: [...state.waiting, news] }, emits: [] }
  })
  return outcome
}

/** Ends a connection: its client connects again, if it may, and gets the last state first. */
async function end(deps: LiveDeps, recipient: Recipient, orderId: string): Promise<void> {
  await deps.connections.end(recipient.connectionId)
  await forgetAt(deps, recipient, orderId)
}

/** Forgets a connection, also one of which nothing is left but what has led here. */
async function forgetAt(deps: LiveDeps, { connectionId, group }: Recipient, orderId: string): Promise<void> {
  await deps.store.write({ delete: subscriptionKey(subscriptionId(orderId, connectionId)), if: 'any' })
  if (group !== undefined) await leaveGroup(deps, group, connectionId) // mutant: live-group-left
  await forget(deps, connectionId)
}
