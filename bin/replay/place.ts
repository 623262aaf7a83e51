import type { Order } from '../../schemas/order.ts'
import { maxBackorderSkus } from '../../schemas/order-input.ts'
import type { Shipment } from '../../schemas/shipment.ts'
import { inOrder } from './in-order.ts'
import { type PayPlan, paymentOf } from './pay-plan.ts'
import { retryForMs, unlessRefused } from './persist.ts'
import type { Progress } from './progress.ts'
import type { Stack } from './stack.ts'
import { type Change, type Sale, type TradingDay, merged } from './trading-day.ts'

export interface PlacedSale {
  readonly sale: Sale
  /** As last seen; undefined when it was refused at the door. */
  readonly order?: Order
  /** Why it was refused at the door, or its parcels could not be sent. */
  readonly problem?: string
  /** From sending the POST to its answer, which does not wait for stock. */
  readonly placeMs?: number
  /** When it came into each status, as the order's own history has it. */
  readonly since?: Since
  /** What was sent for it. */
  readonly parcels?: Parcels
}

/** Milliseconds since 1970. */
export type Since = Readonly<Partial<Record<Order['status'], number>>>

/** The parcels of one order, all delivered. Times are milliseconds since 1970, of the shipments themselves. */
export interface Parcels {
  readonly shipments: readonly Shipment[]
  readonly firstLeftAt: number
  readonly lastArrivedAt: number
}

export interface MadeChange {
  readonly change: Change
  /** Why it was refused; undefined when it was made. */
  readonly problem?: string
}

export interface Trading {
  readonly sales: readonly PlacedSale[]
  readonly changes: readonly MadeChange[]
  /** From the first request to the last answer. */
  readonly seconds: number
}

/** What every phase of a replay shares. */
export interface PhaseOptions {
  /** Makes the idempotency keys of this replay its own. */
  readonly runId: string
  /** How many requests are under way at once. */
  readonly atOnce: number
  readonly progress: Progress
}

export interface TradingOptions extends PhaseOptions {
  readonly warehouseId: string
  readonly pay: PayPlan
  /** Orders wait for what is short, those of so many skus that they may. */
  readonly backorder: boolean
  /** Called once, when half of the day has begun, while orders flow. */
  readonly halfway?: (() => void) | undefined
}

/** Places the orders and makes the changes of stock of a day, started in their order in time. */
export async function trade(stack: Stack, { happenings }: TradingDay, options: TradingOptions): Promise<Trading> {
  const sales: PlacedSale[] = []
  const changes: MadeChange[] = []
  const started = stack.clock.now()
  options.progress.start('trade', happenings.length)
  await inOrder([...happenings.entries()], options.atOnce, async ([index, each]) => {
    if (index === Math.floor(happenings.length / 2)) options.halfway?.()
    if (each.kind === 'sale') sales.push(await place(stack, each, options))
    else changes.push(await change(stack, each, options, index))
    options.progress.step()
  })
  options.progress.stop()
  return { sales, changes, seconds: (stack.clock.now() - started) / 1_000 }
}

async function place({ api, clock }: Stack, sale: Sale, options: TradingOptions): Promise<PlacedSale> {
  const { runId, pay, backorder } = options
  const waits = backorder && merged(sale.lines).length <= maxBackorderSkus
  const body = {
    lines: [...sale.lines],
    customerId: sale.customerId,
    payment: paymentOf[pay],
    ...(waits && { backorder: true as const }),
  }
  const idempotencyKey = `${runId}-${sale.invoice}`
  let sent = 0
  const placed = await unlessRefused(
    () => {
      sent = clock.now()
      return api.placeOrder({ body, idempotencyKey })
    },
    // What was imported or registered just now is known to orders a moment later.
    { clock, forMs: 10_000, passing: ['unknown_sku', 'unknown_customer'] },
  )
  if ('problem' in placed) return { sale, problem: placed.problem }
  return { sale, order: placed.answer, placeMs: clock.now() - sent }
}

async function change(
  { api, clock }: Stack,
  each: Change,
  { runId, warehouseId }: TradingOptions,
  index: number,
): Promise<MadeChange> {
  const { sku, delta, reason, reference } = each
  const body = { warehouseId, delta, reason, reference }
  const idempotencyKey = `${runId}-${reference}-${index}`
  const made = await unlessRefused(() => api.adjustStock({ params: { sku }, body, idempotencyKey }), {
    clock,
    forMs: retryForMs,
  })
  return 'problem' in made ? { change: each, problem: made.problem } : { change: each }
}

/** The shortages that the reason of a rejected order omits or misstates, line by line. */
export function unexplained({ sale, order }: PlacedSale): readonly string[] {
  if (order?.status !== 'rejected') return []
  const asked = new Map(merged(sale.lines).map(({ sku, quantity }) => [sku, quantity]))
  const shortages = order.reason?.shortages ?? []
  if (shortages.length === 0) return [`${sale.invoice} was rejected without a shortage`]
  return shortages
    .filter(({ sku, requested, available }) => asked.get(sku) !== requested || available >= requested)
    .map(
      ({ sku, requested, available }) =>
        `${sale.invoice}: ${sku} asked ${asked.get(sku) ?? 0}, reported ${available} of ${requested}`,
    )
}
