import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'
import type { Timers } from '../runtime/timers.ts'

export interface OrderDeps {
  readonly store: Store
  readonly clock: Clock
}

export interface PlacingDeps extends OrderDeps {
  /** How long stock is held for an order that names no length, in seconds. */
  readonly holdSeconds: number
}

export interface HoldDeps extends OrderDeps {
  readonly timers: Timers
}
