import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import {
  type Departing,
  type Departure,
  type PartDeparture,
  departs,
  hasSent,
  sentWith,
  unitsLeaving,
  unitsLeft,
  withUnits,
} from './departure.ts'

/** What is to be done with allocated units. */
export type AllocationTask =
  /** What no parcel has taken goes back. */
  | { readonly move: 'release' }
  /** What is allocated in a warehouse goes back, because its parcel will not leave; the rest of the order goes on. */
  | { readonly move: 'withdraw'; readonly warehouseId: string }
  /** Units of a parcel go back, because they were cancelled before it left; the rest of the parcel goes on. */
  | { readonly move: 'reduce'; readonly reductionId: string; readonly lines: readonly HeldLine[] }
  /** All that is allocated in a warehouse leaves it, in one parcel. */
  | { readonly move: 'ship'; readonly warehouseId: string }
  | PartDeparture
  | Departure
  /** Units of a parcel come back. */
  | { readonly move: 'return'; readonly returnId: string; readonly lines: readonly ReturnedLine[] }

/** What was done with allocated lines, and what is still to be done. Each task is done once, in the order of the requests. */
export interface Allocation extends Departing {
  /** The first task is under way as soon as the lines are allocated. */
  readonly tasks?: readonly AllocationTask[]
  /** Warehouses that a parcel has left. */
  readonly left?: readonly string[]
  /** Warehouses whose parcel will not leave, and whose units have gone back. */
  readonly withdrawn?: readonly string[]
  /** Ids of the reductions whose units have gone back before their parcel left. */
  readonly reduced?: readonly string[]
  /** Ids of the returns whose units are on hand again, and of the reductions that came too late. */
  readonly returned?: readonly string[]
  /** What no parcel had taken has gone back. */
  readonly freed?: true
}

/**
 * Lines that the tasks of a reservation may have in all: with them and all of its held lines it fits one item. Of an order at its bounds,
 * with the longest names, a returned line takes 147 bytes and a held one 75.
 */
const maxTaskLines = 1_500

/** Too many lines of parcels wait already: the request has to come again once these are dealt with. */
export class Busy extends Error {
  override readonly name = 'Busy'
}

/**
 * The allocation with the tasks that are new to it behind the others; undefined when none is new. Throws `Busy` when its tasks would have more
 * than 1,500 lines: a request that finds no task waits for none, and is always taken.
 */
export function enqueue<Some extends Allocation>(allocation: Some, tasks: readonly AllocationTask[]): Some | undefined {
  const queued = tasks.reduce(
    (all, task) => (knows(all, task) ? all : { ...all, tasks: [...(all.tasks ?? []), asOf(all, task)] }),
    allocation,
  )
  if (queued === allocation) return undefined
  const { tasks: before = [] } = allocation
  const lines = (queued.tasks ?? []).reduce((sum, task) => sum + ('lines' in task ? task.lines.length : 0), 0)
  if (before.length > 0 && lines > maxTaskLines) throw new Busy(`${lines} lines of parcels would wait.`)
  return queued
}

/** Units that left with their parcel before their cancellation was known are back in the warehouse that never sent them. */
function asOf(allocation: Allocation, task: AllocationTask): AllocationTask {
  if (task.move !== 'reduce' || !task.lines.every(({ 1: id }) => ships(allocation, id))) return task // mutant: reduced-late
  const lines = task.lines.map(([sku, id, units]): ReturnedLine => [sku, id, units, 'restock'])
  return { move: 'return', returnId: task.reductionId, lines }
}

function knows(allocation: Allocation, task: AllocationTask): boolean {
  const { tasks = [], returned = [] } = allocation
  switch (task.move) {
    case 'release':
      return unitsLeft(allocation).every((units, index) => {
        const id = allocation.lines[index]?.[1] ?? ''
        return units === 0 || ships(allocation, id) || withdraws(allocation, id)
      })
    case 'withdraw':
      return (
        // mutant: withdrawn-once
        withdraws(allocation, task.warehouseId) ||
        knows(allocation, { move: 'release' }) ||
        ships(allocation, task.warehouseId)
      )
    case 'ship':
      return ships(allocation, task.warehouseId)
    case 'part':
      return hasSent(allocation, task)
    case 'depart':
      return departs(allocation, task.departureId)
    case 'reduce':
      return (
        // mutant: reduced-once
        isDone(allocation, task.reductionId) ||
        task.lines.every(({ 1: id }) => withdraws(allocation, id)) ||
        (!task.lines.every(({ 1: id }) => ships(allocation, id)) && knows(allocation, { move: 'release' }))
      )
    case 'return':
      return (
        // mutant: returned-once
        returned.includes(task.returnId) ||
        tasks.some((other) => other.move === 'return' && other.returnId === task.returnId)
      )
  }
}

