import { packLines, unpackLines } from '../../../schemas/packed-lines.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { type Item, type Key, type Write, over } from '../../runtime/store.ts'
import { revisionOf } from '../../runtime/update.ts'
import { type Reservation, type ReservationEventName, isSettled } from '../core/reservation.ts'
import type { Put } from './stock-item.ts'

export type ReservationItem = Item & Reservation

/** A reservation as the table has it: the lines of a large one are packed, its tasks are called jobs. */
type StoredReservation = Item &
  Omit<Reservation, 'tasks'> & {
    readonly warehouses?: readonly string[]
    readonly jobs?: Reservation['tasks']
  }

export const reservationKey = (id: string): Key => ({ pk: id, sk: 'reservation' })

/** The reservation in its item. */
export function readReservation(found: Item): ReservationItem {
  const { warehouses, jobs, ...item } = found as StoredReservation
  return { ...item, lines: unpackLines({ lines: item.lines, warehouses }), ...(jobs && { tasks: jobs }) }
}

/** The write of a reservation in the place of `before`. */
export function putReservation(
  before: ReservationItem | undefined,
  reservation: Reservation,
  origin: Origin,
  emits: readonly ReservationEventName[],
): Put {
  const { tasks, outbox, duePk, dueSk, listPk, listSk, ...kept } = reservation as ReservationItem
  const put = {
    ...kept,
    ...packLines(kept.lines),
    ...(tasks && { jobs: tasks }),
    ...reservationKey(kept.id),
    ...revisionOf(before, emits, origin),
    ...dueOf(reservation, origin.at),
    ...listedOf(reservation),
  }
  return { put, if: over(before) } // mutant: reservation-write
}

/** How long a step under way may rest before the sweeper goes on with it, in milliseconds. */
const restMs = 60_000

/** The place in index `due`, of steps under way and of holds without an order: the hold of an order ends with an event of the order. */
function dueOf(reservation: Reservation, at: number): { duePk?: string; dueSk?: string } {
  const { id, status, orderId, expiresAt } = reservation
  const held = status === 'held' || status === 'holding'
  if (held ? orderId !== undefined : isSettled(status)) return {} // mutant: hold-due
  return { duePk: partitionOf('due', id), dueSk: `${status === 'held' ? expiresAt : timeOf(at + restMs)}#${id}` }
}

/** The place in index `list`, by the status: of holds the first to end stands first, of others the oldest. What is allocated to orders stands in shipments. */
function listedOf({ id, orderId, status, createdAt, expiresAt }: Reservation): { listPk?: string; listSk?: string } {
  const isListed = status === 'held' || status === 'waiting' || (status === 'committed' && orderId === undefined)
  if (!isListed) return {} // mutant: reservation-list
  const time = Date.parse(status === 'held' ? expiresAt : createdAt)
  return { listPk: partitionOf(status, id), listSk: `${sortableTime(time)}#${id}` }
}

/** The write that brings a reservation into its list, as the version that it is: it emits nothing new. None where it stands there. */
export function reservationAgain(item: Item): Write[] {
  const { listPk, listSk, ...rest } = item
  const place = listedOf(readReservation(item))
  if (place.listPk === listPk && place.listSk === listSk) return []
  return [{ put: { ...rest, ...place }, if: over(item) }]
}
