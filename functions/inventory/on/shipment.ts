import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/shipping.ts'
import { unpackList } from '../../../schemas/packed-lines.ts'
import type { Requested } from './requests.ts'

export const ship = ({ warehouseId }: DataOf<typeof events.shipmentDispatched>): Requested => ({
  move: 'ship',
  warehouseId,
})

// mutant: part-request
export const shipPart = ({ left, warehouses }: DataOf<typeof events.shipmentPartDispatched>): Requested => ({
  move: 'part',
  lines: unpackList(left, warehouses),
})

export const takeBack = ({ returnId, lines }: DataOf<typeof events.shipmentReturned>): Requested => ({
  move: 'return',
  returnId,
  lines,
})

export const takePartBack = ({
  returnId,
  lines,
  left,
  warehouses,
}: DataOf<typeof events.shipmentPartReturned>): Requested => ({
  move: 'return',
  returnId,
  lines: unpackList(lines, warehouses),
  sent: unpackList(left, warehouses),
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

export const releaseUnsent = ({
  leftWarehouseIds,
  left,
  warehouses,
}: DataOf<typeof events.shipmentRestCancelled>): Requested => ({
  move: 'release',
  left: leftWarehouseIds,
  sent: unpackList(left, warehouses),
})
