import type { Units } from './call.ts'

/** Calls and DynamoDB units of one operation by one function. */
export interface Tally {
  readonly service: string
  readonly operation: string
  readonly caller: string
  readonly calls: number
  readonly readUnits: number
  readonly writeUnits: number
}

/** The calls of AWS that the functions have made. */
export class CallCounts {
  private readonly tallies = new Map<string, { -readonly [Field in keyof Tally]: Tally[Field] }>()

  add(service: string, operation: string, caller: string): void {
    this.tally(service, operation, caller).calls += 1
  }

  addUnits(service: string, operation: string, caller: string, { read, write }: Units): void {
    const tally = this.tally(service, operation, caller)
    tally.readUnits += read
    tally.writeUnits += write
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
      tally = { service, operation, caller, calls: 0, readUnits: 0, writeUnits: 0 }
      this.tallies.set(key, tally)
    }
    return tally
  }
}
