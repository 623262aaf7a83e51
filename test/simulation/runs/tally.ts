import { hash } from 'node:crypto'
import { type FaultName, faultNames } from '../faults/faults.ts'
import type { History } from '../history.ts'

/** What many histories come to. */
export interface Tally {
  readonly histories: number
  readonly orders: number
  /** Calls that left a handler. */
  readonly calls: number
  readonly steps: number
  readonly faults: Readonly<Partial<Record<FaultName, number>>>
  /** The sum of the digests of seeds and their trace hashes: the same for the same histories, whoever ran them in which order. */
  readonly sum: bigint
  /** Seeds whose histories broke a promise. */
  readonly failed: readonly number[]
}

export const nothing: Tally = { histories: 0, orders: 0, calls: 0, steps: 0, faults: {}, sum: 0n, failed: [] }

const modulus = 1n << 64n

export function tallyOf({ seed, orders, calls, steps, faults, hash: trace, violation }: History): Tally {
  const sum = BigInt(`0x${hash('sha256', `${seed} ${trace}`).slice(0, 16)}`)
  return {
    histories: 1,
    orders,
    calls,
    steps,
    faults: Object.fromEntries(faults),
    sum,
    failed: violation ? [seed] : [],
  }
}

export function added(a: Tally, b: Tally): Tally {
  const struck = faultNames.filter((name) => a.faults[name] !== undefined || b.faults[name] !== undefined)
  return {
    histories: a.histories + b.histories,
    orders: a.orders + b.orders,
    calls: a.calls + b.calls,
    steps: a.steps + b.steps,
    faults: Object.fromEntries(struck.map((name) => [name, (a.faults[name] ?? 0) + (b.faults[name] ?? 0)])),
    sum: (a.sum + b.sum) % modulus,
    failed: [...a.failed, ...b.failed],
  }
}

/** One hash over all of them, to compare two runs or two machines by. */
export const hashOf = ({ sum }: Tally): string => sum.toString(16).padStart(16, '0')
