import type { Origin } from '../../../schemas/origin.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { type Item, type Key, type Store, type Write } from '../../runtime/store.ts'
import { inPlaceOf, revisionOf } from '../../runtime/update.ts'
import type { OwnLimits } from '../core/limits.ts'
import { type Stored, isOrder, readOrder } from './order-item.ts'

/**
 * What an operator has set for a customer. It stands in the index `customer` behind all orders of that customer: what reads the newest of
 * them reads it, too.
 */
export interface LimitsItem extends Item, OwnLimits {
  readonly customerPk: string
  readonly customerSk: string
  /** Of the operator. */
  readonly by: string
}

const limitsKey = (userId: string): Key => ({ pk: `user_${userId}`, sk: 'limits' })
/** Sorts behind every time. */
const behindOrders = '~limits'

export async function findLimits(store: Store, userId: string): Promise<LimitsItem | undefined> {
  return (await store.get(limitsKey(userId), { consistent: true })) as LimitsItem | undefined
}

export const limitsIn = ({ openHolds, unitsPerSku }: OwnLimits): OwnLimits => ({
  ...(openHolds !== undefined && { openHolds }),
  ...(unitsPerSku !== undefined && { unitsPerSku }),
})

/** The write that sets these limits in the place of what was found. */
export function writeOfLimits(
  before: LimitsItem | undefined,
  userId: string,
  limits: OwnLimits,
  origin: Origin,
): Write {
  const item: LimitsItem = {
    ...limitsKey(userId),
    customerPk: userId,
    customerSk: behindOrders,
    ...limits,
    ...revisionOf(before, [], origin),
    by: origin.by,
  }
  return inPlaceOf(before, item) // mutant: limits-write
}

/** More orders than these, of which most must be closed, are not read to place another one. */
const maxRead = 2_000
/** Most customers have placed fewer. */
const firstPage = 25
const pageSize = 100

export interface Recent {
  readonly set: OwnLimits
  /** The newest first. */
  readonly orders: readonly Stored[]
  /** Whether these are all since that time. */
  readonly all: boolean
}

/**
 * The limits of a customer, and where they ask for it all orders placed since then, in milliseconds since 1970: by one query, as long as
 * there are 25 at most. An order shows in it moments after it was placed.
 */
export async function findRecent(
  store: Store,
  customerId: string,
  since: number,
  needsAll: (set: OwnLimits) => boolean,
): Promise<Recent> {
  const items: Item[] = []
  let set: OwnLimits = {}
  let cursor: string | undefined
  do {
    const page = await store.query({
      index: 'customer',
      partition: customerId,
      from: sortableTime(Math.max(since, 0)),
      descending: true,
      limit: items.length === 0 ? firstPage : pageSize,
      cursor,
    })
    items.push(...page.items)
    cursor = page.cursor
    set = limitsIn((items.find(({ sk }) => sk === 'limits') as LimitsItem | undefined) ?? {})
  } while (cursor !== undefined && items.length < maxRead && needsAll(set))
  const orders = items.filter(isOrder).map(readOrder)
  return { set, orders, all: cursor === undefined }
}
