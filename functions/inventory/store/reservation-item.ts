import { packLines, unpackLines } from '../../../schemas/packed-lines.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { type Item, type Key, type Write, over } from '../../runtime/store.ts'
import { revisionOf } from '../../runtime/update.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import { withUnits } from '../core/departure.ts'
import { type Reservation, type ReservationEventName, isSettled } from '../core/reservation.ts'
import type { Put } from './stock-item.ts'

export type ReservationItem = Item & Reservation

type Task = NonNullable<Reservation['tasks']>[number]

/** Of each held line the units that will have left in all: parcels of most of a large order fit its item. */
interface PackedPart {
  readonly move: 'part'
  readonly units: readonly number[]
}

/** A reservation as the table has it: the lines of a large one are packed, its tasks are called jobs. */
type StoredReservation = Item &
  Omit<Reservation, 'tasks'> & {
    readonly warehouses?: readonly string[]
    readonly jobs?: readonly (Task | PackedPart)[]
  }

/** A part of more lines than this is packed. Earlier releases fail with such a one, and leave it to this one. */
const maxNamedPart = 100

export const reservationKey = (id: string): Key => ({ pk: id, sk: 'reservation' })

/** The reservation in its item. */
export function readReservation(found: Item): ReservationItem {
  const { warehouses, jobs, ...item } = found as StoredReservation
  const lines = unpackLines({ lines: item.lines, warehouses })
  return { ...item, lines, ...(jobs && { tasks: jobs.map((job) => unpackTask(job, lines)) }) }
}

const unpackTask = (job: Task | PackedPart, lines: readonly HeldLine[]): Task =>
  job.move === 'part' && 'units' in job ? { move: 'part', lines: withUnits(lines, job.units) } : job

/** What a part has of lines that have gone back meanwhile changes nothing, and is not kept. */
function packTask(task: Task, lines: readonly HeldLine[]): Task | PackedPart {
  if (task.move !== 'part' || task.lines.length <= maxNamedPart) return task
  const units = new Map(task.lines.map(([sku, warehouseId, count]) => [`${sku} ${warehouseId}`, count]))
  return { move: 'part', units: lines.map(([sku, warehouseId]) => units.get(`${sku} ${warehouseId}`) ?? 0) }
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
    ...(tasks && { jobs: tasks.map((task) => packTask(task, kept.lines)) }),
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
