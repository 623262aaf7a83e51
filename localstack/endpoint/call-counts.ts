import { own } from '../../schemas/own.ts'
import type { Units } from './call.ts'

/** Calls and DynamoDB units of one operation by one function. */
export interface Tally {
  readonly service: string
  readonly operation: string
  readonly caller: string
  readonly calls: number
  readonly readUnits: number
  readonly writeUnits: number
  /** Those of them that went into indexes, by their names. */
  readonly indexUnits: Readonly<Record<string, number>>
}

/** The calls of AWS that the functions have made. */
export class CallCounts {
  private readonly tallies = new Map<string, { -readonly [Field in keyof Tally]: Tally[Field] }>()

  add(service: string, operation: string, caller: string): void {
    this.tally(service, operation, caller).calls += 1
  }

  addUnits(service: string, operation: string, caller: string, { read, write, ofIndexes = {} }: Units): void {
    const tally = this.tally(service, operation, caller)
    tally.readUnits += read
    tally.writeUnits += write
    for (const [index, units] of Object.entries(ofIndexes))
      tally.indexUnits = { ...tally.indexUnits, [index]: (own(tally.indexUnits, index) ?? 0) + units }
  }

  all(): readonly Tally[] {
    return [...this.tallies.values()]
  }

  reset(): void {
    this.tallies.clear()
  }

  private tally(service: string, operation: string, caller: string) {
    const key = `${service}:${operation}:${caller}`
    let tally = this.tallies.get(key)
    if (tally === undefined) {
      tally = { service, operation, caller, calls: 0, readUnits: 0, writeUnits: 0, indexUnits: {} }
      this.tallies.set(key, tally)
    }
    return tally
  }
}
