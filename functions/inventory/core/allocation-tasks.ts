import type { HeldLine } from '../../../schemas/inventory.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'

/** What is to be done with what was allocated. */
export type Job =
  /** What no parcel has taken goes back. */
  | { readonly move: 'release' }
  /** What is allocated in a warehouse goes back, because its parcel will not leave; the rest of the order goes on. */
  | { readonly move: 'withdraw'; readonly warehouseId: string }
  /** All that is allocated in a warehouse leaves it, in one parcel. */
  | { readonly move: 'ship'; readonly warehouseId: string }
  /** Units of a parcel come back. */
  | { readonly move: 'return'; readonly returnId: string; readonly lines: readonly ReturnedLine[] }

/** What was done with allocated lines, and is to be done. Each is done once, in the order in which it was asked for. */
export interface Worklist {
  readonly lines: readonly HeldLine[]
  /** The first one is under way as soon as the lines are allocated. */
  readonly jobs?: readonly Job[]
  /** Warehouses that a parcel has left. */
  readonly left?: readonly string[]
  /** Warehouses whose parcel will not leave, and whose units have gone back. */
  readonly withdrawn?: readonly string[]
  /** Ids of the returns whose units are on hand again. */
  readonly returned?: readonly string[]
  /** What no parcel had taken has gone back. */
  readonly freed?: true
}

/** Lines that may wait in the returns behind the first job: with them and all held lines a reservation fits its item. */
const maxWaitingLines = 1_000

/** Too much waits already: the job is asked for again once that is done. */
export class Busy extends Error {
  override readonly name = 'Busy'
}

/**
 * The work with these jobs behind those that it has, but for those that it knows; undefined when it knows them all. Throws `Busy` when
 * returns of more than 1,000 lines would wait.
 */
export function enqueue<Work extends Worklist>(work: Work, jobs: readonly Job[]): Work | undefined {
  const queued = jobs.reduce((all, job) => (knows(all, job) ? all : { ...all, jobs: [...(all.jobs ?? []), job] }), work)
  if (queued === work) return undefined
  const waiting = (queued.jobs ?? []).slice(1).reduce((sum, job) => sum + ('lines' in job ? job.lines.length : 0), 0)
  if (waiting > maxWaitingLines) throw new Busy(`${waiting} lines would wait to come back.`)
  return queued
}

function knows(work: Worklist, job: Job): boolean {
  const { jobs = [], returned = [], freed } = work
  switch (job.move) {
    case 'release':
      return (
        // mutant: released-twice
        freed === true ||
        jobs.some(({ move }) => move === 'release') ||
        work.lines.every(({ 1: id }) => ships(work, id) || withdraws(work, id))
      )
    case 'withdraw':
      // mutant: withdrawn-once
      return withdraws(work, job.warehouseId) || knows(work, { move: 'release' }) || ships(work, job.warehouseId)
    case 'ship':
      return ships(work, job.warehouseId)
    case 'return':
      return (
        // mutant: returned-once
        returned.includes(job.returnId) ||
        jobs.some((other) => other.move === 'return' && other.returnId === job.returnId)
      )
  }
}

/** Whether a parcel has left the warehouse, or is about to. */
const ships = ({ jobs = [], left = [] }: Worklist, warehouseId: string): boolean =>
  // mutant: shipped-once
  left.includes(warehouseId) || jobs.some((job) => job.move === 'ship' && job.warehouseId === warehouseId)

/** Whether the units of the warehouse have gone back for want of a parcel, or are about to. */
const withdraws = ({ jobs = [], withdrawn = [] }: Worklist, warehouseId: string): boolean =>
  withdrawn.includes(warehouseId) || jobs.some((job) => job.move === 'withdraw' && job.warehouseId === warehouseId)

/** Whether units of the warehouse are still there to leave it: nobody has given them back, nor is about to. */
export function canShip(work: Worklist, warehouseId: string): boolean {
  if (ships(work, warehouseId)) return true
  if (withdraws(work, warehouseId)) return false
  const given = work.freed === true || work.jobs?.some(({ move }) => move === 'release')
  return !given && work.lines.some(({ 1: id }) => id === warehouseId)
}

/** The lines that the job is about. */
export function linesOf(
  { lines, left = [], withdrawn = [] }: Worklist,
  job: Job,
): readonly (HeldLine | ReturnedLine)[] {
  switch (job.move) {
    case 'release':
      return lines.filter(({ 1: id }) => !left.includes(id) && !withdrawn.includes(id)) // mutant: still-there
    case 'withdraw':
    case 'ship':
      return lines.filter(({ 1: id }) => id === job.warehouseId)
    case 'return':
      return job.lines
  }
}

/** The work once its first job is done. */
export function finished<Work extends Worklist>(work: Work): Work {
  const { jobs: [job, ...jobs] = [], left = [], withdrawn = [], returned = [] } = work
  switch (job?.move) {
    case 'release':
      return { ...work, jobs, freed: true }
    case 'withdraw':
      return { ...work, jobs, withdrawn: [...withdrawn, job.warehouseId] }
    case 'ship':
      return { ...work, jobs, left: [...left, job.warehouseId] }
    case 'return':
      return { ...work, jobs, returned: [...returned, job.returnId] }
    case undefined:
      return work
  }
}

/** Where it stands when no job is under way. */
export function standing({ lines, left = [], withdrawn = [], freed }: Worklist): 'committed' | 'shipped' | 'released' {
  if (freed) return 'released'
  const open = lines.some(({ 1: id }) => !left.includes(id) && !withdrawn.includes(id))
  if (open) return 'committed'
  return left.length > 0 ? 'shipped' : 'released'
}
