import type { Timers } from '../runtime/timers.ts'
import type { UpdateDeps } from '../runtime/update.ts'

export type OrderDeps = UpdateDeps

export interface PlacingDeps extends OrderDeps {
  /** How long stock is held for an order that names no length, in seconds. */
  readonly holdSeconds: number
}

export interface HoldDeps extends OrderDeps {
  readonly timers: Timers
}
