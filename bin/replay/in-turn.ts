import type { Movement } from '../../schemas/movement.ts'
import { inOrder } from './in-order.ts'
import { persist, retryForMs } from './persist.ts'
import type { PhaseOptions, PlacedSale } from './place.ts'
import type { Stack } from './stack.ts'
import { merged } from './trading-day.ts'

/** An order that has waited for a sku. Times are milliseconds since 1970. */
export interface Waiter {
  readonly orderId: string
  readonly units: number
  readonly placedAt: number
  /** When the order knew that it waits; inventory knew before. */
  readonly waitsSince: number
}

/** The orders that have waited, by the skus that they want. */
export function waitersOf(sales: readonly PlacedSale[]): ReadonlyMap<string, readonly Waiter[]> {
  const waiters = new Map<string, Waiter[]>()
  for (const { order, since } of sales) {
    const { placed, backordered } = since ?? {}
    if (order === undefined || placed === undefined || backordered === undefined) continue
    for (const { sku, quantity } of merged(order.lines)) {
      const waiter = { orderId: order.id, units: quantity, placedAt: placed, waitsSince: backordered }
      waiters.set(sku, [...(waiters.get(sku) ?? []), waiter])
    }
  }
  return waiters
}

/**
 * The holds of a sku that took what an order that waited was due: after each, at least as much is available as all those want that were placed before
 * and wait still. The ledger of the sku comes with its oldest movement first.
 */
export function outOfTurn(sku: string, ledger: readonly Movement[], waiters: readonly Waiter[]): readonly string[] {
  const holds = ledger.filter(({ kind }) => kind === 'reserve')
  const heldAs = new Map(holds.map(({ reference = '' }, index) => [reference, index]))
  return holds.flatMap(({ reference = '', at, after }, index) => {
    const own = waiters.find(({ orderId }) => orderId === reference)
    const before = waiters.filter(
      ({ orderId, placedAt, waitsSince }) =>
        (own === undefined || placedAt < own.placedAt) &&
        waitsSince < Date.parse(at) &&
        (heldAs.get(orderId) ?? Infinity) > index,
    )
    const due = before.reduce((sum, { units }) => sum + units, 0)
    return after.available < due ? [`${reference} took ${sku}: ${after.available} left, and ${due} are due`] : []
  })
}

/** What was held out of turn, by the ledgers of all skus that were waited for. */
export async function readOutOfTurn(
  { api, clock }: Stack,
  sales: readonly PlacedSale[],
  { atOnce, progress }: PhaseOptions,
): Promise<readonly string[]> {
  const waiters = waitersOf(sales)
  const wrong: string[] = []
  progress.start('check the turns', waiters.size)
  await inOrder([...waiters], atOnce, async ([sku, own]) => {
    const newestFirst: Movement[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 100, ...(cursor !== undefined && { cursor }) }
      const page = await persist(() => api.listMovements({ params: { sku }, query }), { clock, forMs: retryForMs })
      newestFirst.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    wrong.push(...outOfTurn(sku, newestFirst.toReversed(), own))
    progress.step()
  })
  progress.stop()
  return wrong
}
