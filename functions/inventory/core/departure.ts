import type { HeldLine } from '../../../schemas/held-lines.ts'

type Units = readonly number[]

/** Units of each line leave, of a reservation without an order and its parcels. */
export interface Departure {
  readonly move: 'depart'
  readonly departureId: string
  readonly units: Units
}

/** What departures have to know of an allocation. */
export interface Departing {
  readonly lines: readonly HeldLine[]
  readonly tasks?: readonly (Departure | { readonly move: 'release' | 'withdraw' | 'reduce' | 'ship' | 'return' })[]
  /** Ids of the departures whose units have left, and how many of each line. */
  readonly departed?: readonly string[]
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
export function unitsLeft({ lines, sent = [], tasks = [], freed }: Departing): Units {
  if (freed || tasks.some(({ move }) => move === 'release')) return lines.map(() => 0) // mutant: released-twice
  return lines.map(([, , held], index) =>
    tasks.reduce(
      (left, task) => (task.move === 'depart' ? left - (task.units[index] ?? 0) : left), // mutant: departing-units
      held - (sent[index] ?? 0), // mutant: departed-units
    ),
  )
}

/** Of each line the units that have departed, with those of one departure more. */
export const sentWith = ({ lines, sent = [] }: Departing, units: Units): Units =>
  lines.map((_, index) => (sent[index] ?? 0) + (units[index] ?? 0))

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
