import { OrderStatus } from '../../../schemas/order-status.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import type { Item } from '../../runtime/store.ts'
import type { Order } from '../core/order.ts'
import { status } from '../core/status.ts'

/** By what a stage lists orders beside customer and day: by status, and then by their changes too. */
export const orderLists = ['off', 'status', 'all'] as const
export type OrderLists = (typeof orderLists)[number]

/** The setting with this name. Throws for any other. */
export function orderListsIn(name: string): OrderLists {
  const found = orderLists.find((each) => each === name)
  if (found === undefined) throw new Error(`${name} is none of ${orderLists.join(', ')}.`)
  return found
}

/** The list of a status in the index `state`: its place in `OrderStatus`, which grows at its end only. */
export const listOf = (is: OrderStatus): string => String(OrderStatus.options.indexOf(is))
/** The list in the index `changed`. A header is small. */
export const changes = 'c'

/**
 * The places of an order in the index `state`, which has a list of each status in the order of placing and sorts as `day` does, and in the index `changed`, by the
 * time of the last change. None where it stands in neither.
 */
export function listPlaces(order: Order): Readonly<Record<string, string>> {
  const { id, facts, changedAt } = order
  if (changedAt === undefined) return {}
  return {
    statePk: partitionOf(listOf(status(facts)), id), // mutant: order-state
    changedPk: partitionOf(changes, id),
    // Enough of the id for no two of a millisecond to be the same.
    changedSk: `${sortableTime(changedAt)}#${id.slice(-12)}`,
  }
}

/** When a header that stands in the index `changed` last changed, in milliseconds since 1970. */
export const changedAtIn = ({ changedSk }: Item): number | undefined =>
  typeof changedSk === 'string' ? Number.parseInt(changedSk, 10) : undefined
