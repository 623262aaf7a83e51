import { ApiProblem } from '../../schemas/client.ts'
import type { Order, OrderStatus } from '../../schemas/orders.ts'
import { inOrder } from './in-order.ts'
import { persist } from './persist.ts'
import type { Progress } from './progress.ts'
import type { Stack } from './stack.ts'
import { type Change, type Sale, type TradingDay, merged } from './trading-day.ts'

export interface PlacedSale {
  readonly sale: Sale
  /** As last seen; undefined when it was refused at the door. */
  readonly order?: Order
  /** Why it was refused at the door. */
  readonly problem?: string
  /** From sending the POST to its answer, which does not wait for stock. */
  readonly placeMs?: number
  /** From placed to reserved, as the order's own history has it. */
  readonly reservedMs?: number
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

interface TradingOptions {
  readonly warehouseId: string
  readonly runId: string
  /** How many requests are under way at once. */
  readonly atOnce: number
  readonly progress: Progress
}

/** How long to wait for a server that does not answer, and for the last order to be decided. */
const patienceMs = 60_000

/** Places the orders and makes the changes of stock of a day, started in their order in time. */
export async function trade(stack: Stack, { happenings }: TradingDay, options: TradingOptions): Promise<Trading> {
  const sales: PlacedSale[] = []
  const changes: MadeChange[] = []
  const started = stack.clock.now()
  options.progress.start('trade', happenings.length)
  await inOrder([...happenings.entries()], options.atOnce, async ([index, each]) => {
    if (each.kind === 'sale') sales.push(await place(stack, each, options.runId))
    else changes.push(await change(stack, each, options, index))
    options.progress.step()
  })
  options.progress.stop()
  return { sales, changes, seconds: (stack.clock.now() - started) / 1_000 }
}

async function place({ api, clock }: Stack, sale: Sale, runId: string): Promise<PlacedSale> {
  const body = { lines: [...sale.lines], customerId: sale.customerId, payment: { method: 'manual' as const } }
  const idempotencyKey = `${runId}-${sale.invoice}`
  let sent = 0
  try {
    const order = await persist(
      () => {
        sent = clock.now()
        return api.placeOrder({ body, idempotencyKey })
      },
      // A product that was imported just now reaches the price list of orders a moment later.
      { clock, forMs: 10_000, passing: ['unknown_sku'] },
    )
    return { sale, order, placeMs: clock.now() - sent }
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return { sale, problem: error.message }
    throw error
  }
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
  try {
    await persist(() => api.adjustStock({ params: { sku }, body, idempotencyKey }), { clock, forMs: patienceMs })
    return { change: each }
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return { change: each, problem: error.message }
    throw error
  }
}

/** The sales with their orders as they stand once each is decided, or when the patience with one ends. */
export async function concluded(
  stack: Stack,
  sales: readonly PlacedSale[],
  { atOnce, progress }: Pick<TradingOptions, 'atOnce' | 'progress'>,
): Promise<readonly PlacedSale[]> {
  const deadline = stack.clock.now() + patienceMs
  const last: PlacedSale[] = []
  progress.start('read the orders', sales.length)
  await inOrder(sales, atOnce, async (placed) => {
    last.push(placed.order === undefined ? placed : { ...placed, ...(await outcome(stack, placed.order.id, deadline)) })
    progress.step()
  })
  progress.stop()
  return last
}

async function outcome({ api, clock }: Stack, id: string, deadline: number) {
  const patience = { clock, forMs: patienceMs }
  const read = (): Promise<Order> => persist(() => api.getOrder({ params: { id } }), patience)
  let order = await read()
  for (let pause = 50; order.status === 'placed' && clock.now() < deadline; pause = Math.min(pause * 2, 1_000)) {
    await clock.sleep(pause)
    order = await read()
  }
  const { items } = await persist(() => api.getOrderHistory({ params: { id } }), patience)
  const timeOf = (status: OrderStatus): number => Date.parse(items.find((entry) => entry.status === status)?.at ?? '')
  const reservedMs = timeOf('reserved') - timeOf('placed')
  return { order, ...(reservedMs >= 0 && { reservedMs }) }
}

/** What a rejected order fails to say of its shortages, line by line; empty when it says all. */
export function unexplained({ sale, order }: PlacedSale): readonly string[] {
  if (order?.status !== 'rejected') return []
  const asked = new Map(merged(sale.lines).map(({ sku, quantity }) => [sku, quantity]))
  const shortages = order.reason?.shortages ?? []
  if (shortages.length === 0) return [`${sale.invoice} was rejected without a shortage`]
  return shortages
    .filter(({ sku, requested, available }) => asked.get(sku) !== requested || available >= requested)
    .map(
      ({ sku, requested, available }) =>
        `${sale.invoice}: ${sku} asked ${asked.get(sku) ?? 0}, said ${available} of ${requested}`,
    )
}
