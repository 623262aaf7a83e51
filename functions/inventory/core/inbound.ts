import type { Inbound, InboundReceipt } from '../../../schemas/supply.ts'
import { type AdjustmentRefusal, type Stock, hasRoom } from './stock.ts'
import { type Unfit, fits, takeIn, withUnderWay } from './under-way.ts'

/** What is decided about an inbound, with the stock of its sku. */
export interface InboundDecision {
  readonly inbound: Inbound
  readonly stock: Stock
}

type Over = { readonly code: 'inbound_over' }
type Full = Extract<AdjustmentRefusal, { code: 'too_many_units' }>
type Below = { readonly code: 'below_received'; readonly came: number }
type Differs = { readonly code: 'delivery_differs'; readonly left: number }
type NoRoom = Full | Extract<AdjustmentRefusal, { code: 'too_many_levels' }>

export type InboundRefusal = Over | Below | Differs | NoRoom | Unfit

/** Units that have come, taken or not. */
const cameOf = ({ received, refused }: Inbound): number => received + refused // mutant: refused-came

/** Units that are still expected. */
export const leftOf = (inbound: Inbound): number =>
  inbound.status === 'expected' ? inbound.quantity - cameOf(inbound) : 0

/** The stock once of the inbound is expected what is left of it now. */
const expecting = (stock: Stock, before: Inbound | undefined, after: Inbound): Stock =>
  withUnderWay(stock, after.warehouseId, 'expected', leftOf(after) - (before ? leftOf(before) : 0)) // mutant: still-expected

/** Begins to expect an inbound. */
export function expectInbound(stock: Stock, inbound: Inbound): InboundDecision | NoRoom {
  const { warehouseId, quantity } = inbound
  if (!hasRoom(stock, warehouseId)) return { code: 'too_many_levels' }
  if (!fits(stock, warehouseId, quantity)) return { code: 'too_many_units' }
  return { inbound, stock: expecting(stock, undefined, inbound) }
}

/** Takes units on hand, and settles those that are refused. A delivery that is larger, or is the last one and smaller, has a reason. */
export function receiveInbound(
  stock: Stock,
  inbound: Inbound,
  { quantity, refused = 0, final, reason }: InboundReceipt,
  at: string,
): InboundDecision | Over | Differs | Unfit {
  if (inbound.status !== 'expected') return { code: 'inbound_over' } // mutant: inbound-over
  const received = { ...inbound, received: inbound.received + quantity, refused: inbound.refused + refused } // mutant: inbound-count
  const came = cameOf(received)
  const isOther = came > inbound.quantity || (final === true && came < inbound.quantity)
  if (isOther && reason === undefined) return { code: 'delivery_differs', left: leftOf(inbound) } // mutant: delivery-reason
  const status = came >= inbound.quantity ? 'received' : final ? 'closed' : 'expected'
  const after = { ...received, status } as const
  const adjusted = takeIn(expecting(stock, inbound, after), inbound.warehouseId, quantity, at)
  return 'code' in adjusted ? adjusted : { inbound: after, stock: adjusted.stock }
}

/** Expects other units than before, at another time or under another reference; with all of them there, no more. */
export function amendInbound(
  stock: Stock,
  inbound: Inbound,
  changes: Pick<Inbound, 'quantity' | 'expectedAt'> & { readonly reference: string | null | undefined },
): InboundDecision | Over | Below | Full {
  if (inbound.status !== 'expected') return { code: 'inbound_over' }
  const came = cameOf(inbound)
  const { quantity, expectedAt } = changes
  if (quantity < came) return { code: 'below_received', came } // mutant: below-received
  const { reference: before, ...rest } = inbound
  const reference = changes.reference === undefined ? before : changes.reference
  const status = came === quantity ? 'received' : 'expected'
  const after = { ...rest, quantity, expectedAt, status, ...(reference != null && { reference }) } as const
  if (!fits(stock, inbound.warehouseId, quantity - inbound.quantity)) return { code: 'too_many_units' }
  return { inbound: after, stock: expecting(stock, inbound, after) }
}

/** Expects no more; undefined where that is so already. */
export function cancelInbound(stock: Stock, inbound: Inbound): InboundDecision | Over | undefined {
  if (inbound.status === 'cancelled') return undefined
  if (inbound.status !== 'expected') return { code: 'inbound_over' } // mutant: inbound-cancelled
  const after = { ...inbound, status: 'cancelled' } as const
  return { inbound: after, stock: expecting(stock, inbound, after) }
}
