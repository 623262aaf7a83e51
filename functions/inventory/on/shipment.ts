import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/shipping.ts'
import type { Requested } from './requests.ts'

export const ship = ({ warehouseId }: DataOf<typeof events.shipmentDispatched>): Requested => ({
  move: 'ship',
  warehouseId,
})

export const takeBack = ({ returnId, lines }: DataOf<typeof events.shipmentReturned>): Requested => ({
  move: 'return',
  returnId,
  lines,
})

// mutant: withdraw-request
export const withdraw = ({ warehouseId }: DataOf<typeof events.shipmentWithdrawn>): Requested => ({
  move: 'withdraw',
  warehouseId,
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
