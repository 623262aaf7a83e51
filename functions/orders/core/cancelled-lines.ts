import type { Line, Order, Units } from './order.ts'

/**
 * A cancelled line stands among the returns: its value under its id, and its units, which are worth nothing more, under this name. An
 * older release keeps both, whatever it makes of them.
 */
export const markOf = (id: string, [sku, units]: Units): string => `${id}/${units}/${sku}`

type Returned = Pick<Order, 'returns'>

interface Cancellation {
  readonly id: string
  readonly sku: string
  readonly units: number
}

/** The cancellations of lines, the oldest first. */
export const cancellations = ({ returns }: Returned): readonly Cancellation[] =>
  [...returns.keys()].flatMap((name) => {
    const [id, units, sku] = name.split('/')
    return id !== undefined && units !== undefined && sku !== undefined ? [{ id, sku, units: Number(units) }] : []
  })

/** Of each sku, the units that were cancelled. */
export function cancelledUnits(order: Returned): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { sku, units } of cancellations(order)) sums.set(sku, (sums.get(sku) ?? 0) + units)
  return sums
}

/** What the cancelled lines would have cost, in minor units. */
export const cancelledValue = (order: Returned): number =>
  cancellations(order).reduce((sum, { id }) => sum + (order.returns.get(id) ?? 0), 0)

/** The lines without what was cancelled of them, and what was. */
export function splitLines(
  lines: readonly Line[],
  cancelled: ReadonlyMap<string, number>,
): { readonly left: readonly Line[]; readonly cancelled: readonly Line[] } {
  if (cancelled.size === 0) return { left: lines, cancelled: [] }
  const some = (quantityOf: (line: Line) => number): readonly Line[] =>
    lines.map((line) => ({ ...line, quantity: quantityOf(line) })).filter(({ quantity }) => quantity > 0)
  return {
    left: some(({ sku, quantity }) => quantity - (cancelled.get(sku) ?? 0)),
    cancelled: some(({ sku }) => cancelled.get(sku) ?? 0),
  }
}