/** Whether the units of that return or reduction have gone back, or are about to. */
const isDone = ({ tasks = [], returned = [], reduced = [] }: Allocation, id: string): boolean =>
  returned.includes(id) ||
  reduced.includes(id) ||
  tasks.some(
    (task) => (task.move === 'return' && task.returnId === id) || (task.move === 'reduce' && task.reductionId === id),
  )

/** Whether a parcel has left the warehouse, or is about to. */
const ships = ({ tasks = [], left = [] }: Allocation, warehouseId: string): boolean =>
  // mutant: shipped-once
  left.includes(warehouseId) || tasks.some((task) => task.move === 'ship' && task.warehouseId === warehouseId)

/** Whether the units of the warehouse have gone back for want of a parcel, or are about to. */
const withdraws = ({ tasks = [], withdrawn = [] }: Allocation, warehouseId: string): boolean =>
  withdrawn.includes(warehouseId) || tasks.some((task) => task.move === 'withdraw' && task.warehouseId === warehouseId)

/** Whether units of the warehouse can still leave it: they have not gone back, nor are they about to. */
export function canShip(allocation: Allocation, warehouseId: string): boolean {
  if (ships(allocation, warehouseId)) return true
  if (withdraws(allocation, warehouseId)) return false
  const given = allocation.freed === true || allocation.tasks?.some(({ move }) => move === 'release')
  return !given && allocation.lines.some(({ 1: id }) => id === warehouseId)
}

/** The lines of the task, which is the first. */
export function linesOf(allocation: Allocation, task: AllocationTask): readonly (HeldLine | ReturnedLine)[] {
  const { lines, left = [], withdrawn = [], tasks: _, ...rest } = allocation
  switch (task.move) {
    case 'release':
      return withUnits(lines, unitsLeft({ ...rest, lines })).filter(
        ({ 1: id }) => !left.includes(id) && !withdrawn.includes(id), // mutant: still-there
      )
    case 'part':
    case 'depart':
      return withUnits(lines, unitsLeaving({ ...rest, lines }, task))
    case 'withdraw':
    case 'ship':
      return lines.filter(({ 1: id }) => id === task.warehouseId)
    case 'reduce':
    case 'return':
      return task.lines
  }
}

/** How many tasks of parcels are done, in whatever warehouse. */
export const tasksDone = ({
  left = [],
  withdrawn = [],
  reduced = [],
  returned = [],
  departed = [],
  sent = [],
}: Partial<Allocation> = {}): number =>
  left.length +
  withdrawn.length +
  reduced.length +
  returned.length +
  departed.length +
  sent.reduce((sum, units) => sum + units, 0)

/** The allocation once its first task is done. */
export function finished<Some extends Allocation>(allocation: Some): Some {
  const { tasks: [task, ...tasks] = [], left = [], withdrawn = [], reduced = [], returned = [] } = allocation
  switch (task?.move) {
    case 'release':
      return { ...allocation, tasks, freed: true }
    case 'withdraw':
      return { ...allocation, tasks, withdrawn: [...withdrawn, task.warehouseId] }
    case 'ship':
      return { ...allocation, tasks, left: [...left, task.warehouseId] }
    case 'reduce':
      return { ...allocation, ...less(allocation, task.lines), tasks, reduced: [...reduced, task.reductionId] }
    case 'return':
      return { ...allocation, tasks, returned: [...returned, task.returnId] }
    case 'part':
      return { ...allocation, tasks, sent: sentWith(allocation, task) }
    case 'depart': {
      const departed = [...(allocation.departed ?? []), task.departureId]
      return { ...allocation, tasks, departed, sent: sentWith(allocation, task) }
    }
    case undefined:
      return allocation
  }
}

/** The lines without those units, and what has left of each that stays. */
function less({ lines, sent }: Allocation, units: readonly HeldLine[]): Pick<Allocation, 'lines' | 'sent'> {
  const rest = lines.map(([sku, warehouseId, held], index) => {
    const gone = units.reduce((sum, [of, from, count]) => sum + (of === sku && from === warehouseId ? count : 0), 0)
    return { line: [sku, warehouseId, held - gone] satisfies HeldLine, away: sent?.[index] ?? 0 }
  })
  const kept = rest.filter(({ line: [, , held] }) => held > 0)
  return { lines: kept.map(({ line }) => line), ...(sent && { sent: kept.map(({ away }) => away) }) }
}

/** The status of the reservation while no task is under way. */
export function settledStatus(allocation: Allocation): 'committed' | 'shipped' | 'released' {
  const { lines, left = [], withdrawn = [], sent = [], freed } = allocation
  if (freed) return 'released'
  const still = withUnits(lines, unitsLeft(allocation))
  if (still.some(({ 1: id }) => !left.includes(id) && !withdrawn.includes(id))) return 'committed'
  return left.length > 0 || sent.some((units) => units > 0) ? 'shipped' : 'released'
}
