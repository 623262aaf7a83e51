import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/orders.ts'
import { routed } from '../core/sourcing.ts'
import type { Requested } from './requests.ts'

export const hold = ({
  lines,
  holdSeconds,
  backorder,
  placedAt,
  shipTo,
  shipFrom,
  reservationId,
}: DataOf<typeof events.orderPlaced>): Requested => ({
  move: 'hold',
  lines,
  holdSeconds,
  ...(reservationId !== undefined && { takes: reservationId }), // mutant: takes-request
  ...(backorder && { backorder: { placedAt } }),
  ...routed({ shipTo, shipFrom }), // mutant: hold-route
})

export const commit = (): Requested => ({ move: 'commit' }) // mutant: commit-request

export const close = (): Requested => ({ move: 'close' }) // mutant: close-request
