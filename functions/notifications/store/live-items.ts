import { mostFollowed } from '../../../schemas/live.ts'
import type { Standing } from '../../runtime/standing.ts'
import type { Item, Key, Store } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, plainCodec, revisionOf } from '../../runtime/update.ts'
import type { OrderNews } from '../core/order-news.ts'
import type { Sent } from '../core/sequence.ts'
import type { Turns } from '../core/turn.ts'

/** A connection lives for two hours at most; what is left of it goes a little later. In seconds. */
const keptSeconds = 7_500
/** The order of an order's news is kept for longer than any of them can be late, in seconds. */
const turnsSeconds = 30 * 86_400

export const ttlOfConnection = (connectedAt: number): number => Math.ceil(connectedAt / 1_000) + keptSeconds

/** Who follows from where. */
interface Follower {
  readonly connectionId: string
  readonly standing: Standing
}

/** An open connection, who is behind it, and what it follows: what is to be forgotten with it. */
export interface ConnectionItem extends Item, Follower {
  readonly connectedAt: number
  readonly orders: readonly string[]
  /** The group of those who follow all orders that it is in. */
  readonly group?: number
}

export const connectionKey = (connectionId: string): Key => ({ pk: `live_${connectionId}`, sk: 'connection' })
export const connectionItem = plainCodec<ConnectionItem>('the connection', connectionKey)

export const followsMost = ({ orders }: ConnectionItem): boolean => orders.length >= mostFollowed

/** That a connection follows an order. */
export interface SubscriptionItem extends Item, Follower {
  /** While it starts, news wait in `waiting` until the state has been sent. */
  readonly state: 'starting' | 'active'
  /** The request that began it: a later one takes its place. */
  readonly attempt: string
  readonly startedAt: number
  readonly waiting: readonly OrderNews[]
  /** Of one that is active: what was sent before news came to it by themselves. */
  readonly sent?: Sent
  /** Whether the order is the follower's own: else it takes a scope, at each event. */
  readonly own?: true
}

const partitionOf = (orderId: string): string => `live_${orderId}`
const subscriptionStart = 'to_'

/** The id of a subscription, for its codec. */
export const subscriptionId = (orderId: string, connectionId: string): string => `${orderId} ${connectionId}`
export const subscriptionKey = (id: string): Key => {
  const [orderId = '', connectionId = ''] = id.split(' ')
  return { pk: partitionOf(orderId), sk: `${subscriptionStart}${connectionId}` }
}
export const subscriptionItem = plainCodec<SubscriptionItem>('the subscription', subscriptionKey)

const turnsKey = (orderId: string): Key => ({ pk: partitionOf(orderId), sk: 'turns' })

/** Whose turn it is to send the news of an order. */
export const turnsItem: Codec<Turns> = {
  noun: 'the turn of an order',
  key: turnsKey,
  read: (item) => ({ state: item['turns'] as Turns, item }),
  // mutant: live-turn-write
  writes: (before, { state, emits }, origin) => [
    inPlaceOf(before?.item, {
      ...turnsKey(origin.by),
      ...revisionOf(before?.item, emits, origin),
      turns: state,
      ttl: Math.ceil(origin.at / 1_000) + turnsSeconds,
    }),
  ],
}

/** Everybody who follows the order by its id. What was just written is among them. */
export const subscriptionsOf = async (store: Store, orderId: string): Promise<readonly SubscriptionItem[]> =>
  (await allOf(store, partitionOf(orderId), subscriptionStart, 'to`')) as readonly SubscriptionItem[]

/** How many connections that follow all orders stand in one item: about four kilobytes, one unit to read. */
export const groupSize = 20

/** Some of the connections that follow all orders, by their ids. */
export interface GroupItem extends Item {
  readonly members: Readonly<Record<string, Standing>>
}

const groups = 'live_all'
export const groupItem = plainCodec<GroupItem>('those who follow all orders', (id) => ({
  pk: groups,
  sk: `group_${id.padStart(6, '0')}`,
}))
export const groupNumberOf = ({ sk }: GroupItem): number => Number(sk.slice('group_'.length))

export const groupsOf = async (store: Store): Promise<readonly GroupItem[]> =>
  (await allOf(store, groups, 'group_', 'group`')) as readonly GroupItem[]

async function allOf(store: Store, partition: string, from: string, to: string): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await store.query({ partition, from, to, limit: 100, consistent: true, cursor }) // mutant: live-query
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}
