import type { Limits } from '../../schemas/limits.ts'
import type { Timers } from '../runtime/timers.ts'
import type { UpdateDeps } from '../runtime/update.ts'

export type OrderDeps = UpdateDeps

export interface PlacingDeps extends OrderDeps {
  /** How long stock is held for an order that names no length, in seconds, and the longest that a customer may ask for. */
  readonly holdSeconds: number
  /** What a customer may hold without paying, unless an operator has set something else. */
  readonly limits: Limits
  /** Whether customers may choose `manual`: their orders then wait for an operator, who may find out too late. */
  readonly customersChooseManual: boolean
}

export interface HoldDeps extends OrderDeps {
  readonly timers: Timers
}
