import { chanceOf } from '../../../bin/fuzz/chance.ts'
import { guest } from '../../../schemas/guest.ts'
import { followedEvents } from '../../../schemas/live.ts'
import { publicEvents } from '../../../schemas/topology.ts'
import type { World } from '../engine/world.ts'
import type { Ledger } from '../invariants/ledger.ts'
import { Feeds } from './feeds.ts'
import { Followers } from './followers.ts'
import { hasWarnings, publishedOf } from './inbox-events.ts'
import { Inboxes } from './inboxes.ts'
import { ofOneOrder } from './long-order.ts'
import { Webhooks } from './webhooks.ts'

/** A history at rest. */
interface Rested {
  readonly seed: number
  readonly world: World
  readonly ledger: Ledger
  /** Whether the last release took part: it publishes less than some listeners need. */
  readonly isMixed: boolean
}

/** Now and then: whoever listens has what was published. Throws `Violation`. */
export async function checkListeners(rested: Rested): Promise<void> {
  if (!rested.isMixed) await checkInboxes(rested)
  await checkFeed(rested)
  if (rested.isMixed) return
  await checkWebhooks(rested)
  await checkFollowers(rested)
  await rested.ledger.reports.check(rested.seed, rested.world, rested.ledger)
}

const customersOf = ({ orders }: Ledger): readonly string[] => [
  ...new Set([...orders.values()].map(({ state }) => state.customerId).filter((id) => id !== guest)),
]

/** The inboxes have what was published. */
async function checkInboxes({ seed, world, ledger }: Rested): Promise<void> {
  const chance = chanceOf(seed + 1_700_000_001)
  const events = publishedOf(world)
  // Few orders are held for hours without being paid: each of these stands for several.
  const times = hasWarnings(events) ? 4 : chance.maybe(0.2) ? 1 : 0
  for (let time = 1; time <= times; time += 1)
    await new Inboxes(seed + time * 1_900_000_001, world.startedAt, customersOf(ledger)).check(events)
}

/** The feed has what was published, and so have those who follow it. */
async function checkFeed({ seed, world, ledger }: Rested): Promise<void> {
  if (!chanceOf(seed + 2_300_000_001).maybe(0.2)) return
  const events = publishedOf(world, publicEvents)
  const orders = [...ledger.orders.keys()]
  const [order] = orders
  const feeds = new Feeds(seed + 2_100_000_001, world.startedAt)
  if (order !== undefined && chanceOf(seed + 2_500_000_001).maybe(0.1))
    await feeds.check(ofOneOrder(events, order), [order])
  else await feeds.check(events, orders)
}

/** Webhooks get what was published. */
async function checkWebhooks({ seed, world }: Rested): Promise<void> {
  if (!chanceOf(seed + 2_300_000_001).maybe(0.2)) return
  await new Webhooks(seed + 2_500_000_001, world.startedAt).check(publishedOf(world, publicEvents))
}

/** Who follows orders live sees what has become of them. */
async function checkFollowers({ seed, world, ledger }: Rested): Promise<void> {
  if (!chanceOf(seed + 2_100_000_001).maybe(0.4)) return
  const customers = customersOf(ledger).slice(0, 4)
  const followers = new Followers(seed + 2_300_000_001, world.startedAt, customers)
  await followers.check(publishedOf(world, followedEvents))
}
