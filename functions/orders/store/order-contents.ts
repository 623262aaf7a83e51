import type { Address } from '../../../schemas/shared.ts'
import type { Contents } from '../core/order.ts'

/** Sku, name, quantity, price. */
type StoredLine = readonly [string, string, number, number]
/** The contents of an order as items hold them. */
export interface StoredContents {
  readonly lines?: readonly StoredLine[]
  readonly address?: Address
  readonly billing?: Address
  readonly notes?: string
  readonly from?: readonly string[]
  readonly takes?: string
}

/** The contents as they stand in a header. */
export function inline({
  lines,
  shippingAddress,
  billingAddress,
  notes,
  shipFrom,
  reservationId,
}: Contents): StoredContents {
  return {
    lines: lines.map(({ sku, name, quantity, price }) => [sku, name, quantity, price]),
    ...(shippingAddress && { address: shippingAddress }),
    ...(billingAddress && { billing: billingAddress }),
    ...(notes !== undefined && { notes }),
    ...(shipFrom && { from: shipFrom }),
    ...(reservationId !== undefined && { takes: reservationId }),
  }
}

/** Lines of an item aside: with the longest sku and name they stay below 400 KB, which is DynamoDB's limit. */
const chunkLines = 250

/** The contents in as many items as they need. */
export function chunks(contents: Contents): readonly StoredContents[] {
  const { lines = [], ...rest } = inline(contents)
  return Array.from({ length: chunkCount(lines.length) }, (_, index) => ({
    lines: lines.slice(index * chunkLines, (index + 1) * chunkLines),
    ...(index === 0 && rest),
  }))
}

/** How many items so many lines need. */
export const chunkCount = (lines: number): number => Math.ceil(lines / chunkLines)

/** The contents that these items hold together. */
export function contentsOf(parts: readonly StoredContents[]): Contents {
  const [head] = parts
  return {
    lines: parts.flatMap(({ lines = [] }) =>
      lines.map(([sku, name, quantity, price]) => ({ sku, name, quantity, price })),
    ),
    ...(head?.address && { shippingAddress: head.address }),
    ...(head?.billing && { billingAddress: head.billing }),
    ...(head?.notes !== undefined && { notes: head.notes }),
    ...(head?.from && { shipFrom: head.from }),
    ...(head?.takes !== undefined && { reservationId: head.takes }),
  }
}
