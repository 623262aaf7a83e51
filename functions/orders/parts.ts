import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'
import type { Timers } from '../runtime/timers.ts'

export interface OrderParts {
  readonly store: Store
  readonly clock: Clock
}

export interface PlacingParts extends OrderParts {
  /** How long stock is held for an order that does not say, in seconds. */
  readonly holdSeconds: number
}

export interface HoldParts extends OrderParts {
  readonly timers: Timers
}
