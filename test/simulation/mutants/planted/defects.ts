import { analyticsDefects } from './analytics-defects.ts'
import type { Defect } from './defect.ts'
import { feedDefects } from './feed-defects.ts'
import { hiddenDefects } from './hidden-defects.ts'
import { holdsDefects } from './holds-defects.ts'
import { inventoryDefects } from './inventory-defects.ts'
import { labelsDefects } from './labels-defects.ts'
import { liveDefects } from './live-defects.ts'
import { notificationsDefects } from './notifications-defects.ts'
import { ordersDefects } from './orders-defects.ts'
import { photosDefects } from './photos-defects.ts'
import { paymentsDefects } from './payments-defects.ts'
import { runtimeDefects } from './runtime-defects.ts'
import { shippingDefects } from './shipping-defects.ts'
import { supplyDefects } from './supply-defects.ts'
import { usersDefects } from './users-defects.ts'
import { waitingDefects } from './waiting-defects.ts'
import { webhooksDefects } from './webhooks-defects.ts'

/** Mistakes that somebody could make in the shipped code: each is found alone. */
export const all: readonly Defect[] = [
  ...inventoryDefects,
  ...holdsDefects,
  ...ordersDefects,
  ...paymentsDefects,
  ...shippingDefects,
  ...runtimeDefects,
  ...usersDefects,
  ...waitingDefects,
  ...supplyDefects,
  ...notificationsDefects,
  ...feedDefects,
  ...webhooksDefects,
  ...liveDefects,
  ...analyticsDefects,
  ...photosDefects,
  ...labelsDefects,
]

/** The defect of that name. Throws when there is none. */
export function defectOf(name: string): Defect {
  const found = [...all, ...hiddenDefects].find((defect) => defect.name === name)
  if (!found) throw new Error(`There is no defect "${name}".`)
  return found
}

/** Mistakes of which one could hide what gives the other away. */
export const pairs: readonly (readonly [string, string])[] = [
  // The second line of defence is gone, too.
  ['a warehouse finds what every object has', 'levels are written whatever they are'],
  ['an event of any size is put', 'a call that is refused as a whole is made again for ever'],
  // Nothing moves at all, so that every sum is right.
  ['moved units stay where they were', 'moved units do not arrive'],
  // Each would fail where the other one's condition holds.
  ['stock is written over whatever is there', 'a reservation is written over whatever is there'],
  // What is lost is not missed: nobody asks again.
  ['consumers acknowledge what failed', 'nobody reminds of what is pending'],
  ['events that the bus did not take are forgotten', 'the sweeper publishes nothing again'],
  ['nothing is pending of a placed order', 'the relay takes an error of the bus for success'],
  // Neither an event nor the sweeper fills a queue.
  ['nobody hears of units that came', 'nobody tries a queue again'],
  // Both ways of ending a hold are gone.
  ['nobody looks for lost timers', 'the sweeper does not expire'],
  // Orders and holds agree about being too early, or too late.
  ['orders expire before their time', 'holds expire before their time'],
  ['orders are approved after their time', 'nobody looks for lost timers'],
  // The catalogue's readers agree, and are all wrong.
  ['old news of products replaces new', 'old prices replace new ones'],
  ['stock of a retired product can be reserved', 'a product with reserved units can be retired'],
  // What is given back wrongly would be put right by what is not given back.
  ['a confirmed order gives its stock back', 'an order takes back what it knows of stock'],
  ['a commit gives the units back', 'what is committed is not given back'],
  ['a closed order keeps its stock', 'closed orders are approved'],
  // Poison leaves by one door or by the other.
  ['poison is thrown away', 'poison that could not be parked is thrown away'],
  // What the rule lets pass the consumer would park, and what the consumer takes the rule would keep back.
  ['consumers believe every source', 'rules let each source publish what others may publish'],
  ['placing again replaces the order', 'an order is written over whatever is there'],
  // Nobody has anything to give back.
  ['returns are not paid back', 'returned goods are worth nothing'],
  ['an order is paid without its wallet', 'a refund misses its wallet'],
  // Both ways to a lost answer are gone.
  ['nobody asks the provider again', 'nobody reminds of what is pending'],
  // Too much is taken, and what was too much is not looked for.
  ['two tabs pay at once', 'money that came twice is kept'],
  ['money is taken before the order confirms', 'what is set aside for a closed order stays so'],
  ['a closed order keeps its money', 'nothing is pending of a closed order'],
  // Each would fail where the other one's condition holds.
  ['a wallet is written over whatever is there', 'a payment is written over whatever is there'],
  // What leaves twice comes back twice.
  ['a parcel leaves twice', 'a return is counted twice'],
  ['a cancelled parcel may leave', 'what has left goes back all the same'],
]
