import type { HeldLine } from '../../../schemas/held-lines.ts'

type Units = readonly number[]

/** Units of each line leave, of a reservation without an order and its parcels. */
export interface Departure {
  readonly move: 'depart'
  readonly departureId: string
  readonly units: Units
}

/** Units of an order leave a warehouse that sends it in several parcels: until so many have left in all. */
export interface PartDeparture {
  readonly move: 'part'
  /** Each sku of each warehouse once. */
  readonly lines: readonly HeldLine[]
}

/** What departures have to know of an allocation. */
export interface Departing {
  readonly lines: readonly HeldLine[]
  readonly tasks?: readonly (
    | Departure
    | PartDeparture
    | { readonly move: 'release' | 'withdraw' | 'reduce' | 'ship' | 'return' }
  )[]
  /** Ids of the departures whose units have left. */
  readonly departed?: readonly string[]
  /** Of each line the units that have left by themselves: in departures, and in parcels of a warehouse that sends several. */
  readonly sent?: Units
  readonly freed?: true
}

/** Units of a sku that are to leave, from that warehouse where it names one. */
export interface LeavingLine {
  readonly sku: string
  readonly quantity: number
  readonly warehouseId?: string | undefined
}

/** More is to leave than is left. */
export class LeavesTooMuch extends Error {
  override readonly name = 'LeavesTooMuch'
  /** The place of the line in the request. */
  readonly line: number
  /** What is left of it. */
  readonly left: number

  constructor(line: number, left: number) {
    super(`of line ${line} ${left} units are left`)
    this.line = line
    this.left = left
  }
}

/** The lines with so many units of each, without those that have none. */
export const withUnits = (lines: readonly HeldLine[], units: Units): readonly HeldLine[] =>
  lines.flatMap(([sku, warehouseId], index): HeldLine[] => {
    const count = units[index] ?? 0
    return count > 0 ? [[sku, warehouseId, count]] : []
  })

/** Whether the units of that departure have left, or are about to. */
export const departs = ({ departed = [], tasks = [] }: Departing, id: string): boolean =>
  // mutant: departed-once
  departed.includes(id) || tasks.some((task) => task.move === 'depart' && task.departureId === id)

/** Of each line the units that have neither departed nor gone back, and are not about to. */
export function unitsLeft({ tasks = [], freed, ...allocation }: Departing): Units {
  const { lines } = allocation
  if (freed || tasks.some(({ move }) => move === 'release')) return lines.map(() => 0) // mutant: released-twice
  // mutant: departing-units
  const sent = tasks.reduce((all, task) => sentWith({ lines, sent: all }, task), allocation.sent ?? [])
  return lines.map(([, , held], index) => held - (sent[index] ?? 0)) // mutant: departed-units
}

type Task = NonNullable<Departing['tasks']>[number]

/** Of each line the units that leave with the task, where it is a departure. */
export function unitsLeaving({ lines, sent = [] }: Pick<Departing, 'lines' | 'sent'>, task: Task): Units {
  if (task.move === 'depart') return task.units
  if (task.move !== 'part') return []
  const inAll = new Map(task.lines.map(([sku, warehouseId, units]) => [`${sku} ${warehouseId}`, units]))
  return lines.map(([sku, warehouseId], index) => {
    const units = inAll.get(`${sku} ${warehouseId}`) ?? 0
    return Math.max(units - (sent[index] ?? 0), 0) // mutant: parts-once
  })
}

/** Of each line the units that have departed, with those of one task more. */
export function sentWith(allocation: Pick<Departing, 'lines' | 'sent'>, task: Task): Units {
  const { lines, sent = [] } = allocation
  const leaving = unitsLeaving(allocation, task)
  return leaving.length === 0 ? sent : lines.map((_, index) => (sent[index] ?? 0) + (leaving[index] ?? 0))
}

/** Whether so many units have left in all, or are about to. */
export const hasSent = ({ lines, sent = [], tasks = [] }: Departing, part: PartDeparture): boolean => {
  const all = tasks.reduce((units, task) => sentWith({ lines, sent: units }, task), sent)
  return unitsLeaving({ lines, sent: all }, part).every((units) => units === 0)
}

/** Whether so many units have been allocated in all, and those that are still to leave have not gone back. */
export function canSend(allocation: Departing, part: PartDeparture): boolean {
  const { lines } = allocation
  const isThere = part.lines.every(([sku, id, units]) =>
    lines.some(([of, from, held]) => of === sku && from === id && held >= units),
  )
  if (hasSent(allocation, part)) return true
  return isThere && !allocation.freed && !allocation.tasks?.some(({ move }) => move === 'release')
}

/** The departure of these units, from the first lines that have any; without lines, of all that is left. Throws `LeavesTooMuch`. */
export function departure(allocation: Departing, departureId: string, wanted?: readonly LeavingLine[]): Departure {
  const left = [...unitsLeft(allocation)]
  const units = allocation.lines.map((_, index) => (wanted === undefined ? (left[index] ?? 0) : 0))
  for (const [line, { sku, quantity, warehouseId }] of (wanted ?? []).entries()) {
    let missing = quantity
    for (const [index, [of, from]] of allocation.lines.entries()) {
      if (of !== sku || (warehouseId !== undefined && from !== warehouseId)) continue
      const taken = Math.min(missing, left[index] ?? 0)
      left[index] = (left[index] ?? 0) - taken
      units[index] = (units[index] ?? 0) + taken
      missing -= taken
    }
    if (missing > 0) throw new LeavesTooMuch(line, quantity - missing) // mutant: departure-short
  }
  return { move: 'depart', departureId, units }
}
