import type { Transfer, TransferReceipt } from '../../../schemas/supply.ts'
import type { PendingMove } from './level.ts'
import { type AdjustmentRefusal, type Stock, adjust, countsOf, hasRoom, withLevel } from './stock.ts'
import { type Unfit, fits, takeIn, withUnderWay } from './under-way.ts'

/** What is decided about a transfer, with the stock of its sku. */
export interface TransferDecision {
  readonly transfer: Transfer
  readonly stock: Stock
}

type Over = { readonly code: 'transfer_over' }
type Exceeded = { readonly code: 'transfer_exceeded'; readonly left: number }
type Unsent = Exclude<AdjustmentRefusal, { code: 'level_changed' }>

export type TransferRefusal = Over | Exceeded | Unsent

/** Units that are still in transit. */
export const inTransitOf = ({ quantity, received, missing, returned }: Transfer): number =>
  quantity - received - missing - returned

/** The stock once of the transfer is in transit what is left of it now. */
const travelling = (stock: Stock, before: Transfer | undefined, after: Transfer): Stock =>
  // mutant: still-in-transit
  withUnderWay(stock, after.toWarehouseId, 'inTransit', inTransitOf(after) - (before ? inTransitOf(before) : 0))

/** Takes units from where they are, on their way to another warehouse. */
export function send(stock: Stock, transfer: Transfer, at: string): TransferDecision | Unsent {
  const taken = adjust(stock, transfer.fromWarehouseId, { delta: -transfer.quantity }, at) // mutant: transit-taken
  if ('code' in taken) return taken
  const { toWarehouseId, quantity } = transfer
  if (!hasRoom(taken.stock, toWarehouseId)) return { code: 'too_many_levels' }
  if (!fits(taken.stock, toWarehouseId, quantity)) return { code: 'too_many_units' }
  return { transfer, stock: travelling(taken.stock, undefined, transfer) }
}

/**
 * Brings units in, and writes those off that are missing: in the ledger both come in, and the missing ones leave again for the given reason.
 * `reference` is that of the movements; the one of the missing units ends in `_missing`.
 */
export function receiveTransfer(
  stock: Stock,
  transfer: Transfer,
  { quantity, missing = 0 }: TransferReceipt,
  { at, reference }: { readonly at: string; readonly reference: string },
): TransferDecision | Over | Exceeded | Unfit {
  if (transfer.status !== 'in_transit') return { code: 'transfer_over' }
  const left = inTransitOf(transfer)
  if (quantity + missing > left) return { code: 'transfer_exceeded', left } // mutant: transfer-exceeded
  const { toWarehouseId } = transfer
  const status = quantity + missing === left ? 'received' : 'in_transit' // mutant: transfer-status
  const after = {
    ...transfer,
    received: transfer.received + quantity, // mutant: transit-count
    missing: transfer.missing + missing, // mutant: missing-count
    status,
  } as const
  const adjusted = takeIn(travelling(stock, transfer, after), toWarehouseId, quantity, at)
  if ('code' in adjusted) return adjusted
  const counts = countsOf(adjusted.stock, toWarehouseId)
  const lost: readonly PendingMove[] =
    missing > 0 ? [{ kind: 'writeOff', reference: `${reference}_missing`, delta: { available: -missing } }] : []
  const pending = [{ kind: 'transfer', reference, delta: { available: quantity + missing } } as const, ...lost] // mutant: missing-move
  return {
    transfer: after,
    stock: { ...stock, levels: withLevel(adjusted.stock.levels, toWarehouseId, { ...counts, pending }) },
  }
}

/** Sends what has not come back to where it came from; undefined where that is done. */
export function recall(
  stock: Stock,
  transfer: Transfer,
  at: string,
): (TransferDecision & { readonly back: number }) | Over | Unfit | undefined {
  if (transfer.status === 'returned') return undefined
  if (transfer.status !== 'in_transit') return { code: 'transfer_over' }
  const back = inTransitOf(transfer) // mutant: recalled
  const after = { ...transfer, returned: back, status: 'returned' } as const
  const adjusted = takeIn(travelling(stock, transfer, after), transfer.fromWarehouseId, back, at)
  return 'code' in adjusted ? adjusted : { transfer: after, stock: adjusted.stock, back }
}
