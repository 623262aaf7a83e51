import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/shipping.ts'
import type { Requested } from './requests.ts'

export const ship = ({ warehouseId }: DataOf<typeof events.shipmentDispatched>): Requested => ({
  move: 'ship',
  warehouseId,
})

// mutant: part-request
export const shipPart = ({ left }: DataOf<typeof events.shipmentPartDispatched>): Requested => ({
  move: 'part',
  lines: left,
})

export const takeBack = ({ returnId, lines }: DataOf<typeof events.shipmentReturned>): Requested => ({
  move: 'return',
  returnId,
  lines,
})

export const takePartBack = ({ returnId, lines, left }: DataOf<typeof events.shipmentPartReturned>): Requested => ({
  move: 'return',
  returnId,
  lines,
  sent: left,
})

// mutant: withdraw-request
export const withdraw = ({ warehouseId }: DataOf<typeof events.shipmentWithdrawn>): Requested => ({
  move: 'withdraw',
  warehouseId,
})

/** Other parcels have left the warehouse: the units of this one go back, and no others. */
export const withdrawPart = ({ shipmentId, lines }: DataOf<typeof events.shipmentPartWithdrawn>): Requested => ({
  move: 'reduce',
  reductionId: shipmentId,
  lines,
})

// mutant: reduce-request
export const reduce = ({ reductionId, lines }: DataOf<typeof events.shipmentReduced>): Requested => ({
  move: 'reduce',
  reductionId,
  lines,
})

export const releaseRest = ({ leftWarehouseIds }: DataOf<typeof events.shipmentCancelled>): Requested => ({
  move: 'release',
  left: leftWarehouseIds,
})

export const releaseUnsent = ({ leftWarehouseIds, left }: DataOf<typeof events.shipmentRestCancelled>): Requested => ({
  move: 'release',
  left: leftWarehouseIds,
  sent: left,
})
